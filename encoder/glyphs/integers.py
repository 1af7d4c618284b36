"""Column kind INTEGERS: decimal digits only, at most 18; either none has a leading zero, or all have one width.

Metadata: the width that values are padded to with zeros, 0 for none; then the values as `numbers`.
"""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import BUFFER, BYTES, HASH, I32S, I64S, INT, VOID, Int, kernel, part
from encoder.glyphs.wide import WORD, digits_end, digits_value, load_word, short_word

MAX_DIGITS = 18
TEXT_FULL = -2
_POWERS = 10 ** np.arange(MAX_DIGITS + 1, dtype=np.int64)
_LONGEST = 20  # digits of 2**64 - 1


@part(HASH(BYTES, INT, INT))
def parse_digits(data: NDArray[np.uint8], start: Int, end: Int) -> np.uint64:
    """The number that data[start:end], nothing but digits, spells, modulo 2**64; 0 for none."""
    rest = (end - start) & 7
    value = np.uint64(0)
    if rest > 0:
        value = digits_value(short_word(data, start, rest) << np.uint64(64 - 8 * rest))
        start += rest
    while start < end:
        value = value * np.uint64(100_000_000) + digits_value(load_word(data, start))
        start += WORD
    return value


@kernel(VOID(BYTES, I32S, I32S, INT, INT, I64S))
def parse_integers(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    first: Int,
    count: Int,
    values: NDArray[np.int64],
) -> None:
    """The values first .. first + count as numbers, all of them nothing but digits."""
    for nth in range(count):
        start = np.int64(starts[first + nth])
        values[nth] = parse_digits(data, start, start + sizes[first + nth])


@kernel(VOID(BYTES, I32S, I32S, INT, INT, I64S))
def parse_decimals(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    first: Int,
    count: Int,
    values: NDArray[np.int64],
) -> None:
    """The values first .. first + count as numbers: `-`? digits, and maybe a point, which is passed over, and
    digits.
    """
    for nth in range(count):
        start = np.int64(starts[first + nth])
        end = start + sizes[first + nth]
        negative = data[start] == 45
        whole = start + 1 if negative else start
        point = digits_end(data, whole, end)
        after = min(point + 1, end)
        value = np.int64(parse_digits(data, whole, point)) * _POWERS[end - after]
        value += np.int64(parse_digits(data, after, end))
        values[nth] = -value if negative else value


@kernel(INT(I64S, INT, INT, BUFFER, INT, INT, I32S, I32S, INT))
def format_integers(
    values: NDArray[np.int64],
    count: Int,
    width: Int,
    work: NDArray[np.uint8],
    at: Int,
    end: Int,
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    first: Int,
) -> Int:
    """Inverse of `parse_integers` for this kind: text from work[at], not beyond `end`; `width` is at most MAX_DIGITS.

    Returns where the text ends, or TEXT_FULL. Values are taken as unsigned.
    """
    for nth in range(count):
        left = np.uint64(values[nth])
        size: Int = 1
        power = np.uint64(10)
        while size < _LONGEST and left >= power:
            size += 1
            power *= np.uint64(10)
        size = max(size, width)
        if at + size > end:
            return TEXT_FULL
        for place in range(at + size - 1, at - 1, -1):
            work[place] = np.uint8(48) + np.uint8(left % np.uint64(10))
            left //= np.uint64(10)
        starts[first + nth] = at
        sizes[first + nth] = size
        at += size
    return at
