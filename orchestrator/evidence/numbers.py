"""Numbers as they were written: a double stands for the shortest decimal that reads back as it, and arithmetic is done
on that.

So 9 ms is 0.009 s, and 36 beside 50 is a reduction by 28 %, not by 27.999999999999996 %. A figure and a target are
compared by 15 significant digits, the most that every double keeps (IEEE 754's DBL_DIG). They are shown with as many
digits as distinguish them.
"""

import math
from collections.abc import Sequence
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

from orchestrator.records import dataclass

DIGITS: Final = 15
FEWEST_SHOWN: Final = 4

_EXACT: Final = Context(prec=60, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[InvalidOperation])


def written(value: float) -> Decimal:
    """The shortest decimal that reads back as this finite double."""
    return Decimal(repr(float(value)))


def settled(value: float) -> float:
    """The value to 15 significant digits: what is equal by these is equal. Zero has no sign."""
    return float(f"{value:.{DIGITS}g}") + 0.0


def compared(one: float, other: float) -> int:
    """-1, 0 or 1: how a figure lies to a target, by 15 digits. Neither is NaN."""
    left, right = settled(one), settled(other)
    return (left > right) - (left < right)


def times(value: float, factor: Fraction) -> float:
    """The double nearest to the written value times the factor. Infinite where that is out of range."""
    if factor == 1 or not math.isfinite(value):
        return value * float(factor)
    product = _EXACT.multiply(written(value), Decimal(factor.numerator))
    return float(_EXACT.divide(product, Decimal(factor.denominator)))


def plus(one: float, other: float) -> float:
    """The double nearest to the sum of what was written."""
    return float(_EXACT.add(written(one), written(other)))


def ratio(above: float, below: float) -> float:
    """The double nearest to above / below of what was written; below is not 0."""
    return float(_EXACT.divide(written(above), written(below)))


def percent_of_change(value: float, base: float) -> float:
    """The double nearest to 100 * (value - base) / base of what was written; base is not 0."""
    start = written(base)
    change = _EXACT.subtract(written(value), start)
    return float(_EXACT.divide(_EXACT.multiply(change, Decimal(100)), start))


def mean(values: Sequence[float]) -> float:
    """The double nearest to the mean of what was written; at least one finite value."""
    total = Decimal(0)
    for value in values:
        total = _EXACT.add(total, written(value))
    return float(_EXACT.divide(total, Decimal(len(values))))


@dataclass(frozen=True, slots=True)
class Fit:
    """The least-squares line through points. spread: the sum of squares of x about its mean; residual: of y about
    the line.
    """

    slope: float
    spread: float
    residual: float
    r_squared: float


def fit(x: Sequence[float], y: Sequence[float]) -> Fit:
    """The line through points as they were written: those on one have no residual. The x differ, and so do the y or
    R squared is 0.
    """
    n = Decimal(len(x))
    sums = [Decimal(0)] * 5
    for one, other in zip(map(written, x), map(written, y), strict=True):
        terms = one, other, _times(one, one), _times(one, other), _times(other, other)
        sums = [_EXACT.add(total, term) for total, term in zip(sums, terms, strict=True)]
    sx, sy, sxx, sxy, syy = sums
    about_x = _EXACT.subtract(_times(n, sxx), _times(sx, sx))
    about_y = _EXACT.subtract(_times(n, syy), _times(sy, sy))
    both = _EXACT.subtract(_times(n, sxy), _times(sx, sy))
    r_squared = _EXACT.divide(_times(both, both), _times(about_x, about_y)) if about_y else Decimal(0)
    left = _times(about_y, _EXACT.subtract(Decimal(1), r_squared))
    shares = (_EXACT.divide(both, about_x), *(_EXACT.divide(each, n) for each in (about_x, left)), r_squared)
    return Fit(*(float(each) for each in shares))


def _times(one: Decimal, other: Decimal) -> Decimal:
    return _EXACT.multiply(one, other)


def spelled(value: float) -> str:
    """The number as a plan writes it, in full and without an exponent: 25, 0.001, 1500000."""
    whole = written(value)
    return f"{whole.to_integral_value() if whole == whole.to_integral_value() else whole:f}"


def told_apart(value: float, target: float | None, shown: str) -> str:
    """`shown`, or the value with the fewest digits that lie to the target as the value does.

    shown: a shorter text of the value, maybe with thousands set apart. target: None where there is nothing to tell it
    from.
    """
    if target is None or not (math.isfinite(value) and math.isfinite(target)):
        return shown
    side = compared(value, target)
    if _side(shown.replace(",", ""), target) == side:
        return shown
    for digits in range(FEWEST_SHOWN, DIGITS + 1):
        text = f"{value:.{digits}g}"
        if _side(text, target) == side:
            return text
    return f"{value:.{DIGITS}g}"


def _side(text: str, target: float) -> int:
    return compared(float(text), target)
