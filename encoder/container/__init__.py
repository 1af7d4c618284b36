"""The container: how blocks stand one behind the other, checked and indexed (docs/reference/glyph-format.md)."""
