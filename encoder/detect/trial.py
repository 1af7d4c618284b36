"""Trials: strategies run on a block's sample, for the one that makes it smallest."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, Protocol

from encoder.strategy import BackEnd, Strategy, TreeType

PLAIN_HANDICAP: Final[Mapping[TreeType, float]] = {TreeType.TEXT: 1.03, TreeType.OPAQUE: 1.03}
"""A sample is kinder to plain bytes than the whole block is, in which templates and dictionaries are written once."""

OTHERS_HANDICAP: Final = 1.08
"""A tokeniser that is not the tree's first choice must win by this much: columns that are sorted or lie along a path gain in a
whole block what a sample does not show.
"""


_MIXING_TRIED_AT: Final = 12


class BlockEncoder(Protocol):
    """What a trial runs."""

    def __call__(self, data: bytes, strategy: Strategy, /) -> bytes:
        """A block's body."""


def encode_lazily(data: bytes, strategy: Strategy, /) -> bytes:
    """`encoder.block.encode_block`, loaded when the first trial needs it."""
    from encoder.block import encode_block  # noqa: PLC0415 - detection alone loads no back end

    return encode_block(data, strategy, thorough=False)


def best_on(sample: bytes, shortlist: Sequence[Strategy], encode: BlockEncoder) -> Strategy:
    """The strategy that makes the sample smallest. shortlist: at least one."""
    sizes = [len(encode(sample, _tried_as(strategy))) for strategy in shortlist]
    return shortlist[smallest([strategy.tree for strategy in shortlist], sizes)]


def _tried_as(strategy: Strategy) -> Strategy:
    """Not decoded again, whatever the strategy says; and tokenisers in front of mixing are compared in front of zstd, which takes
    a hundredth of its time and does not have to learn first.
    """
    if strategy.back_end is BackEnd.MIXING and strategy.tree not in PLAIN_HANDICAP:
        strategy = replace(strategy, back_end=BackEnd.ZSTD, level=_MIXING_TRIED_AT)
    return replace(strategy, verify=False)


def smallest(trees: Sequence[TreeType], sizes: Sequence[int]) -> int:
    """The number of the smallest of `sizes`, the first of equals, where plain bytes and all but the first bear a handicap."""
    weighed = [
        size * PLAIN_HANDICAP.get(tree, OTHERS_HANDICAP if place else 1.0)
        for place, (tree, size) in enumerate(zip(trees, sizes, strict=True))
    ]
    return weighed.index(min(weighed))
