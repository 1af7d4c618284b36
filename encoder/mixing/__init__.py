"""Context mixing: bytes and token rows coded bit by bit, each bit's probability mixed from many contexts.

All arithmetic is on integers, so every machine codes the same bits. docs/reference/glyph-mixing.md specifies it
exactly. Importing this package loads nothing heavy. Its kernels are compiled, or read from the cache, when the first
block is mixed.
"""
