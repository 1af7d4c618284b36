"""Two protocols: who decides how a block is encoded, and who encodes it. Stream, trial and codebooks use only these."""

from typing import Protocol

from encoder.glyphs.segments import SegmentPlace
from encoder.strategy import Strategy


class StrategySelector(Protocol):
    """Who decides how each block is encoded; asked once per block, in block order."""

    def select(self, block: bytes | memoryview, /) -> Strategy:
        """The strategy for this block."""


class BlockEncoder(Protocol):
    """What turns a block of a stream into its body; `encoder.block.codec.encode_block`."""

    def __call__(self, data: memoryview, strategy: Strategy, place: SegmentPlace | None, /) -> bytes:
        """A self-contained body. place: the block's in its segment, None where it is in none."""


class SampleEncoder(Protocol):
    """What a trial runs on a sample, which is in no segment."""

    def __call__(self, data: bytes, strategy: Strategy, /) -> bytes:
        """A block's body."""
