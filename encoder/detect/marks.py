"""Where a sample's marks stand: the line ends, and the quotes and separators of its fields, found in one pass."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Positions = NDArray[np.int64]
Mask = NDArray[np.bool_]

LINE_END: Final = ord("\n")
QUOTE: Final = ord('"')
SEPARATORS: Final = tuple(b",;\t|")
"""Separators that are tried, the first winning a tie."""
MOST_LINES: Final = 512
"""Lines looked at one by one; of more, evenly spread ones are."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of a sample in the order in which they stand.

    data: the sample. counts: how often each byte value stands in it, shape (256,). separators: those of `SEPARATORS` of which there is one for
    every other line that is looked at. at: the places of the line ends, of these separators, and of quotes where there are any of these.
    values: the bytes there.
    """

    data: Bytes
    counts: Positions
    separators: tuple[int, ...]
    at: Positions
    values: Bytes


def find_marks(data: Bytes) -> Marks:
    """The marks of `data`, which is not empty. What the histogram knows to be absent or too seldom is not looked for."""
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
    """Of that many lines, 1 or more, one in how many is looked at."""
    return -(-lines // MOST_LINES)


def before(marked: Mask) -> NDArray[np.int32]:
    """How many are marked before each place, and in all: shape (n + 1,)."""
    sums = np.empty(len(marked) + 1, np.int32)
    sums[0] = 0
    np.cumsum(marked, dtype=np.int32, out=sums[1:])
    return sums


def pieces(data: Bytes, starts: Positions, size: int) -> Bytes:
    """The `size` bytes from each start on, shape (n, size), copied as a whole and not byte by byte. There must be as many."""
    windows: NDArray[np.void] = np.ndarray((len(data) - size + 1,), f"V{size}", data, strides=(1,))
    return windows[starts].view(np.uint8).reshape(-1, size)
