"""A sequence of signed 64-bit numbers as a constant, as differences, or as offsets from the smallest, in byte planes.

In the metadata: CONSTANT and the number (zigzag); or DELTA and the width; or OFFSET, the smallest (zigzag) and the
width. Width w (1 to 8) means w streams of one byte a number, the most significant plane first. DELTA planes hold the
zigzag of each difference from the number before (the first: from 0), modulo 2**64; OFFSET planes what is above the
smallest. Source: frame-of-reference and delta coding, Lemire & Boytsov, "Decoding billions of integers per second
through vectorization", 2015, section 2; planes as in Blosc's byte shuffle.
"""

import numpy as np
from numba import types
from numpy.typing import NDArray

from encoder.glyphs.hashing import GOLDEN, find_or_add
from encoder.glyphs.kernel import BYTES, FLAG, HASH, I32S, I64S, INT, REAL, U64S, Int, kernel
from encoder.glyphs.sink import NUMBERS, OUT, SINK, end_stream, put

CONSTANT, DELTA, OFFSET = range(3)
_SAMPLE = 512  # numbers that the choice between DELTA and OFFSET looks at


@kernel(HASH(INT))
def zigzag(value: Int) -> np.uint64:
    """0, -1, 1, -2, ... to 0, 1, 2, 3, ..."""
    return np.uint64((value << 1) ^ (value >> 63))


@kernel(INT(HASH))
def unzigzag(value: np.uint64) -> Int:
    """Inverse of `zigzag`."""
    return np.int64(value >> np.uint64(1)) ^ -np.int64(value & np.uint64(1))


@kernel(REAL(I64S, INT, FLAG, U64S, I32S, I64S))
def cost(
    values: NDArray[np.int64],
    count: Int,
    differences: bool,
    keys: NDArray[np.uint64],
    slots: NDArray[np.int32],
    tally: NDArray[np.int64],
) -> float:
    """Estimated bits for the first values (or their differences): order-0 entropy and the naming of distinct ones."""
    count = min(count, _SAMPLE)
    size = 16
    while size < 2 * count:
        size *= 2
    keys = keys[:size]
    slots = slots[:size]
    slots[:] = -1
    distinct = 0
    bits = 0.0
    previous = values[0]
    for nth in range(count):
        value = values[nth]
        if differences:
            value -= previous
            previous = values[nth]
        mapped = zigzag(value)
        found = find_or_add(keys, slots, mapped * GOLDEN, distinct)
        if found == distinct:
            distinct += 1
            tally[found] = 0
            bits += 1.0
            while mapped > 0:
                bits += 1.0
                mapped >>= np.uint64(1)
        tally[found] += 1
    for nth in range(distinct):
        bits -= tally[nth] * np.log2(tally[nth] / count)
    return bits


@kernel(INT(HASH))
def byte_width(largest: np.uint64) -> Int:
    """Bytes that `largest` takes, at least one."""
    width = 1
    while width < 8 and largest >> np.uint64(8 * width) > 0:
        width += 1
    return width


@kernel(INT(I64S, INT, INT, U64S, I32S, I64S, *SINK))
def write_numbers(
    values: NDArray[np.int64],
    count: Int,
    budget: Int,
    keys: NDArray[np.uint64],
    slots: NDArray[np.int32],
    tally: NDArray[np.int64],
    out: NDArray[np.uint8],
    classes: NDArray[np.int32],
    ends: NDArray[np.int64],
    meta: NDArray[np.uint64],
    cursor: NDArray[np.int64],
) -> Int:
    """Writes values[:count], count >= 1. Returns -1, and has written nothing, if the planes would exceed `budget` bytes.

    Differences must not overflow int64. keys, slots and tally are scratch, 2 * _SAMPLE long and more.
    """
    low = values[0]
    high = values[0]
    previous = values[0]
    widest = zigzag(previous)
    for nth in range(1, count):
        value = values[nth]
        low = min(low, value)
        high = max(high, value)
        widest = max(widest, zigzag(value - previous))
        previous = value
    if low == high:
        put(meta, cursor, CONSTANT)
        put(meta, cursor, np.int64(zigzag(low)))
        return 0
    delta = cost(values, count, True, keys, slots, tally) < cost(values, count, False, keys, slots, tally)
    width = byte_width(widest) if delta else byte_width(np.uint64(high - low))
    if width * count > budget:
        return -1
    put(meta, cursor, DELTA if delta else OFFSET)
    if not delta:
        put(meta, cursor, np.int64(zigzag(low)))
    put(meta, cursor, width)
    base = cursor[OUT]
    previous = np.int64(0)
    for nth in range(count):
        mapped = zigzag(values[nth] - previous) if delta else np.uint64(values[nth] - low)
        previous = values[nth]
        for plane in range(width - 1, -1, -1):
            out[base + plane * count + nth] = mapped & np.uint64(255)
            mapped >>= np.uint64(8)
    for _ in range(width):
        cursor[OUT] += count
        end_stream(classes, ends, cursor, NUMBERS)
    return 0


@kernel(types.void(BYTES, INT, INT, INT, INT, INT, I64S))
def read_numbers(
    arena: NDArray[np.uint8],
    at: Int,
    count: Int,
    mode: Int,
    base: Int,
    width: Int,
    values: NDArray[np.int64],
) -> None:
    """Inverse of `write_numbers` from planes that lie end to end at arena[at]; the caller has checked that they do."""
    if mode == CONSTANT:
        values[:count] = base
        return
    previous = np.int64(0)
    for nth in range(count):
        mapped = np.uint64(0)
        for plane in range(width):
            mapped = (mapped << np.uint64(8)) | np.uint64(arena[at + plane * count + nth])
        if mode == DELTA:
            previous += unzigzag(mapped)
            values[nth] = previous
        else:
            values[nth] = base + np.int64(mapped)
