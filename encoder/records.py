"""Where blocks are cut: after the last whole record that fits. Pure, and blind to how the input was chunked.

A record ends with a newline. A record longer than a block is cut hard at the block's size: the rest of it is carried into
the next block, so that memory stays bounded whatever stands on one line.
"""

from collections.abc import Iterator
from typing import Final

RECORD_END: Final = b"\n"
STEP: Final = 1 << 16  # searched at a time: small enough to stay in cache, so that views need no whole copy


def cut_at(window: memoryview) -> int:
    """How many bytes of a full window the next block takes: up to its last record end, or all where it holds none.

    window: one block size of bytes, not empty. Returns 1 to len(window).
    """
    high = len(window)
    while high:
        low = max(0, high - STEP)
        found = bytes(window[low:high]).rfind(RECORD_END)
        if found >= 0:
            return low + found + 1
        high = low
    return len(window)


def cut_blocks(data: memoryview, block_size: int) -> Iterator[memoryview]:
    """The blocks of bytes that lie in memory whole, as slices of `data`; none for no bytes."""
    start = 0
    while len(data) - start >= block_size:
        size = cut_at(data[start : start + block_size])
        yield data[start : start + size]
        start += size
    if start < len(data):
        yield data[start:]


def count_records(block: memoryview, *, continues: bool) -> int:
    """How many records begin in this block. block: not empty; continues: the block before ended inside a record.

    The counts of a stream's blocks add up to its number of records, wherever they were cut.
    """
    before_last = block[: len(block) - 1]  # what follows a newline at the very end begins in the next block
    ends = sum(bytes(before_last[low : low + STEP]).count(RECORD_END) for low in range(0, len(before_last), STEP))
    return ends + (not continues)


def ends_inside(block: memoryview) -> bool:
    """Whether the block's last record is cut: it does not end with a newline."""
    return block[-1] != RECORD_END[0]
