"""Raw LZMA2 streams, back end 2. The encoder fits their parameters to the data. The decoder needs no memory beyond the
stream's own size.
"""

import lzma
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from encoder.block.slices import slices_of
from encoder.errors import FormatError

LzmaShape: TypeAlias = tuple[int, int, int]
"""Bits of the byte before (lc), and of the place of the byte (lp) and of a match (pb), that LZMA's probabilities
depend on.
"""
TEXT_SHAPE: Final[LzmaShape] = (4, 0, 0)
PLANES_SHAPE: Final[LzmaShape] = (0, 0, 0)
_SHAPES: Final[tuple[LzmaShape, ...]] = (
    (3, 0, 2),
    TEXT_SHAPE,
    (0, 1, 1),
    (0, 2, 2),
    (0, 3, 3),
    PLANES_SHAPE,
)
"""LZMA's own first: of data of many kinds, of text, of numbers of two, four and eight bytes, and of single bytes."""
_FURTHER_SHAPES: Final[tuple[LzmaShape, ...]] = ((3, 0, 0), (2, 0, 2), (0, 0, 2), TEXT_SHAPE, (3, 0, 1), PLANES_SHAPE)
_FURTHER_SEARCHES: Final[tuple[dict[str, int], ...]] = ({"nice_len": 64}, {"nice_len": 128}, {"mf": lzma.MF_BT3})
_SHAPE_LEVEL: Final = 1
_SHAPE_GAINS: Final = 0.97  # times what the usual shape makes of that part: less may be chance
_SHAPE_CERTAIN: Final = 0.9  # the same: less is no chance
_SHAPED_BY: Final = 1 << 14
"""Bytes of each slice, on which shapes are held against each other."""
_EXTREME_FROM: Final = 9
"""The level from which on LZMA looks for the longest matches, at twice the time."""


def lzma_shape(data: bytes | memoryview) -> LzmaShape:
    """The shape that makes a part of the data smallest."""
    return _best_shapes(data)[0]


def smallest_lzma(data: bytes | memoryview, level: int) -> bytes:
    """The stream of the shape that a part of the data speaks for, or of two, where that says little."""
    return min((shaped_lzma(data, level, shape) for shape in _best_shapes(data)), key=len)


def every_lzma(data: bytes | memoryview, level: int) -> Iterator[bytes]:
    """The streams of shapes that a part of the data cannot tell from each other, and of other searches for matches."""
    usual = _filters(len(data), level, _best_shapes(data)[0])[0]
    searches = [{**usual, **search} for search in _FURTHER_SEARCHES]
    shapes = [_filters(len(data), level, shape)[0] for shape in _FURTHER_SHAPES]
    return (lzma.compress(data, format=lzma.FORMAT_RAW, filters=[one]) for one in (*searches, *shapes))


def _best_shapes(data: bytes | memoryview) -> list[LzmaShape]:
    """The shape that a part of the data speaks for, then the other of it and the usual one, where that may be
    chance.
    """
    part = slices_of(data, _SHAPED_BY)
    usual, *others = [(len(shaped_lzma(part, _SHAPE_LEVEL, shape)), shape) for shape in _SHAPES]
    best = min(others, key=lambda one: one[0])
    if best[0] >= usual[0]:
        return [usual[1]]
    shapes = [best[1], usual[1]] if best[0] < _SHAPE_GAINS * usual[0] else [usual[1], best[1]]
    return shapes[:1] if best[0] < _SHAPE_CERTAIN * usual[0] else shapes


def shaped_lzma(data: bytes | memoryview, level: int, shape: LzmaShape) -> bytes:
    """The stream of LZMA at that level and of that shape, which the decoder is not told."""
    return lzma.compress(data, format=lzma.FORMAT_RAW, filters=_filters(len(data), level, shape))


def _filters(raw_size: int, level: int = 6, shape: LzmaShape = TEXT_SHAPE) -> list[dict[str, Any]]:
    """The raw LZMA2 chain. The dictionary is the stream's own size, so the decoder's memory is bounded by it."""
    return [
        {
            "id": lzma.FILTER_LZMA2,
            "preset": level | (lzma.PRESET_EXTREME if level >= _EXTREME_FROM else 0),
            "dict_size": max(4096, raw_size),
            "lc": shape[0],
            "lp": shape[1],
            "pb": shape[2],
        }
    ]


def lzma_decompress(data: memoryview, raw_size: int) -> bytes:
    """Exactly `raw_size` bytes. Raises FormatError."""
    try:
        decoder = lzma.LZMADecompressor(format=lzma.FORMAT_RAW, filters=_filters(raw_size))
        out = decoder.decompress(data, max_length=raw_size) if raw_size else b""
        if len(out) == raw_size and not decoder.eof:
            out += decoder.decompress(b"", max_length=1)  # lets it read the end mark; a byte more is an error below
    except (lzma.LZMAError, EOFError, MemoryError) as error:
        raise FormatError(f"an LZMA stream of {raw_size} bytes does not decompress: {error}") from error
    if not decoder.eof or decoder.unused_data:
        raise FormatError(f"an LZMA stream of {raw_size} bytes does not end where it should")
    if len(out) != raw_size:
        raise FormatError(f"a stream holds {len(out)} bytes where {raw_size} were announced")
    return out
