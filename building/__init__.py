"""Building the package: its kernels compiled by numba into one shared library, so that who installs it compiles
nothing.
"""
