"""The glyph transform: records to templates and typed columns, and back. Importing this package loads nothing heavy.

Its kernel modules stand on `encoder.glyphs.kernel`: a library that came with the package, else what numba compiles.
"""
