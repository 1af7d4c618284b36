"""`orchestrate history --metric M`: one metric over the runs, as a table and a plot."""

import difflib
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from orchestrator.api import report_of
from orchestrator.cli.condition import clock
from orchestrator.cli.faults import UsageError
from orchestrator.cli.output import say, table
from orchestrator.cli.places import as_json, opened_journal
from orchestrator.report.history import MetricPoint, points_of
from orchestrator.report.markdown import number

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
        near = difflib.get_close_matches(metric, known, n=1)
        mend = f"did you mean {near[0]}?" if near else f"measured here are {', '.join(known) or 'none'}"
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
    """Values with their intervals, one column for each; plain text without colours."""
    import plotext  # noqa: PLC0415 - only this needs it

    places = list(range(1, len(points) + 1))
    plotext.clear_figure()
    plotext.theme("clear")
    plotext.plotsize(min(WIDEST, shutil.get_terminal_size((WIDEST, HEIGHT)).columns), HEIGHT)
    half = [one.high - one.low for one in points]
    plotext.error(places, [(one.high + one.low) / 2 for one in points], yerr=half)
    plotext.scatter(places, [one.value for one in points], marker="o")
    step = -(-len(points) // MOST_TICKS)
    plotext.xticks(places[::step], [str(place) for place in places[::step]])
    plotext.title(f"{metric}, {points[0].unit}, by run (1: the oldest)")
    text = str(plotext.uncolorize(plotext.build()))
    plotext.clear_figure()
    return "\n".join(line.rstrip() for line in text.splitlines())
