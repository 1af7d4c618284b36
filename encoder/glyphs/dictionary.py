"""Column kind DICTIONARY: the distinct values once, in the order they appear, and for every value which one it is.

Metadata: how many are distinct and the bytes of their text. Streams: class WORDS, each distinct value followed by a
newline (no value holds one); then, when more than one is distinct, one byte plane of class INDEX, or two (high first)
when more than 256 are.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.hashing import SPREAD, hash_bytes
from encoder.glyphs.kernel import BYTES, I32S, I64S, INT, REAL, U64S, VOID, Int, kernel, record
from encoder.glyphs.numbers import plane_bits
from encoder.glyphs.sink import INDEX, OUT, SINK, WORDS, Sink, end_stream, put
from encoder.glyphs.wide import copy_over, same_bytes

MAX_DISTINCT = 3000
TOO_MANY = -1
BAD_INDEX = -1
WORD_BITS = 2.5
"""What a back end makes of a byte of a number among its like."""


class Room(NamedTuple):
    """What writing one column works in. shape: as `encoder.glyphs.choose` has it. values, indices: as long as the
    longest column. firsts: above MAX_DISTINCT. keys, slots: a power of two above 2 * MAX_DISTINCT.
    """

    shape: NDArray[np.int64]
    firsts: NDArray[np.int64]
    values: NDArray[np.int64]
    indices: NDArray[np.int64]
    keys: NDArray[np.uint64]
    slots: NDArray[np.int32]


ROOM = record(Room, I64S, I64S, I64S, I64S, U64S, I32S)
"""The machine type of `Room`."""


@kernel(INT(BYTES, I32S, I32S, INT, INT, INT, ROOM), allocates=False)
def number_values(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    first: Int,
    count: Int,
    limit: Int,
    room: Room,
) -> Int:
    """Numbers the values first .. first + count by first appearance into room.indices; room.firsts[d] is where number d
    stood.

    Returns how many are distinct, or TOO_MANY as soon as they exceed `limit` (at most MAX_DISTINCT). A hash that is
    found is compared byte for byte.
    """
    keys, slots, firsts = room.keys, room.slots, room.firsts
    size = 16
    while size < 2 * min(count, limit + 1):
        size *= 2
    mask = size - 1
    slots[:size] = -1
    distinct = 0
    for nth in range(count):
        start = starts[first + nth]
        length = sizes[first + nth]
        key = hash_bytes(data, start, length)
        slot = np.int64((key * SPREAD) >> np.uint64(32)) & mask
        while True:
            found: Int = np.int64(slots[slot])
            if found < 0:
                break
            if (
                keys[slot] == key
                and sizes[firsts[found]] == length
                and same_bytes(data, starts[firsts[found]], start, length)
            ):
                break
            slot = (slot + 1) & mask
        if found < 0:
            if distinct >= limit:
                return TOO_MANY
            keys[slot] = key
            slots[slot] = distinct
            firsts[distinct] = first + nth
            found = distinct
            distinct += 1
        room.indices[nth] = found
    return distinct


@kernel(REAL(I32S, INT, INT, I64S, I64S))
def dictionary_bits(
    sizes: NDArray[np.int32], count: Int, distinct: Int, firsts: NDArray[np.int64], values: NDArray[np.int64]
) -> float:
    """Estimated bits of what `number_values` found: those of the index planes, and some for every byte of the words."""
    words = 0
    for nth in range(distinct):
        words += sizes[firsts[nth]] + 1
    planes = plane_bits(values, count, False, np.uint64(0), 1 if distinct <= 256 else 2)
    return planes + WORD_BITS * words


@kernel(VOID(BYTES, I32S, I32S, INT, INT, I64S, I64S, SINK), allocates=False)
def write_dictionary(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    count: Int,
    distinct: Int,
    firsts: NDArray[np.int64],
    values: NDArray[np.int64],
    sink: Sink,
) -> None:
    """Writes what `number_values` found."""
    begin = sink.cursor[OUT]
    at = begin
    for nth in range(distinct):
        size = np.int64(sizes[firsts[nth]])
        copy_over(sink.out, at, data, starts[firsts[nth]], size)
        sink.out[at + size] = 10
        at += size + 1
    sink.cursor[OUT] = at
    put(sink, distinct)
    put(sink, at - begin)
    end_stream(sink, WORDS)
    if distinct <= 1:
        return
    if distinct > 256:
        for nth in range(count):
            sink.out[at + nth] = values[nth] >> 8
        at += count
        sink.cursor[OUT] = at
        end_stream(sink, INDEX)
    for nth in range(count):
        sink.out[at + nth] = values[nth] & 255
    sink.cursor[OUT] = at + count
    end_stream(sink, INDEX)


@kernel(INT(BYTES, INT, INT, INT, I32S, I32S, I32S, I32S, INT))
def read_indexed(
    work: NDArray[np.uint8],
    at: Int,
    count: Int,
    distinct: Int,
    word_starts: NDArray[np.int32],
    word_sizes: NDArray[np.int32],
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    first: Int,
) -> Int:
    """Looks every value up: index planes at work[at] (none when distinct == 1). Returns 0, or BAD_INDEX."""
    for nth in range(count):
        index = np.int64(0)
        if distinct > 256:
            index = (np.int64(work[at + nth]) << 8) | np.int64(work[at + count + nth])
        elif distinct > 1:
            index = np.int64(work[at + nth])
        if index >= distinct:
            return BAD_INDEX
        starts[first + nth] = word_starts[index]
        sizes[first + nth] = word_sizes[index]
    return 0
