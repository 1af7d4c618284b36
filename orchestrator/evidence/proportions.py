"""The interval of a proportion, k of n: exact, after Clopper & Pearson (1934). Pure.

Its ends are the shares at which k or more, and k or fewer, of n would be seen with a probability of half the error that
the level allows. They are quantiles of the beta distribution, found by bisection on its distribution function
(continued fraction, Numerical Recipes 6.4). It never covers less than its level, whatever n is.
"""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from orchestrator.evidence.intervals import Interval

STEPS: Final = 80
"""Of the bisection: more than a double has digits."""
MOST_TERMS: Final = 10_000
TINY: Final = 1e-300


@lru_cache(maxsize=4096)
def of_proportion(k: int, n: int, level: float) -> Interval:
    """K of n as a share, 0 <= k <= n, n >= 1, with its exact interval."""
    error = (1.0 - level) / 2.0
    low = 0.0 if k == 0 else _crossing(lambda share: beta_below(share, k, n - k + 1) < error)
    high = 1.0 if k == n else _crossing(lambda share: beta_below(share, k + 1, n - k) < 1.0 - error)
    return Interval(k / n, min(low, k / n), max(high, k / n))


def _crossing(is_below: Callable[[float], bool]) -> float:
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if is_below(middle) else (low, middle)
    return high


def beta_below(x: float, a: float, b: float) -> float:
    """P(X <= x) of a beta variable with parameters a, b > 0: the regularised incomplete beta function."""
    if x <= 0.0 or x >= 1.0:
        return 0.0 if x <= 0.0 else 1.0
    log = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    if x < (a + 1.0) / (a + b + 2.0):
        return math.exp(log) * _fraction(x, a, b) / a
    return 1.0 - math.exp(log) * _fraction(1.0 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of it, by Lentz's method; it converges within about sqrt(max(a, b)) terms."""
    c, d = 1.0, 1.0 / _apart(1.0 - (a + b) * x / (a + 1.0))
    value = d
    for m in range(1, MOST_TERMS):
        before = value
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1.0 / _apart(1.0 + term * d)
            c = _apart(1.0 + term / c)
            value *= c * d
        if math.isclose(value, before, rel_tol=1e-15):
            break
    return value


def _apart(number: float) -> float:
    """The number, or something tiny in place of 0."""
    return number if abs(number) > TINY else TINY
