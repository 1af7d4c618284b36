"""A sequence of signed 64-bit numbers as a constant, as differences, or as offsets from the smallest, in byte planes.

In the metadata: CONSTANT and the number (zigzag); or DELTA and the width; or OFFSET, the smallest (zigzag) and the
width. Width w (1 to 8) means w streams of one byte a number, the most significant plane first. DELTA planes hold the
zigzag of each difference from the number before (the first: from 0), modulo 2**64; OFFSET planes what is above the
smallest. Source: frame-of-reference and delta coding, Lemire & Boytsov, "Decoding billions of integers per second
through vectorization", 2015, section 2; planes as in Blosc's byte shuffle.
"""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.hashing import GOLDEN, find_or_add
from encoder.glyphs.kernel import BYTES, FLAG, HASH, I32S, I64S, INT, REAL, U64S, VOID, Int, kernel, part, several
from encoder.glyphs.sink import NUMBERS, OUT, SINK, Sink, end_stream, put

CONSTANT, DELTA, OFFSET = range(3)
SAMPLE = 1024
"""Numbers, at most, that the choice between DELTA and OFFSET looks at."""
NAMING_BITS = 6.0
"""What it costs a back end to say that a byte occurs, with its code's length."""
LOGARITHMS = np.arange(SAMPLE + 1) * np.log2(np.maximum(np.arange(SAMPLE + 1), 1))
"""n log2 n, by n."""


@part(HASH(INT))
def zigzag(value: Int) -> np.uint64:
    """0, -1, 1, -2, ... to 0, 1, 2, 3, ..."""
    return np.uint64((value << 1) ^ (value >> 63))


@kernel(INT(HASH))
def unzigzag(value: np.uint64) -> Int:
    """Inverse of `zigzag`."""
    return np.int64(value >> np.uint64(1)) ^ -np.int64(value & np.uint64(1))


@part(INT(HASH))
def byte_width(largest: np.uint64) -> Int:
    """Bytes that `largest` takes, at least one."""
    width = 1
    while width < 8 and largest >> np.uint64(8 * width) > 0:
        width += 1
    return width


@kernel(several(HASH, 3)(I64S, INT))
def spread(values: NDArray[np.int64], count: Int) -> tuple[np.uint64, np.uint64, np.uint64]:
    """Of values[:count]: the smallest (as unsigned), how far above it the largest is, and the widest difference,
    zigzag.
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
    return np.uint64(low), np.uint64(high - low), widest


@kernel(REAL(I64S, INT, FLAG, HASH, INT))
def plane_bits(values: NDArray[np.int64], count: Int, differences: bool, low: np.uint64, width: Int) -> float:
    """Estimated bits of the byte planes of values[:count], as differences or as offsets from `low`: the order-0 entropy
    of each plane, from a sample, and what it costs to name the bytes that occur.
    """
    tally = np.zeros(256 * width, np.int32)
    step = count // SAMPLE + 1
    sampled = 0
    for nth in range(0, count, step):
        previous = values[nth - 1] if nth > 0 else np.int64(0)
        mapped = zigzag(values[nth] - previous) if differences else np.uint64(values[nth]) - low
        for plane in range(width):
            tally[256 * plane + np.int64(mapped & np.uint64(255))] += 1
            mapped >>= np.uint64(8)
        sampled += 1
    bits = width * LOGARITHMS[sampled]
    named = 0
    for slot in range(tally.shape[0]):
        bits -= LOGARITHMS[tally[slot]]
        named += tally[slot] > 0
    return float(bits * count / sampled + NAMING_BITS * named)


@kernel(REAL(I64S, INT, FLAG, U64S, I32S))
def naming_bits(
    values: NDArray[np.int64],
    count: Int,
    differences: bool,
    keys: NDArray[np.uint64],
    slots: NDArray[np.int32],
) -> float:
    """Estimated bits for the first values (or their differences) as wholes: order-0 entropy and the naming of distinct
    ones. keys, slots: scratch of 2 * SAMPLE and more.
    """
    count = min(count, np.int64(SAMPLE // 2))
    size = 16
    while size < 2 * count:
        size *= 2
    keys = keys[:size]
    slots = slots[:size]
    slots[:] = -1
    tally = np.zeros(count, np.int32)
    distinct = 0
    bits = LOGARITHMS[count]
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
            bits += 1.0
            while mapped > 0:
                bits += 1.0
                mapped >>= np.uint64(1)
        tally[found] += 1
    for nth in range(distinct):
        bits -= LOGARITHMS[tally[nth]]
    return float(bits)


@kernel(FLAG(I64S, INT, U64S, I32S))
def are_better_as_differences(
    values: NDArray[np.int64], count: Int, keys: NDArray[np.uint64], slots: NDArray[np.int32]
) -> bool:
    """Do the differences say less than the values? Values as wholes, as a back end finds those that come back."""
    return naming_bits(values, count, True, keys, slots) < naming_bits(values, count, False, keys, slots)


@kernel(REAL(I64S, INT, FLAG, HASH, HASH, HASH))
def number_bits(
    values: NDArray[np.int64], count: Int, differences: bool, low: np.uint64, extent: np.uint64, widest: np.uint64
) -> float:
    """Estimated bits of `write_numbers`; 0 where one plane holds all, as nothing else could be smaller. The last three:
    their `spread`.
    """
    if extent < np.uint64(256):
        return 0.0
    width = byte_width(widest) if differences else byte_width(extent)
    return plane_bits(values, count, differences, low, width)


@kernel(INT(I64S, INT, INT, FLAG, SINK), allocates=False)
def write_numbers(
    values: NDArray[np.int64],
    count: Int,
    budget: Int,
    delta: bool,
    sink: Sink,
) -> Int:
    """Writes values[:count], count >= 1, as differences or as offsets. Returns -1, and has written nothing, if the
    planes would exceed `budget` bytes.

    Differences must not overflow int64.
    """
    low, extent, widest = spread(values, count)
    return write_spread(values, count, budget, delta, low, extent, widest, sink)


@kernel(INT(I64S, INT, INT, FLAG, HASH, HASH, HASH, SINK), allocates=False)
def write_spread(
    values: NDArray[np.int64],
    count: Int,
    budget: Int,
    delta: bool,
    low: np.uint64,
    extent: np.uint64,
    widest: np.uint64,
    sink: Sink,
) -> Int:
    """As `write_numbers`, where the `spread` of the values is known."""
    if extent == 0:
        put(sink, CONSTANT)
        put(sink, np.int64(zigzag(np.int64(low))))
        return 0
    width = byte_width(widest) if delta else byte_width(extent)
    if width * count > budget:
        return -1
    put(sink, DELTA if delta else OFFSET)
    if not delta:
        put(sink, np.int64(zigzag(np.int64(low))))
    put(sink, width)
    base = sink.cursor[OUT]
    previous = np.int64(0)
    for nth in range(count):
        mapped = zigzag(values[nth] - previous) if delta else np.uint64(values[nth]) - low
        previous = values[nth]
        for plane in range(width - 1, -1, -1):
            sink.out[base + plane * count + nth] = mapped & np.uint64(255)
            mapped >>= np.uint64(8)
    for _ in range(width):
        sink.cursor[OUT] += count
        end_stream(sink, NUMBERS)
    return 0


@kernel(VOID(BYTES, INT, INT, INT, INT, INT, I64S))
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
