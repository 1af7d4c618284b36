"""Cut blocks after the last whole record that fits. Pure, and independent of how the input was chunked.

A record ends with a newline. A record longer than half a block, such as a document on one line, is cut after a closing
bracket. So the next block begins with a new value and not inside a string. Without a closing bracket it is cut at the
block's size. The rest goes into the next block, so memory stays bounded for lines of any length.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

RECORD_END: Final = b"\n"
CLOSINGS: Final = re.compile(rb"[}\]]+,|>(?=<)")
"""What ends a value of JSON behind which another follows, the more brackets the further out; and what ends a tag or
element of XML.
"""
CLOSERS: Final = (b"}", b"]", b">")
"""One of which every closing has."""
STEP: Final = 1 << 16  # searched at a time: small enough to stay in cache, so that views need no whole copy


def cut_at(window: memoryview) -> int:
    """How many bytes of a full window the next block takes: up to its last record end, or all where it holds none.

    A record end in the first half is taken only where nothing closes in the last `STEP` bytes.
    window: one block size of bytes, not empty. Returns 1 to len(window).
    """
    high = len(window)
    half = high // 2
    ended = _last_end(window, half, high)
    return ended or _last_closing(window) or _last_end(window, 0, half) or high


def _last_end(window: memoryview, begin: int, high: int) -> int:
    """Behind the last record end in window[begin:high], or 0."""
    while high > begin:
        low = max(begin, high - STEP)
        found = bytes(window[low:high]).rfind(RECORD_END)
        if found >= 0:
            return low + found + 1
        high = low
    return 0


def _last_closing(window: memoryview) -> int:
    """Behind what closes most in the window's last `STEP` bytes, but not in its first half; the last of equals; or
    0.
    """
    low = max(len(window) // 2, len(window) - STEP)
    tail = bytes(window[low:])
    if not any(last in tail for last in CLOSERS):
        return 0  # which the expression takes its time to find
    closings = CLOSINGS.finditer(tail)
    best = max(closings, key=lambda it: (it.end() - it.start(), it.start()), default=None)
    return low + best.end() if best else 0


class Cutting(NamedTuple):
    """How a stream is cut: how many bytes of a window the next block takes, 1 to all of them, a function of the windows
    so far.

    full: of one block size of bytes; where it gives 0, it is asked again with as many more, and so on until it does
    not. rest: of fewer more, behind which the stream ends or is flushed; never empty.
    """

    full: Callable[[memoryview], int]
    rest: Callable[[memoryview], int]


AT_RECORDS: Final = Cutting(cut_at, len)


def cut_blocks(data: memoryview, block_size: int, cutting: Cutting = AT_RECORDS) -> Iterator[memoryview]:
    """The blocks of bytes that lie in memory whole, as slices of `data`; none for no bytes."""
    start = 0
    while start < len(data):
        size = _next_size(data[start:], block_size, cutting)
        yield data[start : start + size]
        start += size


def _next_size(rest: memoryview, block_size: int, cutting: Cutting) -> int:
    for end in range(block_size, len(rest) + 1, block_size):
        if size := cutting.full(rest[:end]):
            return size
    return cutting.rest(rest)


def count_records(block: memoryview, *, continues: bool) -> int:
    """How many records begin in this block. block: not empty; continues: the block before ended inside a record.

    The counts of a stream's blocks add up to its number of records, wherever they were cut.
    """
    before_last = block[: len(block) - 1]  # what follows a newline at the very end begins in the next block
    return _ends_in(before_last) + (not continues)


def _ends_in(data: memoryview) -> int:
    """How many record ends stand in the data."""
    if len(data) < STEP:
        return bytes(data).count(RECORD_END)
    import numpy as np  # noqa: PLC0415 - which a small input does not load

    values = np.frombuffer(data, np.uint8)
    return sum(int(np.count_nonzero(values[low : low + STEP] == RECORD_END[0])) for low in range(0, len(data), STEP))


def ends_inside(block: memoryview) -> bool:
    """Whether the block's last record is cut: it does not end with a newline."""
    return block[-1] != RECORD_END[0]
