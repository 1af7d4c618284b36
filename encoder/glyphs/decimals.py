"""Column kind DECIMALS: `-`?, an integer part without leading zeros, and maybe a point and digits; at most 18 digits.

A negative zero is not of this kind, as a number does not carry its sign. Metadata: the digits after the point when all
values have the same number of them, else VARIED; then the values without their points as `numbers`. VARIED has a stream
of class PACKED before the planes: digits after the point, one byte a value.
"""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.integers import MAX_DIGITS, TEXT_FULL
from encoder.glyphs.kernel import BUFFER, BYTES, I32S, I64S, INT, VOID, Int, kernel
from encoder.glyphs.sink import OUT, PACKED, SINK, Sink, end_stream
from encoder.glyphs.wide import digits_end

VARIED = 255
NOT_DECIMAL = -1
BAD_DECIMALS = -1


@kernel(INT(BYTES, INT, INT))
def decimal_places(data: NDArray[np.uint8], start: Int, size: Int) -> Int:
    """Digits after the point of data[start : start + size]; NOT_DECIMAL if formatting would not give these bytes
    back.
    """
    end = start + size
    negative = start < end and data[start] == 45
    whole = start + 1 if negative else start
    point = digits_end(data, whole, end)
    digits = point - whole
    rest = digits_end(data, point + 1, end)
    places = max(rest - point - 1, np.int64(0))
    fits = bool(rest == end and digits > 0 and digits + places <= MAX_DIGITS)
    if point < end:
        fits &= bool(data[point] == 46 and places > 0)
    if digits > 1:
        fits &= bool(data[whole] != 48)
    if fits and negative:
        fits = False
        for at in range(whole, end):
            fits |= bool(49 <= data[at] <= 57)
    return places if fits else np.int64(NOT_DECIMAL)


@kernel(VOID(BYTES, I32S, I32S, INT, INT, SINK), allocates=False)
def write_places(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    first: Int,
    count: Int,
    sink: Sink,
) -> None:
    """The stream of VARIED."""
    for nth in range(first, first + count):
        sink.out[sink.cursor[OUT]] = decimal_places(data, starts[nth], sizes[nth])
        sink.cursor[OUT] += 1
    end_stream(sink, PACKED)


@kernel(INT(I64S, INT, INT, BYTES, INT, BUFFER, INT, INT, I32S, I32S, INT))
def format_decimals(
    values: NDArray[np.int64],
    count: Int,
    places: Int,
    varied: NDArray[np.uint8],
    varied_at: Int,
    work: NDArray[np.uint8],
    at: Int,
    end: Int,
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    first: Int,
) -> Int:
    """Values to text from work[at], not beyond `end`. With places == VARIED they are read from varied[varied_at:].

    Returns where the text ends, TEXT_FULL, or BAD_DECIMALS when a value has more than MAX_DIGITS places.
    """
    for nth in range(count):
        after = places if places != VARIED else np.int64(varied[varied_at + nth])
        if after > MAX_DIGITS:
            return BAD_DECIMALS
        negative = values[nth] < 0
        left = np.uint64(0) - np.uint64(values[nth]) if negative else np.uint64(values[nth])
        digits: Int = 1
        power = np.uint64(10)
        while digits < 20 and left >= power:
            digits += 1
            power *= np.uint64(10)
        digits = max(digits, after + 1)
        size = digits + (1 if negative else 0) + (1 if after > 0 else 0)
        if at + size > end:
            return TEXT_FULL
        place = at + size - 1
        for written in range(digits):
            if written == after and after > 0:
                work[place] = 46
                place -= 1
            work[place] = np.uint8(48) + np.uint8(left % np.uint64(10))
            left //= np.uint64(10)
            place -= 1
        if negative:
            work[at] = 45
        starts[first + nth] = at
        sizes[first + nth] = size
        at += size
    return at
