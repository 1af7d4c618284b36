"""A slot: how likely a bit is 1 (22 bits) and how often that was seen (10); a line of them holds a check and fifteen slots."""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import HASH, INT, U32S, UINT32, Int, part
from encoder.mixing.tables import MOST_SEEN, RATES, UNSEEN

U = np.uint64
HALF_TRUE = 4194303
"""The largest 22-bit probability."""


@part(UINT32(INT, INT))
def learned(packed: Int, wanted: Int) -> np.uint32:
    """A slot after one more result: `wanted` is HALF_TRUE for a bit that was 1, else 0."""
    seen = packed & 1023
    chance = packed >> 10
    chance += ((wanted - chance) * np.int64(RATES[U(seen)])) >> 16
    return np.uint32((chance << 10) | (seen + 1 if seen < MOST_SEEN else seen))


@part(HASH(U32S, HASH, UINT32))
def claim(table: NDArray[np.uint32], line: np.uint64, check: np.uint32) -> np.uint64:
    """The line of a context that does not stand at its own place: the one beside, else whichever was seen less, emptied."""
    beside = line ^ U(16)
    if table[beside] == check:
        line = beside
    else:
        if (table[beside + U(1)] & np.uint32(1023)) < (table[line + U(1)] & np.uint32(1023)):
            line = beside
        table[line] = check
        for slot in range(1, 16):
            table[line + U(slot)] = UNSEEN
    return line
