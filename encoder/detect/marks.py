"""The positions of a sample's marks: line ends, and the quotes and separators of its fields, found in one pass."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Positions = NDArray[np.int64]
Mask = NDArray[np.bool_]

LINE_END: Final = ord("\n")
QUOTE: Final = ord('"')
SEPARATORS: Final = tuple(b",;\t|")
"""Separators that are tried. The first wins a tie."""
MOST_LINES: Final = 512
"""Lines that are examined one at a time. If there are more, these are evenly spread."""


class Marks(NamedTuple):
    """The marks of a sample in their order.

    data: the sample. counts: how often each byte value occurs in it, shape (256,). separators: those of `SEPARATORS`
    with at least one for every other examined line. at: the positions of the line ends, of these separators, and of
    quotes if there are any separators. values: the bytes there.
    """

    data: Bytes
    counts: Positions
    separators: tuple[int, ...]
    at: Positions
    values: Bytes


def find_marks(data: Bytes) -> Marks:
    """The marks of `data`, which is not empty. Values that are absent or too rare by the histogram are not searched
    for.
    """
    counts = np.bincount(data, minlength=256)
    ends = int(counts[LINE_END])
    looked_at = -(-ends // step_of(ends)) if ends else 0
    separators = tuple(one for one in SEPARATORS if counts[one] and counts[one] * 2 >= looked_at) if looked_at else ()
    marked = data == LINE_END
    for value in (QUOTE, *separators) if separators else ():
        if counts[value]:
            marked |= data == value
    at = marked.nonzero()[0]
    return Marks(data, counts, separators, at, data[at])


def step_of(lines: int) -> int:
    """The step between examined lines, if there are so many lines (1 or more)."""
    return -(-lines // MOST_LINES)


def before(marked: Mask) -> NDArray[np.int32]:
    """How many marks come before each place, and in all: shape (n + 1,)."""
    sums = np.empty(len(marked) + 1, np.int32)
    sums[0] = 0
    np.cumsum(marked, dtype=np.int32, out=sums[1:])
    return sums


def pieces(data: Bytes, starts: Positions, size: int) -> Bytes:
    """The `size` bytes from each start on, shape (n, size), copied as a whole. There must be as many bytes."""
    windows: NDArray[np.void] = np.ndarray((len(data) - size + 1,), f"V{size}", data, strides=(1,))
    return windows[starts].view(np.uint8).reshape(-1, size)
