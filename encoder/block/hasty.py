"""Columns or the plain bytes, where there is time for hardly more than one of them: a part of the block says which.

Taking a block apart, with zstd 3 behind it, takes less time than zstd 9 takes for its plain bytes. Where that clearly pays, it is all that is
done. Where not, both are made of a part, with the levels that each deserves, and the better one of the whole.
"""

from dataclasses import replace
from typing import Final

from encoder.block.columns import packing_of
from encoder.block.plain import far_below_sample, middle_of, one_stream, part_size
from encoder.glyphs.segments import SegmentPlace
from encoder.strategy import Strategy, TreeType
from encoder.trees import TREES

_CLEARLY: Final = 0.75
"""Of what a sample says that the plain bytes become, behind zstd 1: below it columns pay."""
_PART_BEATS: Final = 0.95
"""Of the plain bytes of a part, which see less of what they repeat than all of them: below it columns pay."""
_WORTH_A_PART: Final = 1 << 18
"""Bytes of a block; of a smaller one both are made."""


def hasty_body(view: memoryview, strategy: Strategy, place: SegmentPlace | None, *, thorough: bool) -> bytes:
    """The body of a block for a strategy that is `hasty`. place, thorough: as in `encoder.block.codec.encode_block`."""
    divisible = thorough and len(view) >= _WORTH_A_PART
    if divisible and _is_doubtful(strategy):
        body = _columns(view, strategy, place) if _part_pays(_telling_part(view, strategy), strategy) else None
        return _plain(view, strategy) if body is None else body
    packing = packing_of(view, strategy, place, thorough=thorough)
    if packing is None:
        return _plain(view, strategy)
    if not thorough:
        return min(packing.body(text_level=_text_level(strategy)), _plain(view, strategy), key=len)
    body = packing.body()
    if far_below_sample(body, view, _CLEARLY):
        return body
    if divisible and _part_pays(middle_of(view), strategy):
        return min(body, packing.body(text_level=_text_level(strategy)), key=len)
    return min(body, _plain(view, strategy), key=len)


def _is_doubtful(strategy: Strategy) -> bool:
    """Whether the plain bytes are as likely to be smaller: of documents, and of what was detected as text."""
    return TREES[strategy.tree].document or strategy.text_level is not None


def _telling_part(view: memoryview, strategy: Strategy) -> memoryview:
    """The middle; of a document, whose middle means little without it, the head."""
    return view[: part_size(view)] if TREES[strategy.tree].document else middle_of(view)


def _columns(view: memoryview, strategy: Strategy, place: SegmentPlace | None) -> bytes | None:
    packing = packing_of(view, strategy, place)
    return None if packing is None else packing.body()


def _part_pays(part: memoryview, strategy: Strategy) -> bool:
    """Whether columns of a part, their text at the level for prose, are smaller than its plain bytes."""
    packing = packing_of(part, strategy, None, thorough=False)
    if packing is None:
        return False
    columns = packing.body(text_level=_text_level(strategy))
    return len(columns) < _PART_BEATS * len(_plain(part, strategy))


def _text_level(strategy: Strategy) -> int:
    return strategy.level if strategy.prose_level is None else strategy.prose_level


def _plain(view: memoryview, strategy: Strategy) -> bytes:
    level = strategy.level if strategy.plain_level is None else strategy.plain_level
    return one_stream(view, replace(strategy, level=level), TreeType.TEXT, fell_back=True)
