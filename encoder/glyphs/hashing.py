"""Open-addressing tables in flat arrays, shared by every kernel that numbers things in the order they appear.

A table is a pair of arrays of a power-of-two length: `keys` (uint64) and `values` (int32, -1 where empty).
"""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import BYTES, HASH, I32S, INT, U64S, Int, part
from encoder.glyphs.wide import WORD, load_word, short_word

GOLDEN = np.uint64(
    0x9E3779B97F4A7C15
)  # 2**64 / golden ratio, odd: the multiplier of Fibonacci hashing (Knuth, TAOCP 3)
SPREAD = np.uint64(0xD6E8FEB86659FD93)  # an odd constant with well-mixed bits, for the table index
MARK = np.uint64(0x51ED270B27B4F3CF)  # stands for "a variable was here" in a template's hash
START = np.uint64(0xCBF29CE484222325)  # any non-zero start will do
MAX_PROBES = 1024
CROWDED = -1
_UNDECIDED = -2


@part(HASH(HASH))
def finish(state: np.uint64) -> np.uint64:
    """Folds the high bits down, so that the low ones depend on all of the state."""
    mixed = state * MARK
    return mixed ^ (mixed >> np.uint64(31))


@part(INT(U64S, I32S, HASH, INT))
def find_or_add(keys: NDArray[np.uint64], values: NDArray[np.int32], key: np.uint64, fresh: Int) -> Int:
    """The value stored under `key`, or `fresh`, stored now. CROWDED when there is neither within MAX_PROBES slots,
    which takes keys made for the purpose; a table that is at most half full and has fewer keys than that never is.
    """
    mask = keys.shape[0] - 1
    slot = np.int64((key * SPREAD) >> np.uint64(32)) & mask
    last = (slot + MAX_PROBES) & mask
    number: Int = _UNDECIDED
    while number == _UNDECIDED:
        number = np.int64(values[slot])
        if number < 0:
            keys[slot] = key
            values[slot] = fresh
            number = fresh
        elif keys[slot] != key:
            slot = (slot + 1) & mask
            number = CROWDED if slot == last else _UNDECIDED
    return number


@part(HASH(HASH, BYTES, INT, INT))
def hash_more(state: np.uint64, data: NDArray[np.uint8], start: Int, size: Int) -> np.uint64:
    """The state after data[start : start + size], to be finished by `finish`."""
    end = start + size
    while start + WORD <= end:
        state = (state ^ load_word(data, start)) * GOLDEN
        state ^= state >> np.uint64(32)
        start += WORD
    state = (state ^ short_word(data, start, end - start)) * GOLDEN
    return state ^ (state >> np.uint64(29))


@part(HASH(BYTES, INT, INT))
def hash_bytes(data: NDArray[np.uint8], start: Int, size: Int) -> np.uint64:
    """Hash of data[start : start + size]."""
    return finish(hash_more(START ^ np.uint64(size), data, start, size))
