"""Two runs side by side: what got worse, what got better, and what the samples cannot tell. Pure.

Metrics are paired by task and name. Samples of different runs are not paired, so the difference has an interval of its
own (`evidence.intervals.of_difference`); a whole interval on one side of zero is a change, which the metric's direction
makes a regression or an improvement. A single sample says nothing about chance, so its difference is shown but decides
nothing.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from orchestrator.evidence.intervals import of_difference, seed_of
from orchestrator.evidence.numbers import times
from orchestrator.evidence.units import UnitError, conversion
from orchestrator.evidence.verdict import Outcome
from orchestrator.report.model import CriterionRow, Figure, Report

LEVEL: Final = 0.99
WORST_FIRST: Final = (Outcome.FAIL, Outcome.UNPROVEN, Outcome.PASS)


class Trend(StrEnum):
    """What became of a metric, the worst first."""

    REGRESSION = "regression"
    GONE = "gone"
    CHANGED = "changed"
    UNDECIDED = "undecided"
    SAME = "no difference shown"
    NEW = "new"
    IMPROVEMENT = "improvement"


@dataclass(frozen=True, slots=True)
class MetricChange:
    """One metric of one task in both runs, in `unit`. percent, low, high: how much larger it is now, of what it was.

    percent is None where a share makes no sense (it was 0, or is there in one run only); low, high where there is no
    interval.
    """

    task: str
    metric: str
    unit: str
    trend: Trend
    before: float | None
    after: float | None
    percent: float | None = None
    low: float | None = None
    high: float | None = None
    samples: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """A criterion whose outcome differs; None where a run has no such criterion."""

    criterion: str
    before: Outcome | None
    after: Outcome | None
    worse: bool


@dataclass(frozen=True, slots=True)
class RunComparison:
    """before, after: the runs' ids. circumstances: what differs of the machines, (name, before, after).

    targets: criteria that ask for something else now, (criterion, before, after): their verdicts do not compare.
    """

    before: str
    after: str
    level: float
    verdicts: tuple[VerdictChange, ...]
    metrics: tuple[MetricChange, ...]
    circumstances: tuple[tuple[str, str, str], ...]
    targets: tuple[tuple[str, str, str], ...] = ()

    @property
    def worse(self) -> bool:
        """Whether a verdict or a metric got worse."""
        return any(one.worse for one in self.verdicts) or any(one.trend is Trend.REGRESSION for one in self.metrics)


def compare_runs(before: Report, after: Report, level: float = LEVEL) -> RunComparison:
    """What differs, the worst first. level: confidence of each difference's interval."""
    better = {row.metric: row.better for report in (before, after) for row in report.criteria}
    changes = sorted(_metrics(before, after, better, level), key=lambda one: list(Trend).index(one.trend))
    return RunComparison(
        before.run,
        after.run,
        level,
        tuple(_verdicts(before, after)),
        tuple(changes),
        tuple(_circumstances(before, after)),
        tuple(_targets(before, after)),
    )


def _targets(before: Report, after: Report) -> Iterator[tuple[str, str, str]]:
    then = {row.id: row for row in before.criteria}
    for row in after.criteria:
        if row.id in then and (was := _asked(then[row.id])) != (now := _asked(row)):
            yield row.id, was, now


def _asked(row: CriterionRow) -> str:
    return f"{row.metric} {row.target}, {row.asked} sample{'' if row.asked == 1 else 's'}"


def _metrics(before: Report, after: Report, better: dict[str, str], level: float) -> Iterator[MetricChange]:
    then, now = _keyed(before.figures), _keyed(after.figures)
    for key in dict.fromkeys((*then, *now)):
        one, other = then.get(key), now.get(key)
        if one is None or other is None:
            yield _alone(one, other)
        else:
            yield _both(one, other, better.get(one.measurement.metric, "neither"), level)


def _keyed(figures: Sequence[Figure]) -> dict[tuple[str, str, int], Figure]:
    """By task, metric, and the how-manieth of that."""
    keyed: dict[tuple[str, str, int], Figure] = {}
    for figure in figures:
        place = 0
        while (figure.task, figure.measurement.metric, place) in keyed:
            place += 1
        keyed[figure.task, figure.measurement.metric, place] = figure
    return keyed


def _alone(one: Figure | None, other: Figure | None) -> MetricChange:
    figure = one or other
    assert figure is not None, "a key comes from one of the two"
    trend = Trend.NEW if one is None else Trend.GONE
    before, after = (None if each is None else each.value for each in (one, other))
    counts = (one.n if one else 0, other.n if other else 0)
    measurement = figure.measurement
    return MetricChange(figure.task, measurement.metric, measurement.unit, trend, before, after, samples=counts)


def _both(one: Figure, other: Figure, better: str, level: float) -> MetricChange:
    unit, metric = other.measurement.unit, other.measurement.metric
    try:
        factor = conversion(one.measurement.unit, unit)
    except UnitError:
        return MetricChange(other.task, metric, unit, Trend.CHANGED, one.value, other.value)
    before = None if one.value is None else times(one.value, factor)
    span = _difference(one, other, factor, level, seed_of(f"{other.task} {metric}"))
    trend = _trend(before, other.value, span, better)
    scale = abs(before) if before else None
    percent, low, high = (
        None if value is None or scale is None else 100.0 * value / scale
        for value in (None if before is None or other.value is None else other.value - before, *(span or (None, None)))
    )
    return MetricChange(other.task, metric, unit, trend, before, other.value, percent, low, high, (one.n, other.n))


def _difference(one: Figure, other: Figure, factor: Fraction, level: float, seed: int) -> tuple[float, float] | None:
    """The interval of the difference, None where the samples give none."""
    if min(len(one.values), len(other.values)) >= 2:
        span = of_difference([times(value, factor) for value in one.values], other.values, level, seed)
        return (span.low, span.high) if math.isfinite(span.low) and math.isfinite(span.high) else None
    if one.values or other.values or None in {one.low, one.high, other.low, other.high}:
        return None
    assert one.low is not None and one.high is not None and other.low is not None and other.high is not None  # noqa: PT018 - one fact
    return (
        other.low - times(one.high, factor),
        other.high - times(one.low, factor),
    )  # of a line: as far apart as both intervals allow


def _trend(before: float | None, after: float | None, span: tuple[float, float] | None, better: str) -> Trend:
    if before is None or after is None:
        return Trend.CHANGED
    if span is None:
        return Trend.SAME if math.isclose(before, after, rel_tol=1e-9) else Trend.UNDECIDED
    if span[0] <= 0.0 <= span[1]:
        return Trend.SAME
    if better == "neither":
        return Trend.CHANGED
    return Trend.IMPROVEMENT if (span[0] > 0.0) == (better == "higher") else Trend.REGRESSION


def _verdicts(before: Report, after: Report) -> Iterator[VerdictChange]:
    then, now = ({row.id: row for row in report.criteria} for report in (before, after))
    for name in dict.fromkeys((*then, *now)):
        one, other = _outcome(then.get(name)), _outcome(now.get(name))
        if one is not other:
            worse = other is None or (one is not None and WORST_FIRST.index(other) < WORST_FIRST.index(one))
            yield VerdictChange(name, one, other, worse)


def _outcome(row: CriterionRow | None) -> Outcome | None:
    return None if row is None else row.verdict.outcome


def _circumstances(before: Report, after: Report) -> Iterator[tuple[str, str, str]]:
    for name in sorted({*before.environment, *after.environment}):
        one, other = (report.environment.get(name, "") for report in (before, after))
        if one != other:
            yield name, one, other
