"""Choose the two columns that predict a column best: those whose last value tells most about the next.

The encoder chooses them from the first values. The body states the choice, so a decoder never searches.
"""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import I32S, INT, REAL, U32S, VOID, Int, kernel
from encoder.mixing.tables import GOLDEN, SPREAD

U = np.uint64
CANDIDATES = 10
SAMPLE = 2048
_LEAST_BITS = 6
_LEAST = 16
_NEW_PAIR = 12.0  # bits: the cost of a value that was never seen beside that sibling
_WORST = 1e18


@kernel(REAL(U32S, U32S, INT))
def doubt(values: NDArray[np.uint32], beside: NDArray[np.uint32], count: Int) -> float:
    """Bits that `values` take if the value beside each is known, plus a price for each new pair."""
    wide = np.int64(_LEAST_BITS)
    while (1 << wide) < 2 * count:
        wide += 1
    slots = np.int64(1) << wide
    keys = np.empty(2 * slots, np.uint64)
    tally = np.zeros(2 * slots, np.int32)
    for nth in range(count):
        alone = (U(beside[nth]) + U(1)) * GOLDEN
        pair = (alone ^ U(values[nth])) * SPREAD
        for table in range(2):
            key = alone if table == 0 else pair
            place: Int = np.int64(key >> U(64 - wide))
            while tally[table * slots + place] > 0 and keys[table * slots + place] != key:
                place = (place + 1) & (slots - 1)
            keys[table * slots + place] = key
            tally[table * slots + place] += 1
    bits = 0.0
    for place in range(slots):
        if tally[place] > 0:
            bits += tally[place] * np.log2(tally[place])
        if tally[slots + place] > 0:
            bits += _NEW_PAIR - tally[slots + place] * np.log2(tally[slots + place])
    return bits


@kernel(VOID(I32S, I32S, I32S, U32S, INT, I32S, INT))
def choose_siblings(
    records: NDArray[np.int32],
    variables: NDArray[np.int32],
    columns: NDArray[np.int32],
    names: NDArray[np.uint32],
    numbered: Int,
    siblings: NDArray[np.int32],
    known: Int,
) -> None:
    """Fills two siblings for each of the `known` columns.

    variables: how many each template has. columns: of each value. names: of each token. numbered: 1 if every record
    begins with its template's name, else 0.
    """
    seen = np.zeros(known, np.int64)
    values = np.empty((known, SAMPLE), np.uint32)
    candidates = np.full((known, CANDIDATES), -1, np.int64)
    beside = np.empty((known, CANDIDATES, SAMPLE), np.uint32)
    current = np.zeros(known, np.uint32)
    recent = np.full(CANDIDATES, -1, np.int64)
    value = 0
    token: Int = 0
    for record in range(records.shape[0]):
        token += numbered
        for _ in range(variables[records[record]]):
            column = columns[value]
            count = seen[column]
            if count == 0:
                for nth in range(CANDIDATES):
                    candidates[column, nth] = recent[nth] if recent[nth] != column else -1
            if count < SAMPLE:
                values[column, count] = names[token]
                for nth in range(CANDIDATES):
                    if candidates[column, nth] >= 0:
                        beside[column, nth, count] = current[candidates[column, nth]]
                seen[column] = count + 1
            current[column] = names[token]
            for nth in range(CANDIDATES - 1, 0, -1):
                recent[nth] = recent[nth - 1]
            recent[0] = column
            value += 1
            token += 1
    for column in range(known):
        siblings[2 * column] = column
        siblings[2 * column + 1] = column
        if seen[column] < _LEAST:
            continue
        least = _WORST
        second = _WORST
        for nth in range(CANDIDATES):
            if candidates[column, nth] < 0:
                continue
            bits = doubt(values[column], beside[column, nth], seen[column])
            if bits < least:
                second = least
                siblings[2 * column + 1] = siblings[2 * column]
                least = bits
                siblings[2 * column] = candidates[column, nth]
            elif bits < second:
                second = bits
                siblings[2 * column + 1] = candidates[column, nth]
