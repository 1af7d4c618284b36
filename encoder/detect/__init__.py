"""What a block looks like, and which strategy suits it.

sample → features → pattern (named shape) → decision tree (trained on measured sizes) → strategy. The choice is kept
until the features drift. The decoder does not use this package. It follows the block's header. These modules never load
numba, and numpy only where they look at bytes: `lazy`, `records`, `codebooks` and `ports` are loaded by every stream.
"""
