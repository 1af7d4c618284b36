"""A byte of a value coded quickly: first, where something foretells it well, one bit that says whether that is right; else
its bits under three contexts and one mixer.
"""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import BUFFER, FLAG, HASH, I32S, I64S, INT, U16S, U32S, U64S, VOID, Int, part
from encoder.mixing.coder import code_bit, least, within
from encoder.mixing.predict import QUICK
from encoder.mixing.slots import HALF_TRUE, claim, learned
from encoder.mixing.tables import GOLDEN, RANGE, SQUASH, STRETCH, TRUST

U = np.uint64
INPUTS = 8
"""Two for each context, and two to make a line of it."""
ROWS_PER_COLUMN = 8
"""Of weights: one for each bit of a byte."""
FORETELLERS = 2 + QUICK
"""The repeat, the column's last value, and the contexts, which remember the byte that came last in each."""
SUREST = 15
_SURENESS = SUREST + 1
CHANCES = FORETELLERS * _SURENESS
"""Slots for how often each foretells rightly, by how sure it is."""
FLAGS = CHANCES * 32
"""Slots for whether the best is right: by which it is, how sure, and who agrees."""
_LEAST_CHANCE = 2300000  # of 2**22: below, the bits are coded at once
_LEARNING = 6
_LEAST = 24  # of 65536, for a probability


@part(INT(FLAG, I64S, BUFFER, INT, U64S, U32S, HASH, I32S, INT, U64S))
def code_bits(
    decoding: bool,
    state: NDArray[np.int64],
    coded: NDArray[np.uint8],
    byte: Int,
    hashes: NDArray[np.uint64],
    table: NDArray[np.uint32],
    mask: np.uint64,
    weights: NDArray[np.int32],
    row: Int,
    lines: NDArray[np.uint64],
) -> Int:
    """Codes or decodes all bits of a byte. row: the first of its column's; lines: working room."""
    sofar = np.int64(1)
    for half in range(2):
        for nth in range(QUICK):
            mixed = hashes[U(nth)]
            if half == 1:
                mixed = (mixed + U(sofar)) * GOLDEN
                mixed ^= mixed >> U(29)
            line = ((mixed >> U(20)) & mask) * U(16)
            check = np.uint32(mixed >> U(40)) | np.uint32(1)
            lines[U(nth)] = line if table[line] == check else claim(table, line, check)
        line0 = lines[0]
        line1 = lines[1]
        line2 = lines[2]
        node = np.int64(1)
        for number in range(4 * half, 4 * half + 4):
            packed0 = np.int64(table[line0 + U(node)])
            packed1 = np.int64(table[line1 + U(node)])
            packed2 = np.int64(table[line2 + U(node)])
            value0 = np.int64(STRETCH[U(packed0 >> 20)])
            value1 = np.int64(STRETCH[U(packed1 >> 20)])
            value2 = np.int64(STRETCH[U(packed2 >> 20)])
            value3 = (((packed0 >> 20) - 2048) * np.int64(TRUST[U(packed0 & 1023)])) >> 5
            value4 = (((packed1 >> 20) - 2048) * np.int64(TRUST[U(packed1 & 1023)])) >> 5
            value5 = (((packed2 >> 20) - 2048) * np.int64(TRUST[U(packed2 & 1023)])) >> 5
            at = U(row + number) * U(INPUTS)
            weight0 = np.int64(weights[at])
            weight1 = np.int64(weights[at + U(1)])
            weight2 = np.int64(weights[at + U(2)])
            weight3 = np.int64(weights[at + U(3)])
            weight4 = np.int64(weights[at + U(4)])
            weight5 = np.int64(weights[at + U(5)])
            dot = value0 * weight0 + value1 * weight1 + value2 * weight2
            dot += value3 * weight3 + value4 * weight4 + value5 * weight5
            mixed_value = within(dot >> 16, RANGE)
            probability = np.int64(SQUASH[U(mixed_value + RANGE)])
            bit = code_bit(decoding, state, coded, probability, (byte >> (7 - number)) & 1)
            error = (((bit << 16) - probability) * _LEARNING) >> 4
            weights[at] = np.int32(weight0 + ((value0 * error + 0x8000) >> 16))
            weights[at + U(1)] = np.int32(weight1 + ((value1 * error + 0x8000) >> 16))
            weights[at + U(2)] = np.int32(weight2 + ((value2 * error + 0x8000) >> 16))
            weights[at + U(3)] = np.int32(weight3 + ((value3 * error + 0x8000) >> 16))
            weights[at + U(4)] = np.int32(weight4 + ((value4 * error + 0x8000) >> 16))
            weights[at + U(5)] = np.int32(weight5 + ((value5 * error + 0x8000) >> 16))
            wanted = bit * HALF_TRUE
            table[line0 + U(node)] = learned(packed0, wanted)
            table[line1 + U(node)] = learned(packed1, wanted)
            table[line2 + U(node)] = learned(packed2, wanted)
            sofar = (sofar << 1) | bit
            node = (node << 1) | bit
    return sofar & 255


@part(INT(FLAG, I64S, BUFFER, INT, I64S, I64S, U32S, U32S))
def try_foretold(
    decoding: bool,
    state: NDArray[np.int64],
    coded: NDArray[np.uint8],
    byte: Int,
    foretold: NDArray[np.int64],
    sure: NDArray[np.int64],
    chances: NDArray[np.uint32],
    flags: NDArray[np.uint32],
) -> Int:
    """Whether the best foretold byte is right: that byte, or -1 where it is not or none was tried."""
    best: Int = np.int64(-1)
    most = np.int64(_LEAST_CHANCE)
    for nth in range(FORETELLERS):
        if foretold[U(nth)] >= 0:
            chance = np.int64(chances[U(nth * _SURENESS + sure[U(nth)])]) >> 10
            if chance > most:
                most = chance
                best = nth
    result: Int = np.int64(-1)
    if best >= 0:
        tried = foretold[U(best)]
        agreeing = np.int64(0)
        for nth in range(FORETELLERS):
            agreeing |= (1 if foretold[U(nth)] == tried else 0) << nth
        place = U(((best * _SURENESS) + sure[U(best)]) * 32 + agreeing)
        packed = np.int64(flags[place])
        probability = least(packed >> 16, 65536 - _LEAST)
        if probability < _LEAST:
            probability = np.int64(_LEAST)
        right = code_bit(decoding, state, coded, probability, 1 if byte == tried else 0)
        flags[place] = learned(packed, right * HALF_TRUE)
        if right:
            result = tried
    return result


@part(VOID(INT, I64S, I64S, U32S))
def learn_foretold(
    byte: Int, foretold: NDArray[np.int64], sure: NDArray[np.int64], chances: NDArray[np.uint32]
) -> None:
    """Each that foretold a byte learns whether it was right."""
    for nth in range(FORETELLERS):
        if foretold[U(nth)] >= 0:
            place = U(nth * _SURENESS + sure[U(nth)])
            wanted = np.int64(HALF_TRUE) if foretold[U(nth)] == byte else np.int64(0)
            chances[place] = learned(np.int64(chances[place]), wanted)


@part(VOID(U64S, U16S, INT, U64S, I64S, I64S))
def look_up_bytes(
    hashes: NDArray[np.uint64],
    remembered: NDArray[np.uint16],
    byte_bits: Int,
    places: NDArray[np.uint64],
    foretold: NDArray[np.int64],
    sure: NDArray[np.int64],
) -> None:
    """What the contexts foretell, and `places`: where that stands. An entry is a byte, and how sure it is (8 bits), 0 for none."""
    for nth in range(QUICK):
        place = (hashes[U(nth)] >> U(64 - byte_bits)) * U(4) + U(nth)
        places[U(nth)] = place
        entry = np.int64(remembered[place])
        sure[U(2 + nth)] = entry & 255
        foretold[U(2 + nth)] = (entry >> 8) if (entry & 255) > 0 else np.int64(-1)


@part(VOID(INT, U64S, U16S))
def remember_byte(byte: Int, places: NDArray[np.uint64], remembered: NDArray[np.uint16]) -> None:
    """The contexts learn which byte came; one that was sure of another is half as sure of it."""
    for nth in range(QUICK):
        entry: Int = np.int64(remembered[places[U(nth)]])
        sure = entry & 255
        if (entry >> 8) == byte and sure > 0:
            entry += 1 if sure < SUREST else 0
        elif sure < 2:
            entry = (byte << 8) | 1
        else:
            entry = (entry & 0xFF00) | (sure >> 1)
        remembered[places[U(nth)]] = entry


@part(
    INT(
        *(FLAG, I64S, BUFFER, INT, U64S, INT, INT, INT, INT, INT),
        *(U32S, HASH, I32S, U32S, U32S, U16S, INT, U64S, U64S, I64S, I64S),
    )
)
def code_foretold(
    decoding: bool,
    state: NDArray[np.int64],
    coded: NDArray[np.uint8],
    byte: Int,
    hashes: NDArray[np.uint64],
    repeated: Int,
    length: Int,
    above: Int,
    offset: Int,
    column: Int,
    table: NDArray[np.uint32],
    mask: np.uint64,
    weights: NDArray[np.int32],
    chances: NDArray[np.uint32],
    flags: NDArray[np.uint32],
    remembered: NDArray[np.uint16],
    byte_bits: Int,
    lines: NDArray[np.uint64],
    places: NDArray[np.uint64],
    foretold: NDArray[np.int64],
    sure: NDArray[np.int64],
) -> Int:
    """Codes `byte`, or decodes and returns it. repeated, above: what a repeat of that length and the column's last value, which has agreed
    for `offset` bytes, foretell; -1 for nothing. lines, places, foretold, sure: working room.
    """
    foretold[0] = repeated
    sure[0] = least(length >> 1, SUREST)
    foretold[1] = above
    sure[1] = least(offset, SUREST)
    look_up_bytes(hashes, remembered, byte_bits, places, foretold, sure)
    found = try_foretold(decoding, state, coded, byte, foretold, sure, chances, flags)
    if found < 0:
        found = code_bits(decoding, state, coded, byte, hashes, table, mask, weights, ROWS_PER_COLUMN * column, lines)
    learn_foretold(found, foretold, sure, chances)
    remember_byte(found, places, remembered)
    return found
