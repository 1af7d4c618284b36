"""Column kind HEXADECIMAL: lower-case hexadecimal digits, an even number, the same for all values.

Metadata: the digits. One stream of class PACKED: for each byte of a value, first to last, that byte of every value.
"""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.integers import TEXT_FULL
from encoder.glyphs.kernel import BUFFER, BYTES, I32S, INT, VOID, Int, kernel
from encoder.glyphs.sink import OUT, PACKED, SINK, Sink, end_stream, put


@kernel(VOID(BYTES, I32S, INT, INT, INT, SINK), allocates=False)
def write_hexadecimal(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    first: Int,
    count: Int,
    digits: Int,
    sink: Sink,
) -> None:
    """Writes the values first .. first + count, all of `digits` digits."""
    put(sink, digits)
    base = sink.cursor[OUT]
    for nth in range(count):
        start = starts[first + nth]
        for pair in range(digits // 2):
            high = np.int64(data[start + 2 * pair])
            low = np.int64(data[start + 2 * pair + 1])
            high = high - 48 if high < 58 else high - 87
            low = low - 48 if low < 58 else low - 87
            sink.out[base + pair * count + nth] = high * 16 + low
    sink.cursor[OUT] = base + digits // 2 * count
    end_stream(sink, PACKED)


@kernel(INT(BUFFER, INT, INT, INT, INT, INT, I32S, I32S, INT))
def read_hexadecimal(
    work: NDArray[np.uint8],
    source: Int,
    count: Int,
    digits: Int,
    at: Int,
    end: Int,
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    first: Int,
) -> Int:
    """Inverse of `write_hexadecimal`: bytes from work[source], text from work[at]. Returns its end, or TEXT_FULL."""
    if digits * count > end - at:
        return TEXT_FULL
    for nth in range(count):
        for pair in range(digits // 2):
            byte = np.int64(work[source + pair * count + nth])
            high = byte >> 4
            low = byte & 15
            work[at + 2 * pair] = high + 48 if high < 10 else high + 87
            work[at + 2 * pair + 1] = low + 48 if low < 10 else low + 87
        starts[first + nth] = at
        sizes[first + nth] = digits
        at += digits
    return at
