"""Column kind STRINGS: the values as they are.

Metadata: the form; with JOINED the stream's length; with MEASURED the total length and then the values' lengths as
`numbers`. JOINED: one stream of class TEXT, each value followed by a newline (no value holds one). MEASURED: one stream
of class TEXT, the values end to end, after the streams of their lengths.
"""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import BYTES, FLAG, I32S, I64S, INT, U64S, VOID, Int, kernel
from encoder.glyphs.numbers import are_better_as_differences, write_numbers
from encoder.glyphs.sink import OUT, SINK, TEXT, Sink, end_stream, put
from encoder.glyphs.wide import copy_over

JOINED, MEASURED = range(2)
BAD_STRINGS = -1


@kernel(VOID(BYTES, I32S, I32S, INT, INT, FLAG, I64S, U64S, I32S, SINK), allocates=False)
def write_strings(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    first: Int,
    count: Int,
    newlines: bool,
    values: NDArray[np.int64],
    keys: NDArray[np.uint64],
    slots: NDArray[np.int32],
    sink: Sink,
) -> None:
    """Writes the values first .. first + count; `newlines` says that some hold a newline."""
    total = np.int64(0)
    for nth in range(count):
        values[nth] = sizes[first + nth]
        total += values[nth]
    put(sink, MEASURED if newlines else JOINED)
    if newlines:
        put(sink, total)
        delta = are_better_as_differences(values, count, keys, slots)
        write_numbers(values, count, 8 * count, delta, sink)
    else:
        put(sink, total + count)
    at = sink.cursor[OUT]
    for nth in range(first, first + count):
        copy_over(sink.out, at, data, starts[nth], sizes[nth])
        at += sizes[nth]
        if not newlines:
            sink.out[at] = 10
            at += 1
    sink.cursor[OUT] = at
    end_stream(sink, TEXT)


@kernel(INT(BYTES, INT, INT, INT, I32S, I32S, INT))
def read_joined(
    work: NDArray[np.uint8],
    at: Int,
    length: Int,
    count: Int,
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    first: Int,
) -> Int:
    """Finds `count` values, each ended by a newline, in work[at : at + length]. Returns 0, or BAD_STRINGS unless they
    fill it exactly.
    """
    end = at + length
    found = 0
    begin = at
    while at < end:
        if work[at] == 10:
            if found >= count:
                return BAD_STRINGS
            starts[first + found] = begin
            sizes[first + found] = at - begin
            found += 1
            begin = at + 1
        at += 1
    return 0 if found == count and begin == end else BAD_STRINGS


@kernel(INT(INT, INT, INT, I64S, I32S, I32S, INT))
def read_measured(
    at: Int,
    length: Int,
    count: Int,
    values: NDArray[np.int64],
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    first: Int,
) -> Int:
    """Lays `count` values of the lengths in `values` over `length` bytes from `at`. Returns 0, or BAD_STRINGS."""
    left = length
    for nth in range(count):
        size = values[nth]
        if size < 0 or size > left:
            return BAD_STRINGS
        starts[first + nth] = at + length - left
        sizes[first + nth] = size
        left -= size
    return 0 if left == 0 else BAD_STRINGS
