"""Predict the next number. The last two values of a column differ by a step, and probably the next one does too."""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import BUFFER, INT, Int, part, several

LONGEST = 40
"""The most bytes of a value that ends in a number."""
MOST_DIGITS = 17
ROOM = LONGEST + 2
_ZERO = 48
_NINE = 57


@part(several(INT, 2)(BUFFER, INT, INT))
def trailing_number(text: NDArray[np.uint8], begin: Int, end: Int) -> tuple[Int, Int]:
    """The number that text[begin:end] ends in, of at most MOST_DIGITS digits, and where its digits begin."""
    number = np.int64(0)
    power = np.int64(1)
    at = end
    while at > begin and end - at < MOST_DIGITS and text[at - 1] >= _ZERO and text[at - 1] <= _NINE:
        number += (np.int64(text[at - 1]) - _ZERO) * power
        power *= 10
        at -= 1
    return number, at


@part(INT(BUFFER, INT, INT, INT, BUFFER))
def write_following(text: NDArray[np.uint8], begin: Int, end: Int, step: Int, out: NDArray[np.uint8]) -> Int:
    """Writes text[begin:end] with `step` added to its trailing number, with as many digits as before or one more.

    Returns the length, or 0 if there is no such value.
    """
    if end - begin > LONGEST or end - begin < 1 or step == 0:
        return 0
    number, digits_at = trailing_number(text, begin, end)
    digits = end - digits_at
    number += step
    if digits == 0 or number < 0:
        return 0
    kept = digits_at - begin
    for at in range(kept):
        out[at] = text[begin + at]
    power = np.int64(1)
    for _ in range(digits):
        power *= 10
    if number >= power:
        digits += 1
    for at in range(digits - 1, -1, -1):
        out[kept + at] = _ZERO + number % 10
        number //= 10
    return kept + digits if number == 0 else 0


@part(INT(BUFFER, INT, INT, INT, INT))
def step_between(text: NDArray[np.uint8], begin: Int, end: Int, next_begin: Int, next_end: Int) -> Int:
    """The difference of the trailing numbers of two values that are otherwise equal; 0 if they are not."""
    if end - begin > LONGEST or next_end - next_begin > LONGEST:
        return 0
    number, digits_at = trailing_number(text, begin, end)
    next_number, next_digits_at = trailing_number(text, next_begin, next_end)
    kept = digits_at - begin
    if kept != next_digits_at - next_begin or digits_at == end or next_digits_at == next_end:
        return 0
    for at in range(kept):
        if text[begin + at] != text[next_begin + at]:
            return 0
    return next_number - number
