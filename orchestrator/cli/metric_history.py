"""`orchestrate history --metric M`: one metric over the runs, as a table and a plot."""

import math
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from orchestrator.api.stored import report_of
from orchestrator.axes import axis_over
from orchestrator.cli.clock import clock
from orchestrator.cli.faults import UsageError
from orchestrator.cli.output import one_line, say, table
from orchestrator.cli.places import as_json, opened_journal
from orchestrator.deadline import within
from orchestrator.nearest import nearest
from orchestrator.report.history import MetricPoint, points_of
from orchestrator.report.markdown import number

DEADLINE: Final = 20.0  # seconds
WIDEST: Final = 100
HEIGHT: Final = 16
MOST_TICKS: Final = 8


def show_metric(state: Path, metric: str, task: str | None, *, as_data: bool) -> None:
    """Every run that measured it, the oldest first. Raises UsageError where none did, JournalError."""
    with opened_journal(state) as journal:
        reports = [report_of(journal, one.run) for one in journal.runs()]
    points = points_of(reports, metric, task)
    if not points:
        known = sorted({figure.measurement.metric for report in reports for figure in report.figures})
        near = nearest(metric, known)
        mend = f"did you mean {near}?" if near else f"measured here are {', '.join(known) or 'none'}"
        raise UsageError(f"no run in this state folder measured {metric!r}\n  mend: {mend}")
    if as_data:
        say(as_json([asdict(one) for one in points]))
        return
    say(table(("run", "started", "task", "value", "interval (95 %)", "samples", "verdicts"), map(_row, points)))
    say("")
    say(plotted(points, metric))


def _row(one: MetricPoint) -> tuple[str, ...]:
    span = "point" if one.low == one.high else f"{number(one.low)} to {number(one.high)}"
    value = f"{number(one.value)} {one.unit}"
    return (one.run, clock(one.started_at), one.task, value, span, str(one.samples), ", ".join(one.verdicts) or "-")


def plotted(points: Sequence[MetricPoint], metric: str) -> str:
    """Values with their intervals, one column for each; plain text without colours. What cannot be drawn says so."""
    shown = [point for point in points if all(map(math.isfinite, (point.value, point.low, point.high)))]
    if not shown:
        return "there is no plot: none of the values is a number"
    try:
        return within(DEADLINE, lambda: _plot(shown, metric))
    except Exception as error:  # noqa: BLE001 - whatever a library raises for figures that it did not expect
        return one_line(f"the plot cannot be drawn: {error}")


def _plot(points: Sequence[MetricPoint], metric: str) -> str:
    import plotext  # noqa: PLC0415 - only this needs it

    axis = axis_over(end for one in points for end in (one.value, one.low, one.high))
    places = list(range(1, len(points) + 1))
    ends = [(axis.at(one.low), axis.at(one.high)) for one in points]
    plotext.clear_figure()
    plotext.theme("clear")
    plotext.plotsize(min(WIDEST, shutil.get_terminal_size((WIDEST, HEIGHT)).columns), HEIGHT)
    plotext.error(places, [(high + low) / 2 for low, high in ends], yerr=[high - low for low, high in ends])
    plotext.scatter(places, [axis.at(one.value) for one in points], marker="o")
    if axis.widened:
        plotext.ylim(axis.low, axis.high)
    step = -(-len(points) // MOST_TICKS)
    plotext.xticks(places[::step], [str(place) for place in places[::step]])
    plotext.title(f"{metric}, {axis.titled(points[0].unit)}, by run (1: the oldest)")
    text = str(plotext.uncolorize(plotext.build()))
    plotext.clear_figure()
    return "\n".join(line.rstrip() for line in text.splitlines())
