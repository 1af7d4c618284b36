"""Choose the kind of a column. Every value is examined once, or only a sample if a guess is enough."""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.decimals import NOT_DECIMAL, VARIED, decimal_places
from encoder.glyphs.hashing import GOLDEN, MARK, START, find_or_add, finish
from encoder.glyphs.integers import MAX_DIGITS
from encoder.glyphs.kernel import BYTES, FLAG, I32S, I64S, INT, U64S, VOID, Int, kernel
from encoder.glyphs.tokenise import CLASSES, DIGIT, LETTER
from encoder.glyphs.tokenise_log import FINE
from encoder.glyphs.wide import digits_end, holds

KIND_NAMES = ("strings", "integers", "decimals", "dictionary", "hexadecimal", "divided")
STRINGS, INTEGERS, DECIMALS, DICTIONARY, HEXADECIMAL, DIVIDED = range(6)

SHAPE_SIZE = 7
ALL_DIGITS, NO_LEADING_ZERO, SHORTEST, LONGEST, PLACES, ALL_HEXADECIMAL, NEWLINES = range(SHAPE_SIZE)
"""What `look` finds. PLACES: digits after the point, VARIED, or NOT_DECIMAL. SHORTEST, LONGEST: sizes in bytes."""

_MIN_HEXADECIMAL = 8
_PROBED = 160  # values that the choice to divide a column looks at


@kernel(VOID(BYTES, I32S, I32S, INT, INT, FLAG, I64S))
def look(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    first: Int,
    count: Int,
    multiline: bool,
    shape: NDArray[np.int64],
) -> None:
    """Fills `shape` for the values first .. first + count, count >= 1. Only with `multiline` is a newline looked
    for.
    """
    last = first + count
    shortest = longest = np.int64(sizes[first])
    for value in range(first, last):
        shortest = min(shortest, np.int64(sizes[value]))
        longest = max(longest, np.int64(sizes[value]))
    digits = bool(shortest > 0)
    plain = hexadecimal = True
    nth: Int = first
    while nth < last and (digits or hexadecimal):
        start = np.int64(starts[nth])
        end = start + sizes[nth]
        at = digits_end(data, start, end)
        digits = bool(digits and at == end)
        plain = bool(plain and (end - start < 2 or data[start] != 48))
        while hexadecimal and at < end:
            hexadecimal = bool(48 <= data[at] <= 57 or 97 <= data[at] <= 102)
            at += 1
        nth += 1
    places: Int = 0
    if not digits or not plain or longest > MAX_DIGITS:
        places = decimal_places(data, np.int64(starts[first]), np.int64(sizes[first]))
        nth = first + 1
        while nth < last and places != NOT_DECIMAL:
            found = decimal_places(data, np.int64(starts[nth]), np.int64(sizes[nth]))
            places = found if found in (places, NOT_DECIMAL) else np.int64(VARIED)
            nth += 1
    newlines = False
    if multiline and not digits and not hexadecimal and places == NOT_DECIMAL:
        nth = first
        while nth < last and not newlines:
            start = np.int64(starts[nth])
            newlines = holds(data, start, start + sizes[nth], 10)
            nth += 1
    shape[ALL_DIGITS] = digits
    shape[NO_LEADING_ZERO] = plain
    shape[SHORTEST] = shortest
    shape[LONGEST] = longest
    shape[PLACES] = places
    shape[ALL_HEXADECIMAL] = hexadecimal
    shape[NEWLINES] = newlines


@kernel(INT(I64S))
def number_kind(shape: NDArray[np.int64]) -> Int:
    """INTEGERS or DECIMALS where the shape allows one, else STRINGS."""
    if (
        shape[ALL_DIGITS]
        and shape[LONGEST] <= MAX_DIGITS
        and (shape[NO_LEADING_ZERO] or shape[SHORTEST] == shape[LONGEST])
    ):
        return INTEGERS
    return DECIMALS if shape[PLACES] != NOT_DECIMAL else STRINGS


@kernel(FLAG(I64S))
def is_hexadecimal(shape: NDArray[np.int64]) -> bool:
    """May the column be HEXADECIMAL?"""
    size = shape[SHORTEST]
    fitting: bool = size == shape[LONGEST] and size >= _MIN_HEXADECIMAL and size % 2 == 0
    return fitting and shape[ALL_HEXADECIMAL] != 0


@kernel(FLAG(BYTES, I32S, I32S, INT, INT, INT, U64S, I32S))
def worth_dividing(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    first: Int,
    count: Int,
    grain: Int,
    keys: NDArray[np.uint64],
    slots: NDArray[np.int32],
) -> bool:
    """Would the values, cut as log lines at this grain, have few skeletons (at most a quarter of the probed values)?"""
    slots = slots[:1024]
    keys = keys[:1024]
    slots[:] = -1
    skeletons = 0
    probed = 0
    step = count // _PROBED + 1
    for nth in range(first, first + count, step):
        state = START
        at = np.int64(starts[nth])
        end = at + sizes[nth]
        while at < end:
            kind = CLASSES[data[at]]
            if kind != DIGIT and (grain == FINE or kind != LETTER):
                state = (state ^ np.uint64(data[at])) * GOLDEN
                at += 1
                continue
            variable = False
            spelt = np.uint64(7)
            while at < end:
                kind = CLASSES[data[at]]
                if kind != DIGIT and (grain == FINE or kind != LETTER):
                    break
                variable |= kind == DIGIT
                spelt = (spelt ^ np.uint64(data[at])) * GOLDEN
                at += 1
            state = (state ^ (MARK if variable else finish(spelt))) * GOLDEN
        if find_or_add(keys, slots, finish(state), skeletons) == skeletons:
            skeletons += 1
        probed += 1
    return skeletons * 4 <= probed + 12
