"""Hold a body against what the levels below would make of the same block, and keep the smallest.

Most of that need not be made. What a level below does with the same tokeniser, this level has tried at its own level,
or with stronger means. And plain bytes behind zstd can be foretold from a part of them and a quicker level.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from encoder.block.layout import FORM, PLAIN
from encoder.block.plain import one_stream, size_behind
from encoder.block.slices import LEAST_SAMPLE, slices_of
from encoder.block.zstd import compress_part
from encoder.strategy import BackEnd, Strategy, TreeType
from encoder.trees import TREES

_HASTY: Final = 1
_QUICKEST: Final = 3
_QUICK: Final = 9
_CLEARLY: Final = {_QUICKEST: 0.6, _QUICK: 0.75}
"""Of plain zstd at that level: no level up to 12 makes so few bytes of them."""
_FORETOLD: Final = {_QUICK: 0.95, _HASTY: 0.9}
"""Of what is foretold of plain bytes by that level, below which they are not."""
_SLICE: Final = 128
"""One part in so many of a block is each of the four slices in which levels are compared."""
_SMALL: Final = 1 << 18
"""Bytes of a block, up to which both levels are tried on all of it."""

Encode = Callable[[memoryview, Strategy], bytes]


def smallest_beside_below(body: bytes, view: memoryview, strategy: Strategy, encode: Encode) -> bytes:
    """The body, or the smallest one of the levels below the strategy. encode: makes a body for one of them."""
    for lower in strategy.every_below():
        if not _is_covered(body, view, strategy, lower):
            body = min(body, encode(view, replace(lower, below=None, codebook=b"")), key=len)
    return body


def _is_covered(body: bytes, view: memoryview, strategy: Strategy, lower: Strategy) -> bool:
    """Whether the lower level cannot make less of it, as far as can be told in little time."""
    if lower.back_end is BackEnd.STORE:
        return True
    if not TREES[lower.tree].plain:
        is_same = (strategy.tree, strategy.separator) == (lower.tree, lower.separator)
        return is_same and (strategy.back_end is not BackEnd.ZSTD or len(view) > _SMALL)
    if lower.back_end is not BackEnd.ZSTD:
        return (strategy.tree, strategy.back_end, strategy.level) == (lower.tree, lower.back_end, lower.level)
    if strategy.back_end is not BackEnd.ZSTD:
        return clearly_below_plain(len(body), view) or _below_foretold(len(body), view, lower.level, _QUICK)
    if len(view) <= _SMALL:
        return False
    is_plain = body[0] & FORM == PLAIN  # whose level was chosen beside the lower one's
    return is_plain or _below_foretold(len(body), view, lower.level, _HASTY)


def clearly_below_plain(size: int, view: memoryview) -> bool:
    """Whether so few bytes are clearly fewer than zstd up to level 12 makes of the plain ones."""
    return any(size < share * size_behind(BackEnd.ZSTD, view, level) for level, share in _CLEARLY.items())


def _below_foretold(size: int, view: memoryview, level: int, quick: int) -> bool:
    """Whether so few bytes are fewer than zstd will make at that level of the plain ones: what it makes of a part,
    beside a quick level's of that, times what the quick one makes of all.
    """
    part = _part_of(view)
    own, other = (compress_part(part, at) for at in (level, quick))
    return size * other < _FORETOLD[quick] * own * size_behind(BackEnd.ZSTD, view, quick)


def plain_stream(view: memoryview, strategy: Strategy, tree: TreeType, *, fell_back: bool) -> bytes:
    """As `encoder.block.plain.one_stream`, but at the lower level's own level of zstd where a part gains
    nothing by the strategy's, as higher levels are not always the better.
    """
    lower = _level_below(strategy)
    if lower < strategy.level and len(view) > _SMALL:
        part = _part_of(view)
        own, other = (compress_part(part, at) for at in (strategy.level, lower))
        if own >= other:
            strategy = replace(strategy, level=lower)
    return one_stream(view, strategy, tree, fell_back=fell_back)


def _level_below(strategy: Strategy) -> int:
    """Of zstd, at which the level below would have plain bytes; the strategy's own where it has none or a codebook."""
    lower = strategy.below
    if lower is None or strategy.codebook or {lower.back_end, strategy.back_end} != {BackEnd.ZSTD}:
        return strategy.level
    return lower.level if TREES[lower.tree].plain or lower.plain_level is None else lower.plain_level


def _part_of(view: memoryview) -> memoryview:
    return slices_of(view, max(LEAST_SAMPLE // 4, len(view) // _SLICE))
