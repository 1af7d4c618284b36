"""Trials: strategies run on a block's sample, to find the one that makes it smallest."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from encoder.detect.ports import SampleEncoder
from encoder.strategy import BackEnd, Strategy, TreeType
from encoder.trees import TREES

PLAIN_SLOW_FROM: Final = 12
"""The same where plain bytes are among the choices, of which a small sample says too much good."""
SLOW_FROM: Final = 16
"""From this level on, zstd takes so long that its strategies are tried at leisure.

The trial is then on much of the block, with all strategies at `LEISURELY_LEVEL`.
"""
LEISURELY_LEVEL: Final = 9


class Handicaps(NamedTuple):
    """The factors on the size that a trial gives: for plain bytes, and for a tokeniser that is not the tree's first
    choice.
    """

    plain: float
    others: float

    def of(self, tree: TreeType, place: int) -> float:
        """The factor of the tokeniser at that place in its shortlist. The first is what the data looks like, so it
        bears none.
        """
        if TREES[tree].plain:
            return self.plain if place else min(self.plain, 1.0)
        return self.others if place else 1.0


QUICK: Final = Handicaps(plain=1.03, others=1.02)
"""A sample favours plain bytes more than the whole block does.

In the whole block, templates and dictionaries are written once. Also, sorted columns and columns along a path gain
there what a sample does not show.
"""
LEISURELY: Final = Handicaps(plain=0.97, others=1.02)
"""Plain bytes gain more by a high level than columns do, and are tried at a low one."""


def encode_lazily(data: bytes, strategy: Strategy, /) -> bytes:
    """`encoder.block.codec.encode_block`, loaded when the first trial needs it."""
    from encoder.block.codec import encode_block  # noqa: PLC0415 - detection alone loads no back end

    return encode_block(data, strategy, thorough=False)


def encode_at_leisure(data: bytes, strategy: Strategy, /) -> bytes:
    """As `encode_lazily`, with JSON lines' columns named as in an encode: by path or by key may halve them, and a
    look at some lines says which.
    """
    from encoder.block.codec import encode_block  # noqa: PLC0415 - as above

    return encode_block(data, strategy, thorough=TREES[strategy.tree].records and TREES[strategy.tree].names_tried)


def encode_wholly(data: bytes, strategy: Strategy, /) -> bytes:
    """As `encode_lazily`, but as the block itself will be encoded, in no segment."""
    from encoder.block.codec import encode_block  # noqa: PLC0415 - as above

    return encode_block(data, strategy)


def at_leisure(shortlist: Sequence[Strategy]) -> bool:
    """Whether all of them take so long that a trial can be thorough; or so long that it should be, where plain
    bytes are among them.
    """
    plain = any(TREES[strategy.tree].plain for strategy in shortlist)
    least = PLAIN_SLOW_FROM if plain else SLOW_FROM
    return all(
        strategy.level >= least if strategy.back_end is BackEnd.ZSTD else strategy.back_end is not BackEnd.STORE
        for strategy in shortlist
    )


def is_brief(shortlist: Sequence[Strategy]) -> bool:
    """Whether a trial at leisure should be on less of the block: some strategy does not take so long."""
    return any(strategy.back_end is BackEnd.ZSTD and strategy.level < SLOW_FROM for strategy in shortlist)


def best_on(sample: bytes, shortlist: Sequence[Strategy], encode: SampleEncoder) -> Strategy:
    """The strategy that makes the sample smallest, or will make its block smallest. shortlist: at least one."""
    leisurely = at_leisure(shortlist)
    if leisurely and encode is encode_lazily:
        encode = encode_at_leisure
    sizes = [len(encode(sample, tried_as(strategy, leisurely=leisurely))) for strategy in shortlist]
    trees = [strategy.tree for strategy in shortlist]
    return shortlist[smallest(trees, sizes, LEISURELY if leisurely else QUICK)]


def rival_is_smaller(part: bytes, choice: Strategy, rival: Strategy, encode: SampleEncoder, share: float = 1.0) -> bool:
    """Whether the rival makes the part of a block smaller than the choice does, each as it would encode a block. share:
    of the rival's bytes, which counts.
    """
    if encode is encode_lazily:
        encode = encode_wholly
    mine, other = (len(encode(part, tried_as(strategy, leisurely=False))) for strategy in (choice, rival))
    return share * other < mine


def tried_as(strategy: Strategy, *, leisurely: bool) -> Strategy:
    """What a trial of the strategy runs. It is not decoded again, whatever the strategy says.

    At leisure it runs behind zstd at a low level. That takes a hundredth of a slow back end's time, and does not have
    to learn first.
    """
    strategy = replace(strategy, verify=False)
    if not leisurely:
        return strategy
    return replace(
        strategy, back_end=BackEnd.ZSTD, level=LEISURELY_LEVEL, text_level=None, prose_level=None, plain_level=None
    )


def smallest(trees: Sequence[TreeType], sizes: Sequence[int], handicaps: Handicaps = QUICK) -> int:
    """The number of the smallest of `sizes`, handicaps included; the first of equals."""
    weighed = [size * handicaps.of(tree, place) for place, (tree, size) in enumerate(zip(trees, sizes, strict=True))]
    return weighed.index(min(weighed))
