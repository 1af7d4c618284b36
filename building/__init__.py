"""Building the package: numba compiles its kernels into one shared library, so installing a wheel compiles nothing."""
