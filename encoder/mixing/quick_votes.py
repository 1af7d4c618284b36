"""The bit that says whether a value was foretold, with one mixer: as `votes.code_vote`, in half its time."""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import BUFFER, FLAG, I32S, I64S, INT, U64S, Int, part
from encoder.mixing.coder import U32S, code_bit, within
from encoder.mixing.tables import MOST_SEEN, RANGE, RATES, SQUASH, STRETCH
from encoder.mixing.votes import INPUTS, SLOTS_PER_COLUMN, VOTERS

U = np.uint64
_HALF_TRUE = 4194303


@part(INT(FLAG, I64S, BUFFER, INT, I64S, I64S, INT, INT, INT, U32S, I32S, I32S, U64S))
def code_quick_vote(
    decoding: bool,
    state: NDArray[np.int64],
    coded: NDArray[np.uint8],
    right: Int,
    names: NDArray[np.int64],
    records: NDArray[np.int64],
    chosen: Int,
    attempt: Int,
    column: Int,
    slots: NDArray[np.uint32],
    weights: NDArray[np.int32],
    values: NDArray[np.int32],
    used: NDArray[np.uint64],
) -> Int:
    """As `votes.code_vote`, with the rows by who agrees alone."""
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
    probability = np.int64(SQUASH[U(mixed + RANGE)])
    bit = code_bit(decoding, state, coded, probability, right)
    error = (bit << 16) - probability
    for nth in range(INPUTS):
        weights[row + U(nth)] += np.int32((np.int64(values[U(nth)]) * error + 0x20000) >> 18)
    for voter in range(VOTERS):
        if names[U(voter)] >= 0:
            packed = np.int64(slots[used[U(voter)]])
            seen = packed & 1023
            chance = packed >> 10
            chance += ((bit * _HALF_TRUE - chance) * np.int64(RATES[U(seen)])) >> 16
            slots[used[U(voter)]] = np.uint32((chance << 10) | (seen + 1 if seen < MOST_SEEN else seen))
    return bit
