"""The smallest stream of plain bytes, as they are or behind a filter, where a part of them says that it gains."""

from typing import Final, NamedTuple

from encoder.block.backends import filtered_stream
from encoder.block.filters import Branches, Columns, Filter, columns_in
from encoder.block.several import Stream, part_size, sample_of, smallest_stream
from encoder.block.slices import middle_of
from encoder.mixing.models import FULL, LIGHT
from encoder.strategy import BackEnd

LEAST: Final = 1 << 12
"""Bytes, of which fewer are left as they are."""
_MOST_PART: Final = 1 << 17
"""Bytes in a row, that records are looked for in."""


class _At:
    """Parts of what the bytes as they are make of a part, unless it says otherwise."""

    changed: Final = 0.003  # of all bytes, that branches must change
    gains: Final = 0.998  # a filter: above it, it is not tried on the whole
    alone: Final = 0.98  # branches: below it, the bytes are not tried as they are; columns may be those of a part only
    library: Final = 0.95  # LZMA behind a filter: below it, the light level need not mix fully


class _Found(NamedTuple):
    """A filter, what it made of a part over what that is without, and the level of mixing behind it."""

    by: Filter
    part: float
    level: int


def smallest_of_all(view: memoryview, level: int, beaten: int | None = None) -> Stream:
    """As `smallest_stream`, of the bytes as they are and of those that a filter gives."""
    found = _filter_for(view, level)
    if found is None:
        return smallest_stream(view, level, beaten)
    turned = _behind(found, view, beaten)
    if isinstance(found.by, Branches) and found.part < _At.alone:
        return turned
    bound = len(turned.data) if beaten is None else min(beaten, len(turned.data))
    return min(turned, smallest_stream(view, level, bound), key=lambda stream: len(stream.data))


def _behind(found: _Found, view: memoryview, beaten: int | None) -> Stream:
    inner = smallest_stream(memoryview(found.by.apply(view)), found.level, beaten)
    data = filtered_stream(found.by.to_bytes(), inner.back_end, inner.data)
    stored = inner.back_end is BackEnd.STORE or len(data) >= len(view)
    return Stream(BackEnd.STORE, 0, bytes(view)) if stored else Stream(BackEnd.FILTERED, inner.level, data)


def _filter_for(view: memoryview, level: int) -> _Found | None:
    """What makes a part of the bytes smaller; None for text, and where nothing does."""
    if len(view) < LEAST or not _may_be_filtered(view):
        return None
    return _branches_for(view, level) or _columns_for(view, level)


def _may_be_filtered(view: memoryview) -> bool:
    from encoder.block.numbers import looks_like_numbers  # noqa: PLC0415  loads numpy, which small blocks do without

    return looks_like_numbers(middle_of(view))


def _branches_for(view: memoryview, level: int) -> _Found | None:
    import numpy as np  # noqa: PLC0415  as above

    sample, by = bytes(sample_of(view)), Branches()
    turned = by.apply(sample)
    changed = np.count_nonzero(np.frombuffer(sample, np.uint8) != np.frombuffer(turned, np.uint8))
    if changed < _At.changed * len(sample):
        return None
    part = part_size(BackEnd.LZMA, turned, level) / max(1, part_size(BackEnd.LZMA, sample, level))
    return _Found(by, part, level) if part < _At.gains else None


def _columns_for(view: memoryview, level: int) -> _Found | None:
    middle = bytes(middle_of(view)[:_MOST_PART])
    by = columns_in(middle)
    if by is None:
        return None
    mixed, library = _sizes_of_part(by.apply(middle))
    plain_mixed, plain_library = _sizes_of_part(middle)
    plain_library = min(plain_library, part_size(BackEnd.NUMBERS, middle, FULL))
    part = min(mixed, library) / max(1, min(plain_mixed, plain_library))
    light = level == LIGHT and library < _At.library * plain_library
    return _Found(_aligned(by, view), part, LIGHT if light else FULL) if part < _At.gains else None


def _sizes_of_part(part: bytes) -> tuple[int, int]:
    return part_size(BackEnd.MIXING, part, FULL), part_size(BackEnd.LZMA, part, FULL)


def _aligned(by: Columns, view: memoryview) -> Columns:
    """The columns as the whole block has them, of which the part was the middle."""
    begin = max(0, len(view) - len(middle_of(view))) // 2
    turned = begin % by.width
    return Columns(by.width, by.differences[-turned:] + by.differences[:-turned]) if turned else by
