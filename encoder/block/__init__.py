"""Blocks: bytes to a body, the smallest of those that the strategy allows, and back (docs/reference/glyph-block.md)."""
