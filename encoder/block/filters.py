"""Plain bytes turned into others, as many, that a back end makes smaller: targets of branches, columns of records.

A filter loses nothing, and stands before any back end. A stream of back end 7 names it.
"""

import lzma
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from encoder.errors import FormatError, VersionError

MOST_WIDTH: Final = 255
MEMORY: Final = 3
"""Times the raw bytes, that undoing takes beside the result."""
_BRANCHES: Final = 1
_COLUMNS: Final = 2
_X86: Final = [{"id": lzma.FILTER_X86}]
_QUICK: Final = [{"id": lzma.FILTER_LZMA2, "preset": 0}]
_CHUNK: Final = 1 << 16
_FIRST, _FURTHER, _END = b"\x01", b"\x02", b"\x00"
"""Controls of LZMA2: a chunk as it is, which begins the dictionary anew or goes on, and the end."""
_LEAST_ROWS: Final = 64


class _At:
    """By what records are found."""

    alike: Final = 0.04  # of all bytes, that are the same a record further
    beyond: Final = 1.25  # times what is usual at any distance
    nearly: Final = 0.93  # of the most: a narrower record that does as well
    differences: Final = 0.8  # of a byte's bits: what repeats as it is tells more to what comes behind


@dataclass(frozen=True, slots=True)
class Branches:
    """Calls and jumps of x86 name their targets by place rather than by distance, as the filter of the xz format has
    it: the same target is the same bytes then.
    """

    def to_bytes(self) -> bytes:
        """The head of the stream."""
        return bytes((_BRANCHES,))

    def apply(self, data: bytes | memoryview) -> bytes:
        """The bytes that a back end gets."""
        packed = lzma.compress(data, format=lzma.FORMAT_RAW, filters=[*_X86, *_QUICK])
        return lzma.decompress(packed, format=lzma.FORMAT_RAW, filters=_QUICK)

    def undo(self, turned: bytes) -> bytes:
        """Inverse of `apply`, for any bytes."""
        return lzma.decompress(_as_chunks(turned), format=lzma.FORMAT_RAW, filters=[*_X86, *_QUICK])


@dataclass(frozen=True, slots=True)
class Columns:
    """Records of `width` bytes, 2 to 255, column by column; then the bytes that fill no record.

    differences: for each column, whether its bytes are taken less the one before, modulo 256.
    """

    width: int
    differences: tuple[bool, ...]

    def to_bytes(self) -> bytes:
        """The head of the stream."""
        flags = sum(1 << nth for nth, taken in enumerate(self.differences) if taken)
        return bytes((_COLUMNS, self.width)) + flags.to_bytes(_flag_bytes(self.width), "little")

    def apply(self, data: bytes | memoryview) -> bytes:
        """The bytes that a back end gets."""
        whole = len(data) // self.width * self.width
        columns = np.frombuffer(data[:whole], np.uint8).reshape(-1, self.width).T.copy()
        taken = np.array(self.differences)
        columns[taken, 1:] = np.diff(columns[taken], axis=1)
        return columns.tobytes() + bytes(data[whole:])

    def undo(self, turned: bytes) -> bytes:
        """Inverse of `apply`, for any bytes."""
        whole = len(turned) // self.width * self.width
        columns = np.frombuffer(turned[:whole], np.uint8).reshape(self.width, -1).copy()
        for nth, taken in enumerate(self.differences):
            if taken:
                np.cumsum(columns[nth], dtype=np.uint8, out=columns[nth])
        return columns.T.tobytes() + turned[whole:]


Filter: TypeAlias = Branches | Columns


def read_filter(stream: memoryview) -> tuple[Filter, memoryview]:
    """The filter that a stream begins with, and what follows its head. Raises FormatError, VersionError."""
    if not len(stream):
        raise FormatError("a filtered stream names no filter")
    if stream[0] == _BRANCHES:
        return Branches(), stream[1:]
    if stream[0] != _COLUMNS:
        raise VersionError(f"filter {stream[0]} needs a newer reader than this")
    width = stream[1] if len(stream) > 1 else 0
    size = 2 + _flag_bytes(width)
    if width < 2 or len(stream) < size:
        raise FormatError("a stream of columns has no width of 2 or more, or ends in its head")
    flags = int.from_bytes(stream[2:size], "little")
    if flags >> width:
        raise FormatError(f"a stream of {width} columns speaks of further ones")
    return Columns(width, tuple(bool(flags >> nth & 1) for nth in range(width))), stream[size:]


def columns_in(data: bytes | memoryview) -> Columns | None:
    """The records that the bytes seem to be, or None: bytes at one distance are alike more often than at others."""
    bytes_of = np.frombuffer(data, np.uint8)
    if len(bytes_of) <= 2 * _LEAST_ROWS:
        return None
    widest = min(MOST_WIDTH, len(bytes_of) // _LEAST_ROWS)
    alike = np.array([np.count_nonzero(bytes_of[far:] == bytes_of[:-far]) for far in range(1, widest + 1)])
    share = alike / len(bytes_of)
    most = float(share[1:].max(initial=0.0))
    if most < _At.alike or most < _At.beyond * float(np.median(share)):
        return None
    width = int(np.argmax(share[1:] >= _At.nearly * most)) + 2  # the narrowest, as twice a width does as well
    rows = bytes_of[: len(bytes_of) // width * width].reshape(-1, width)
    return Columns(width, tuple(_better_by_differences(rows[:, nth]) for nth in range(width)))


def _better_by_differences(column: NDArray[Any]) -> bool:
    """Whether the column's differences are of fewer values, much rather than its bytes."""
    return _entropy(np.diff(column)) < _At.differences * _entropy(column)


def _entropy(column: NDArray[Any]) -> float:
    part = np.bincount(column, minlength=256) / max(1, len(column))
    part = part[part > 0]
    return float(-(part * np.log2(part)).sum())


def _flag_bytes(width: int) -> int:
    return -(-width // 8)


def _as_chunks(data: bytes) -> bytes:
    """LZMA2 that holds the bytes as they are, so that its decoder's filter gets them."""
    if not data:
        return _END
    out = bytearray()
    for start in range(0, len(data), _CHUNK):
        chunk = data[start : start + _CHUNK]
        out += (_FURTHER if start else _FIRST) + (len(chunk) - 1).to_bytes(2, "big") + chunk
    return bytes(out) + _END
