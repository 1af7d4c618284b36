"""The page's pictures: memory over time, estimate against actual, and each criterion's samples against its target."""

from collections.abc import Iterator, Mapping, Sequence
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
        if begun and points:
            series[task.id.removeprefix(f"{group.id}.")] = [
                (begun[-1].start + seconds, size) for seconds, size in points
            ]
    title = f"{group.id}: memory of each task's processes"
    return charts.scatter(title, series, "seconds into the run", "MiB", dots=False) if series else ""


def gantt_chart(report: Report, spans: Mapping[str, Sequence[Span]]) -> str:
    """Every group's estimate, drawn to the run's scale, above what it took, and its tasks; "" before anything ran."""
    rows = list(_gantt_rows(report, spans))
    return charts.spans("Estimate (scaled) and actual", rows, "seconds into the run") if rows else ""


def _gantt_rows(report: Report, spans: Mapping[str, Sequence[Span]]) -> Iterator[tuple[str, float, float, int]]:
    scale = scale_of(report)
    if scale is None:
        return
    for group in report.groups:
        yield f"{group.id} planned", group.planned[0] * scale, group.planned[1] * scale, PLANNED
        for task in group.tasks:
            for span in spans.get(task.id, ()):
                yield task.id, span.start, report.seconds if span.end is None else span.end, ACTUAL


def distribution_chart(row: CriterionRow) -> str:
    """A criterion's samples with its target and interval; "" where there are no single values, as for a trend."""
    if not row.values:
        return ""
    lines = {"target": row.goal}
    for name, level in (("low", row.verdict.low), ("high", row.verdict.high)):
        lines |= {name: level} if level is not None else {}
    return charts.distribution(f"{row.metric}, in {row.unit}", row.values[:MOST_SAMPLES], lines, row.unit)


def trend_chart(figure: Figure) -> str:
    """A trend's points; "" for another measurement."""
    match figure.measurement.data:
        case Trend(x=x, y=y, x_unit=x_unit, y_unit=y_unit):
            points = {"points": list(zip(x, y, strict=False))}
            return charts.scatter(figure.measurement.metric, points, x_unit, y_unit, joined=False)
    return ""
