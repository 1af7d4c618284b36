"""Choose between columns and plain bytes, with hardly enough time to try one of them.

Splitting a block into columns and compressing them with zstd 3 takes less time than zstd 9 on the plain bytes. If that
clearly pays, nothing else is tried. For documents and text, the selector has tried whether it pays. For records, a part
of the block decides.
"""

from dataclasses import replace
from typing import Final

from encoder.block.columns import Packing, packing_of
from encoder.block.plain import far_below_sample, one_stream, size_behind
from encoder.block.slices import LEAST_SAMPLE, middle_of
from encoder.glyphs.segments import SegmentPlace
from encoder.strategy import BackEnd, Strategy, TreeType
from encoder.trees import TREES

_CLEARLY: Final = 0.75
"""Of what a sample says that the plain bytes become, behind zstd 1: below it columns of records pay."""
_HARDLY: Final = 0.9
"""The same, of what was tried already."""
_QUICK: Final = 1
"""A level at which all plain bytes are compressed, to foretell what they become at their own."""
_PART: Final = 16
"""One part in so many of them is compressed at both."""
_BELOW: Final = 0.95
"""Of what is foretold, below which they are not made."""
_NEAR: Final = 1.1
"""The same, below which columns of records may become smaller at their levels for chosen ones."""
_DENSE: Final = 24
"""Times that columns are smaller than the block; its plain bytes then take zstd hardly any time."""


def hasty_body(view: memoryview, strategy: Strategy, place: SegmentPlace | None, *, thorough: bool) -> bytes:
    """The body of a block for a strategy that is `hasty`. place, thorough: as in `encoder.block.codec.encode_block`;
    what is not thorough is columns wherever there are any, their text at the level for prose.
    """
    packing = packing_of(view, strategy, place, thorough=thorough)
    if packing is None:
        return _plain(view, strategy)
    if not thorough:
        return packing.body(text_level=_text_level(strategy))
    body = packing.body()
    tried = TREES[strategy.tree].document or strategy.text_level is not None
    if far_below_sample(body, view, _HARDLY if tried else _CLEARLY):
        return body if tried else _settled(packing, body, view)
    foretold = _foretold(view, strategy)
    if not tried and len(body) < _NEAR * foretold:
        body = _settled(packing, body, view)
    return body if len(body) < _BELOW * foretold else min(body, _plain(view, strategy), key=len)


def _settled(packing: Packing, body: bytes, view: memoryview) -> bytes:
    """The columns at the levels for chosen ones; as they are where zstd is so quick that higher levels would be slow
    beside it.
    """
    return body if _DENSE * len(body) < len(view) else min(body, packing.settled_body(), key=len)


def _foretold(view: memoryview, strategy: Strategy) -> float:
    """Bytes of the plain body: at a quick level all are compressed, and a part says what the level for plain bytes
    makes of that.
    """
    part = middle_of(view)[: max(LEAST_SAMPLE, len(view) // _PART)]
    before, after = (size_behind(BackEnd.ZSTD, part, level) for level in (_QUICK, _plain_level(strategy)))
    return size_behind(BackEnd.ZSTD, view, _QUICK) * after / before


def _plain_level(strategy: Strategy) -> int:
    return strategy.level if strategy.plain_level is None else strategy.plain_level


def _text_level(strategy: Strategy) -> int:
    return strategy.level if strategy.prose_level is None else strategy.prose_level


def _plain(view: memoryview, strategy: Strategy) -> bytes:
    return one_stream(view, replace(strategy, level=_plain_level(strategy)), TreeType.TEXT, fell_back=True)
