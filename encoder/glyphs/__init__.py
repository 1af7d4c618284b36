"""The glyph transform: records to templates and typed columns, and back. Importing this package loads nothing heavy.

Its kernel modules use `encoder.glyphs.kernel`: a library that came with the package, or else what numba compiles.
"""
