"""One metric over many runs. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from orchestrator.evidence.numbers import times
from orchestrator.evidence.units import UnitError, conversion
from orchestrator.report.model import Report


@dataclass(frozen=True, slots=True)
class MetricPoint:
    """What one task of one run came to. low, high: the interval at 95 %; verdicts: of the criteria that rest on it."""

    run: str
    started_at: float | None
    task: str
    value: float
    low: float
    high: float
    unit: str
    samples: int
    verdicts: tuple[str, ...]


def points_of(reports: Iterable[Report], metric: str, task: str | None = None) -> tuple[MetricPoint, ...]:
    """Every usable measurement of the metric, in the order of the reports, all in the unit of the last one.

    task: only of this task. A measurement in a unit of another kind is left out.
    """
    found = list(_points(reports, metric, task))
    return tuple(_in_unit(found, found[-1].unit)) if found else ()


def _points(reports: Iterable[Report], metric: str, task: str | None) -> Iterator[MetricPoint]:
    for report in reports:
        for figure in report.figures:
            if figure.measurement.metric != metric or (task is not None and figure.task != task):
                continue
            if figure.value is None or figure.low is None or figure.high is None:
                continue
            verdicts = tuple(str(row.verdict.outcome) for row in report.criteria if figure.number in row.evidence)
            yield MetricPoint(
                report.run, report.started_at, figure.task, figure.value, figure.low, figure.high,
                figure.measurement.unit, figure.n, verdicts,
            )  # fmt: skip


def _in_unit(points: list[MetricPoint], unit: str) -> Iterator[MetricPoint]:
    for one in points:
        try:
            factor = conversion(one.unit, unit)
        except UnitError:
            continue
        yield MetricPoint(
            one.run, one.started_at, one.task, times(one.value, factor), times(one.low, factor), times(one.high,
            factor), unit, one.samples,
            one.verdicts,
        )  # fmt: skip
