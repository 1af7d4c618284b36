"""The container: a sequence of blocks with checksums and an index (docs/reference/glyph-format.md)."""
