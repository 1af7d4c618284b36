"""Confidence intervals, computed the same way every time: no clock, no global random state.

How each is computed (docs/concepts/verdicts.md says why):

| of | values | method |
|---|---|---|
| median, mean | 1 | the value itself |
| median, mean | 2 to 9 | Student's t about the mean, widened to hold the median |
| median, mean | 10 to 1,000 | percentile bootstrap, 10,000 resamples (Efron & Tibshirani 1993, ch. 13) |
| median | more | order statistics by the normal approximation (Conover 1999, 3.2) |
| mean | more | the normal approximation |
| difference of two samples | 2 to 9 on a side | Welch's t with whole degrees of freedom (Welch 1947) |
| difference of two samples | more | percentile bootstrap of the difference of medians |
| slope | 3 or more points | Student's t with n - 2 degrees of freedom (Draper & Smith 1998, 1.4) |
| R squared | 4 or more points | Fisher's z of the correlation (Fisher 1921), squared; three points prove nothing: 0 to 1 |
"""  # noqa: E501

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

from orchestrator.evidence import numbers
from orchestrator.evidence.packed import all_equal
from orchestrator.lazy_import import LazyModule
from orchestrator.records import dataclass

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
else:
    np = LazyModule("numpy")

RESAMPLES: Final = 10_000
FEWEST_FOR_BOOTSTRAP: Final = 10
MOST_EXACT_POINTS: Final = 10_000
MOST_FOR_BOOTSTRAP: Final = 1_000
_BATCH_CELLS: Final = 1 << 20  # resamples are drawn in batches of this many values, so that memory stays bounded


@dataclass(frozen=True, slots=True)
class Interval:
    """A value and the interval around it; low <= value <= high. Not finite where the arithmetic overflowed."""

    value: float
    low: float
    high: float


def seed_of(text: str) -> int:
    """A seed of 64 bits that depends on `text` alone."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def of_median(values: Sequence[float], level: float, seed: int) -> Interval:
    """The median of n >= 1 finite values. Where they are all the same, that is the median and the interval."""
    if (same := _only(values)) is not None:
        return Interval(same, same, same)
    data = np.sort(np.asarray(values, dtype=np.float64))
    with np.errstate(all="ignore"):
        value = float(np.median(data))
        if len(data) > MOST_FOR_BOOTSTRAP:
            return _held(value, *_by_order(data, level))
        return _held(value, *_by_count(data, level, seed, np.median))


def of_mean(values: Sequence[float], level: float, seed: int) -> Interval:
    """The mean of n >= 1 finite values, read as decimals. Where they are all the same, that is the mean and the
    interval.
    """
    if (same := _only(values)) is not None:
        return Interval(same, same, same)
    data = np.asarray(values, dtype=np.float64)
    with np.errstate(all="ignore"):
        value = numbers.mean(values)
        if len(data) > MOST_FOR_BOOTSTRAP:
            half = _normal_quantile(level) * float(np.std(data, ddof=1)) / math.sqrt(len(data))
            return Interval(value, value - half, value + half)
        return _held(value, *_by_count(data, level, seed, np.mean))


def of_difference(before: Sequence[float], after: Sequence[float], level: float, seed: int) -> Interval:
    """How much larger `after` is than `before`, samples of the same quantity that are not paired; n >= 2 finite values
    each.

    Below 10 values on a side: the difference of means by Welch's t (Welch 1947), else that of medians by the bootstrap.
    """
    one, other = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    if min(len(one), len(other)) < FEWEST_FOR_BOOTSTRAP:
        return _by_welch(one, other, level)
    value = float(np.median(other) - np.median(one))
    generator = np.random.default_rng(seed)
    drawn = _medians(other, generator) - _medians(one, generator)
    low, high = np.quantile(drawn, [1.0 - _upper(level), _upper(level)])
    return _held(value, float(low), float(high))


def _by_welch(one: Floats, other: Floats, level: float) -> Interval:
    value = float(np.mean(other) - np.mean(one))
    shares = [float(np.var(arm, ddof=1)) / len(arm) for arm in (one, other)]
    total = sum(shares)
    if total == 0.0:
        return Interval(value, value, value)
    freedom = total**2 / sum(share**2 / (len(arm) - 1) for share, arm in zip(shares, (one, other), strict=True))
    half = student_quantile(_upper(level), max(1, math.floor(freedom))) * math.sqrt(total)
    return Interval(value, value - half, value + half)


def _medians(data: Floats, generator: np.random.Generator) -> Floats:
    batch = max(1, _BATCH_CELLS // len(data))
    drawn = [
        np.median(data[generator.integers(0, len(data), (min(batch, RESAMPLES - start), len(data)))], axis=1)
        for start in range(0, RESAMPLES, batch)
    ]
    return np.concatenate(drawn)


def of_slope(x: Sequence[float], y: Sequence[float], level: float) -> Interval:
    """The least-squares slope through n >= 3 finite points whose x differ."""
    line, freedom = _line(x, y), len(x) - 2
    half = student_quantile(_upper(level), freedom) * math.sqrt(max(0.0, line.residual) / freedom / line.spread)
    return Interval(line.slope, line.slope - half, line.slope + half)


def of_r_squared(x: Sequence[float], y: Sequence[float], level: float) -> Interval:
    """The coefficient of determination of that line; n >= 3 finite points whose x differ and whose y differ."""
    line = _line(x, y)
    squared = min(1.0, line.r_squared)
    if len(x) < 4:
        return Interval(squared, 0.0, 1.0)
    r = math.sqrt(squared)
    if r >= 1.0 or math.isnan(r):
        return Interval(r, r, r)
    half = _normal_quantile(level) / math.sqrt(len(x) - 3)
    low, high = math.tanh(max(0.0, math.atanh(r) - half)), math.tanh(math.atanh(r) + half)
    return Interval(squared, low * low, high * high)


def _line(x: Sequence[float], y: Sequence[float]) -> numbers.Fit:
    """On the decimals that were written, as long as that takes no time; else in doubles."""
    if len(x) <= MOST_EXACT_POINTS:
        return numbers.fit(x, y)
    with np.errstate(all="ignore"):
        xs, ys = _centred(x), _centred(y)
        spread, both, about = float(xs @ xs), float(xs @ ys), float(ys @ ys)
        residual = ys - both / spread * xs
        return numbers.Fit(
            both / spread, spread, float(residual @ residual), both * both / (spread * about) if about else 0.0
        )


def student_quantile(p: float, freedom: int) -> float:
    """The t that a Student variable stays below with probability p, 0.5 <= p < 1, by bisection on its distribution."""
    low, high = 0.0, 1.0
    while student_below(high, freedom) < p:
        high *= 2.0
    for _ in range(80):
        middle = (low + high) / 2.0
        low, high = (middle, high) if student_below(middle, freedom) < p else (low, middle)
    return high


def student_below(t: float, freedom: int) -> float:
    """P(T <= t) for t >= 0 and whole degrees of freedom >= 1: Abramowitz & Stegun 26.7.3 and 26.7.4."""
    angle = math.atan(t / math.sqrt(freedom))
    cosine_squared, sine = math.cos(angle) ** 2, math.sin(angle)
    odd = freedom % 2
    term, total = (math.cos(angle), math.cos(angle)) if odd else (1.0, 1.0)
    for k in range(2 + odd, freedom - 1, 2):
        term *= cosine_squared * (k - 1) / k
        total += term
    if freedom == 1:
        total = 0.0
    within = 2.0 / math.pi * (angle + sine * total) if odd else sine * total
    return 0.5 + within / 2.0


def _only(values: Sequence[float]) -> float | None:
    """The value of samples that are all the same."""
    return float(values[0]) if all_equal(values) else None


def _by_count(data: Floats, level: float, seed: int, statistic: Callable[..., Floats]) -> tuple[float, float]:
    if len(data) < FEWEST_FOR_BOOTSTRAP:
        half = student_quantile(_upper(level), len(data) - 1) * float(np.std(data, ddof=1)) / math.sqrt(len(data))
        return float(np.mean(data)) - half, float(np.mean(data)) + half
    return _by_bootstrap(data, level, seed, statistic)


def _by_bootstrap(data: Floats, level: float, seed: int, statistic: Callable[..., Floats]) -> tuple[float, float]:
    generator = np.random.default_rng(seed)
    batch = max(1, _BATCH_CELLS // len(data))
    drawn = [
        statistic(data[generator.integers(0, len(data), (min(batch, RESAMPLES - start), len(data)))], axis=1)
        for start in range(0, RESAMPLES, batch)
    ]
    low, high = np.quantile(np.concatenate(drawn), [1.0 - _upper(level), _upper(level)])
    return float(low), float(high)


def _by_order(data: Floats, level: float) -> tuple[float, float]:
    n = len(data)
    half = _normal_quantile(level) * math.sqrt(n) / 2.0
    return float(data[max(0, math.floor(n / 2.0 - half) - 1)]), float(data[min(n - 1, math.ceil(n / 2.0 + half))])


def _held(value: float, low: float, high: float) -> Interval:
    return Interval(value, min(low, value), max(high, value))


def _centred(values: Sequence[float]) -> Floats:
    data = np.asarray(values, dtype=np.float64)
    if data.min() == data.max():
        return np.zeros_like(data)
    return np.asarray(data - data.mean(), dtype=np.float64)


def _upper(level: float) -> float:
    return (1.0 + level) / 2.0


def _normal_quantile(level: float) -> float:
    return NormalDist().inv_cdf(_upper(level))
