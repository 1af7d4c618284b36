"""Plain bytes as numbers of a fixed width: sound, pictures, arrays. Their differences are split into byte planes and
compressed with LZMA. A stream of back end 6.

A layout has the width of the numbers, the distance to the next number of the same channel, and how often differences
are taken. Differences are modulo the width, so any bytes round-trip.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import numpy as np
import zstandard
from numpy.typing import NDArray

from encoder.block.lzma_stream import lzma_decompress, lzma_shape, shaped_lzma
from encoder.block.slices import slices_of
from encoder.errors import FormatError, VersionError

WIDTHS: Final = (1, 2, 4, 8)
MOST_ORDER: Final = 3
HEAD: Final = 3
"""Bytes of a stream before LZMA's: width; channels; order, and 4 for big-endian numbers."""
_BIG: Final = 4
MEMORY: Final = 6
"""Times the raw bytes, that decoding takes beside the result."""
_TRIED: Final = {1: (1, 3, 4), 2: (1, 2), 4: (1, 2, 3), 8: (1, 2)}
"""Channels that are tried, by the width."""
_PART: Final = 1 << 14


@dataclass(frozen=True, slots=True)
class Layout:
    """width: bytes of a number, of `WIDTHS`. channels: 1 to 255. order: how often differences are taken, up to
    `MOST_ORDER`.
    """

    width: int
    channels: int
    order: int
    big: bool = False

    def to_bytes(self) -> bytes:
        """The stream's head."""
        return bytes([self.width, self.channels, self.order | (_BIG if self.big else 0)])

    @property
    def dtype(self) -> str:
        """The numbers' type, as numpy names it."""
        return f"{'>' if self.big else '<'}u{self.width}"


_LAYOUTS: Final = [
    Layout(width, channels, order, big)
    for width in WIDTHS
    for channels, order, big in product(_TRIED[width], range(MOST_ORDER), (False, True))
    if (order or (channels == 1 and width > 1 and not big)) and (width > 1 or not big)
]


def compress_numbers(data: bytes | memoryview, level: int) -> bytes:
    """The stream, under the layout that suits a part of the data best. level: of LZMA."""
    layout = best_layout(data)
    planes = spread(data, layout)
    return layout.to_bytes() + shaped_lzma(planes, level, lzma_shape(planes))


def decompress_numbers(stream: memoryview, raw_size: int) -> bytes:
    """Inverse of `compress_numbers`. Raises FormatError, VersionError."""
    if len(stream) < HEAD:
        raise FormatError("a stream of numbers has no head")
    width, channels, third = stream[:HEAD]
    if width not in WIDTHS or third > (_BIG | MOST_ORDER):
        raise VersionError(f"numbers of {width} bytes in layout {third} need a newer reader than this")
    if not channels:
        raise FormatError("a stream of numbers has no channels")
    layout = Layout(width, channels, third & MOST_ORDER, bool(third & _BIG))
    return gather(lzma_decompress(stream[HEAD:], raw_size), layout)


def best_layout(data: bytes | memoryview) -> Layout:
    """The layout under which a quick compression makes a part of the data smallest."""
    part = slices_of(data, _PART)
    return min(_LAYOUTS, key=lambda layout: _quick_size(spread(part, layout)))


def looks_like_numbers(data: memoryview) -> bool:
    """Whether so many bytes are none of a text that they may be numbers."""
    tally = np.bincount(np.frombuffer(data, np.uint8), minlength=256)
    return int(tally[:9].sum() + tally[14:32].sum() + tally[128:].sum()) * 20 > len(data)


def spread(data: bytes | memoryview, layout: Layout) -> bytes:
    """Planes of the numbers' differences, the highest byte's first, then the bytes that fill no number. As long as
    the data.
    """
    whole = len(data) // layout.width * layout.width
    numbers = np.frombuffer(data[:whole], layout.dtype).astype(f"<u{layout.width}")
    for _ in range(layout.order):
        numbers[layout.channels :] = numbers[layout.channels :] - numbers[: -layout.channels]
    if layout.order:
        numbers = _zigzag(numbers)
    planes = numbers.view(np.uint8).reshape(-1, layout.width).T[::-1]
    return planes.tobytes() + bytes(data[whole:])


def gather(planes: bytes, layout: Layout) -> bytes:
    """Inverse of `spread`."""
    whole = len(planes) // layout.width * layout.width
    rows = np.frombuffer(planes[:whole], np.uint8).reshape(layout.width, -1)
    numbers = np.ascontiguousarray(rows[::-1].T).reshape(-1).view(f"<u{layout.width}")
    if layout.order:
        numbers = _unzigzag(numbers)
    for _ in range(layout.order):
        numbers = _summed(numbers, layout.channels)
    return numbers.astype(layout.dtype).tobytes() + planes[whole:]


def _summed(numbers: NDArray[Any], channels: int) -> NDArray[Any]:
    """Each number plus all before it in its channel, modulo its width."""
    padded = np.zeros(-(-len(numbers) // channels) * channels, numbers.dtype)
    padded[: len(numbers)] = numbers
    rows = padded.reshape(-1, channels)
    np.cumsum(rows, axis=0, dtype=numbers.dtype, out=rows)
    return padded[: len(numbers)]


def _zigzag(numbers: NDArray[Any]) -> NDArray[Any]:
    signed = numbers.view(f"<i{numbers.itemsize}")
    folded: NDArray[Any] = (signed << 1) ^ (signed >> (8 * numbers.itemsize - 1))
    return folded.view(numbers.dtype)


def _unzigzag(numbers: NDArray[Any]) -> NDArray[Any]:
    one = numbers.dtype.type(1)
    signed: NDArray[Any] = (numbers >> one) ^ (~(numbers & one) + one)
    return signed


def _quick_size(data: bytes | memoryview) -> int:
    return len(zstandard.ZstdCompressor(level=1).compress(data))
