"""Where a sample's marks stand: the line ends, quotes, colons, angles and separators that the features are made of, found in one pass."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Positions = NDArray[np.int64]

LINE_END: Final = ord("\n")
QUOTE: Final = ord('"')
COLON: Final = ord(":")
OPEN: Final = ord("<")
CLOSE: Final = ord(">")
SEPARATORS: Final = tuple(b",;\t|")
"""Separators that are tried, the first winning a tie."""
MARKS: Final = (LINE_END, QUOTE, COLON, OPEN, CLOSE, *SEPARATORS)


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of a sample in the order in which they stand.

    data: the sample. counts: how often each byte value stands in it, shape (256,). at: the marks' places. values: the bytes
    there.
    """

    data: Bytes
    counts: Positions
    at: Positions
    values: Bytes

    def of(self, value: int) -> Positions:
        """The places of one mark."""
        return self.at[self.values == value] if self.counts[value] else self.at[:0]

    def numbers_of(self, value: int) -> Positions:
        """Which of the marks, counted from 0, are this one."""
        return (self.values == value).nonzero()[0]


def find_marks(data: Bytes) -> Marks:
    """The marks of `data`, which is not empty. What the histogram knows to be absent is not looked for."""
    counts = np.bincount(data, minlength=256)
    there = [value for value in MARKS if counts[value]]
    marked = np.zeros(len(data), np.bool_)
    found = np.empty(len(data), np.bool_)
    for value in there:
        np.equal(data, value, out=found)
        marked |= found
    at = marked.nonzero()[0]
    return Marks(data, counts, at, data[at])


def before(marked: NDArray[np.bool_]) -> Positions:
    """How many are marked before each place, and in all: shape (n + 1,)."""
    sums = np.empty(len(marked) + 1, np.int64)
    sums[0] = 0
    np.cumsum(marked, out=sums[1:])
    return sums


def pieces(data: Bytes, starts: Positions, size: int) -> Bytes:
    """The `size` bytes from each start on, shape (n, size), copied as a whole and not byte by byte. There must be as many."""
    windows: NDArray[np.void] = np.ndarray((len(data) - size + 1,), f"V{size}", data, strides=(1,))
    return windows[starts].view(np.uint8).reshape(-1, size)
