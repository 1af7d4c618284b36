"""Blocks: bytes to the smallest body that the strategy allows, and back (docs/reference/glyph-block.md)."""
