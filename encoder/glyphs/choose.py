"""Which kind a column is: looks at every value once, and at a sample where a guess is enough."""

import numpy as np
from numba import types
from numpy.typing import NDArray

from encoder.glyphs.decimals import NOT_DECIMAL, VARIED, decimal_places
from encoder.glyphs.hashing import GOLDEN, MARK, START, find_or_add, finish
from encoder.glyphs.integers import MAX_DIGITS
from encoder.glyphs.kernel import BYTES, FLAG, I32S, I64S, INT, U64S, Int, kernel
from encoder.glyphs.tokenise import CLASSES, DIGIT, LETTER
from encoder.glyphs.tokenise_log import FINE
from encoder.glyphs.wide import are_digits, short_word

KIND_NAMES = ("strings", "integers", "decimals", "dictionary", "hexadecimal", "divided")
_ZEROS = np.uint64(0x3030303030303030)
STRINGS, INTEGERS, DECIMALS, DICTIONARY, HEXADECIMAL, DIVIDED = range(6)

SHAPE_SIZE = 7
ALL_DIGITS, NO_LEADING_ZERO, SHORTEST, LONGEST, PLACES, ALL_HEXADECIMAL, NEWLINES = range(SHAPE_SIZE)
"""What `look` finds. PLACES: digits after the point, VARIED, or NOT_DECIMAL. SHORTEST, LONGEST: sizes in bytes."""

ZEROS = np.uint64(0x3030303030303030)
_MIN_HEXADECIMAL = 8
_PROBED = 160  # values that the choice to divide a column looks at


@kernel(types.void(BYTES, I32S, I32S, INT, INT, FLAG, I64S))
def look(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    first: Int,
    count: Int,
    multiline: bool,
    shape: NDArray[np.int64],
) -> None:
    """Fills `shape` for the values first .. first + count, count >= 1. Only with `multiline` is a newline looked for."""
    digits = True
    plain = True
    hexadecimal = True
    newlines = False
    places: Int = -2
    shortest = np.int64(sizes[first])
    longest = shortest
    for nth in range(first, first + count):
        start = starts[nth]
        size = np.int64(sizes[nth])
        shortest = min(shortest, size)
        longest = max(longest, size)
        whole = False  # plain digits: the commonest value, known to have no places without a second look
        if digits or hexadecimal:
            whole = bool(0 < size <= MAX_DIGITS and (size == 1 or data[start] != 48))
            if size == 0:
                digits = False
            at = np.int64(start)
            end = at + size
            while at < end:
                some: Int = min(np.int64(7), end - at)
                if not are_digits(short_word(data, at, some) | _ZEROS << np.uint64(8 * some)):
                    break
                at += some
            while at < end:
                byte = data[at]
                if byte < 48 or byte > 57:
                    digits = False
                    whole = False
                    if byte < 97 or byte > 102:
                        hexadecimal = False
                        break
                at += 1
            if digits and size > 1 and data[start] == 48:
                plain = False
        if places != NOT_DECIMAL:
            found = 0 if whole else decimal_places(data, start, size)
            if found == NOT_DECIMAL or places == -2:
                places = found
            elif found != places:
                places = VARIED
        if multiline and not newlines and not digits and not hexadecimal and places == NOT_DECIMAL:
            for place in range(start, start + size):
                if data[place] == 10:
                    newlines = True
                    break
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
