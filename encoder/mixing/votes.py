"""Predict whole values. Each voter names an earlier value. The most trusted voter's is tried, and one bit says whether
it is right.

Six voters remember, each under its context, the value that came last there. One names the column's last value, one the
number that follows it. A voter's record has six bits: how often it was right lately (3), and its last three results
(3).
"""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import BUFFER, FLAG, I32S, I64S, INT, U32S, U64S, VOID, Int, part, several
from encoder.mixing.coder import code_bit, least, within
from encoder.mixing.slots import HALF_TRUE, learned
from encoder.mixing.tables import GOLDEN, RANGE, SPREAD, SQUASH, STRETCH

U = np.uint64
VOTERS = 8
REMEMBERING = 6
LAST = 6
FOLLOWING = 7
INPUTS = 16
SLOTS_PER_COLUMN = VOTERS * 128
"""For each of the two attempts."""
AGREEMENTS = 512
"""Rows of weights by who agrees, for both attempts. Those by column follow."""
SECOND_TRY = 300000  # of 2**22: a second value is tried only if it is at least this likely
NONE = -1


def first_slots() -> NDArray[np.uint32]:
    """The slots of one voter in one column before any result: disagreeing records, then agreeing ones."""
    slots = [419430 << 10] * 64
    for record in range(64):
        often, results = 2 * (record >> 3), 2 * (record & 7).bit_count()
        slots.append(HALF_TRUE * (1 + often + results) // (9 + often) << 10)
    return np.array(slots, np.uint32)


@part(VOID(U64S, U64S, INT, U32S, INT, I64S, I64S))
def look_up(
    places: NDArray[np.uint64],
    contexts: NDArray[np.uint64],
    column: Int,
    memory: NDArray[np.uint32],
    memory_bits: Int,
    values: NDArray[np.int64],
    records: NDArray[np.int64],
) -> None:
    """What the remembering voters name (number of a value, or NONE), their records, and `places`: where the entries
    are.
    """
    apart = U(column + 1) * SPREAD
    for voter in range(REMEMBERING):
        mixed = (contexts[U(voter)] + apart) * GOLDEN
        mixed ^= mixed >> U(32)
        mixed = (mixed + U(voter)) * SPREAD
        place = (mixed >> U(64 - memory_bits)) * U(8) + U(voter)
        places[U(voter)] = place
        entry = np.int64(memory[place])
        values[U(voter)] = (entry >> 6) - 1
        records[U(voter)] = entry & 63


@part(several(INT, 2)(I64S, I64S, INT, U32S, INT))
def most_trusted(
    names: NDArray[np.int64], records: NDArray[np.int64], tried: Int, slots: NDArray[np.uint32], base: Int
) -> tuple[Int, Int]:
    """The most trusted voter that names a value other than `tried`, and how likely that value is right (of 2**22)."""
    best = NONE
    chance = np.int64(-1)
    for voter in range(VOTERS):
        if names[U(voter)] >= 0 and names[U(voter)] != tried:
            own = np.int64(slots[U(base + voter * 128 + 64 + records[U(voter)])] >> np.uint32(10))
            if own > chance:
                chance = own
                best = voter
    return best, chance


@part(INT(FLAG, I64S, BUFFER, INT, I64S, I64S, INT, INT, INT, FLAG, U32S, I32S, I32S, U64S))
def code_vote(
    decoding: bool,
    state: NDArray[np.int64],
    coded: NDArray[np.uint8],
    right: Int,
    names: NDArray[np.int64],
    records: NDArray[np.int64],
    chosen: Int,
    attempt: Int,
    column: Int,
    by_column: bool,
    slots: NDArray[np.uint32],
    weights: NDArray[np.int32],
    values: NDArray[np.int32],
    used: NDArray[np.uint64],
) -> Int:
    """Codes whether the value of that name is the right one, and learns from it. values, used: working room.

    weights: rows of INPUTS, two attempts each: by who agrees, then by column if a second mixer uses that.
    """
    base = (2 * column + attempt) * SLOTS_PER_COLUMN
    agreeing = 0
    for voter in range(VOTERS):
        values[U(voter)] = 0
        if names[U(voter)] >= 0:
            agrees = 1 if names[U(voter)] == chosen else 0
            agreeing |= agrees << voter
            used[U(voter)] = U(base + voter * 128 + agrees * 64 + records[U(voter)])
            values[U(voter)] = STRETCH[U(slots[used[U(voter)]] >> np.uint32(20))]
    values[U(VOTERS)] = 256
    row = U(2 * agreeing + attempt) * U(INPUTS)
    dot = np.int64(0)
    for nth in range(INPUTS):
        dot += np.int64(values[U(nth)]) * np.int64(weights[row + U(nth)])
    mixed = within(dot >> 16, RANGE)
    second_row = U(AGREEMENTS + 2 * column + attempt) * U(INPUTS)
    second_mixed = mixed
    if by_column:
        dot = np.int64(0)
        for nth in range(INPUTS):
            dot += np.int64(values[U(nth)]) * np.int64(weights[second_row + U(nth)])
        second_mixed = within(dot >> 16, RANGE)
    probability = np.int64(SQUASH[U(((mixed + second_mixed) >> 1) + RANGE)])
    bit = code_bit(decoding, state, coded, probability, right)
    error = (bit << 16) - np.int64(SQUASH[U(mixed + RANGE)])
    for nth in range(INPUTS):
        weights[row + U(nth)] += np.int32((np.int64(values[U(nth)]) * error + 0x20000) >> 18)
    if by_column:
        error = (bit << 16) - np.int64(SQUASH[U(second_mixed + RANGE)])
        for nth in range(INPUTS):
            weights[second_row + U(nth)] += np.int32((np.int64(values[U(nth)]) * error + 0x20000) >> 18)
    for voter in range(VOTERS):
        if names[U(voter)] >= 0:
            slots[used[U(voter)]] = learned(np.int64(slots[used[U(voter)]]), bit * HALF_TRUE)
    return bit


@part(INT(INT, FLAG))
def next_record(record: Int, right: bool) -> Int:
    """A voter's record after one more result."""
    if right:
        return (least(7, (record >> 3) + 1) << 3) | ((record << 1) & 6) | 1
    return ((record >> 4) << 3) | ((record << 1) & 6)


@part(VOID(U64S, I64S, I64S, I64S, INT, INT, U32S))
def remember(
    places: NDArray[np.uint64],
    values: NDArray[np.int64],
    records: NDArray[np.int64],
    names: NDArray[np.int64],
    name: Int,
    value: Int,
    memory: NDArray[np.uint32],
) -> None:
    """The remembering voters learn that `value`, of that name, came. One that was wrong but mostly right keeps its
    own.
    """
    for voter in range(REMEMBERING):
        record = records[U(voter)]
        kept = values[U(voter)]
        right = names[U(voter)] == name
        if not right and (names[U(voter)] < 0 or record < 16):
            kept = value
            after = (record << 1) & 6
        else:
            after = next_record(record, right)
        memory[places[U(voter)]] = np.uint32(((kept + 1) << 6) | after)
