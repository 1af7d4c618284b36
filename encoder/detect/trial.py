"""Trials: strategies run on a block's sample, for the one that makes it smallest."""

from collections.abc import Sequence
from typing import Protocol

from encoder.strategy import Strategy


class BlockEncoder(Protocol):
    """What a trial runs."""

    def __call__(self, data: bytes, strategy: Strategy, /) -> bytes:
        """A block's body."""


def encode_lazily(data: bytes, strategy: Strategy, /) -> bytes:
    """`encoder.block.encode_block`, loaded when the first trial needs it."""
    from encoder.block import encode_block  # noqa: PLC0415 - detection alone loads no back end

    return encode_block(data, strategy)


def best_on(sample: bytes, shortlist: Sequence[Strategy], encode: BlockEncoder) -> Strategy:
    """The strategy that makes the sample smallest, the first of equals. shortlist: at least one."""
    return min(shortlist, key=lambda strategy: len(encode(sample, strategy)))
