"""The page's pictures: memory over time, estimate against actual, and each criterion's samples against its target."""

import math
from collections.abc import Iterator, Mapping, Sequence
from statistics import StatisticsError, linear_regression
from typing import Final

from orchestrator import charts
from orchestrator.evidence.measurement import Trend
from orchestrator.pages.traces import Trace
from orchestrator.report.gantt import scale_of
from orchestrator.report.model import CriterionRow, Figure, GroupSection, Report
from orchestrator.report.spans import Span

PLANNED, ACTUAL = 5, 0
MOST_SAMPLES: Final = 400


def memory_chart(group: GroupSection, spans: Mapping[str, Sequence[Span]], traces: Mapping[str, Trace]) -> str:
    """Resident memory of each task's process tree over the run's seconds; "" where nothing was sampled."""
    series = {}
    for task in group.tasks:
        begun = spans.get(task.id)
        points = traces[task.id].series if task.id in traces else ()
        if begun and len(points) > 1:  # one point makes no line
            series[task.id.removeprefix(f"{group.id}.")] = [
                (begun[-1].start + seconds, size) for seconds, size in points
            ]
    title = f"{group.id}: memory of each task's processes"
    return charts.scatter(title, series, "seconds into the run", "MiB", dots=False) if series else ""


def gantt_chart(report: Report, spans: Mapping[str, Sequence[Span]]) -> str:
    """Every group's estimate, drawn to the run's scale, above what it took, and its tasks; "" unless two or more
    attempts ran: the table says as much of one.
    """
    rows = list(_gantt_rows(report, spans))
    attempts = sum(series == ACTUAL for _, _, _, series in rows)
    return charts.spans("Estimate (scaled) and actual", rows, "seconds into the run") if attempts > 1 else ""


def _gantt_rows(report: Report, spans: Mapping[str, Sequence[Span]]) -> Iterator[tuple[str, float, float, int]]:
    scale = scale_of(report)
    for group in report.groups:
        if scale is not None:
            yield f"{group.id} planned", group.planned[0] * scale, group.planned[1] * scale, PLANNED
        for task in group.tasks:
            for span in spans.get(task.id, ()):
                yield task.id, span.start, report.seconds if span.end is None else span.end, ACTUAL


def distribution_chart(row: CriterionRow) -> str:
    """A criterion's samples with its target and interval; "" where there are no single values that are numbers, as
    for a trend, and for one value without an interval.
    """
    values = [(place, value) for place, value in enumerate(row.values[:MOST_SAMPLES], 1) if math.isfinite(value)]
    if not values:
        return ""
    verdict = row.verdict
    intervals = {}
    if verdict.low is not None and verdict.high is not None and verdict.low != verdict.high:
        intervals[f"interval ({100 * (verdict.level or row.level):.4g} %)"] = (verdict.low, verdict.high)
    if len(values) == 1 and not intervals:
        return ""
    return charts.distribution(f"{row.metric}, in {row.unit}", row.unit, values, row.goal, intervals)


def trend_chart(figure: Figure) -> str:
    """A trend's points with the line through them; "" for another measurement."""
    match figure.measurement.data:
        case Trend(x=x, y=y, x_unit=x_unit, y_unit=y_unit):
            points = [point for point in zip(x, y, strict=False) if all(map(math.isfinite, point))]
            return (
                "" if not points else charts.fitted(figure.measurement.metric, points, _line(points), (x_unit, y_unit))
            )
    return ""


def _line(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The ends of the least-squares line; none where the points make no line."""
    x, y = [one for one, _ in points], [one for _, one in points]
    try:
        slope, start = linear_regression(x, y)
    except (StatisticsError, OverflowError):
        return []
    ends = [(end, start + slope * end) for end in (min(x), max(x))]
    return ends if all(math.isfinite(height) for _, height in ends) else []
