"""Sparklines: the figures of earlier runs as a small line, with the last one marked. Pure."""

import math
from collections.abc import Sequence
from typing import Final

from orchestrator.axes import axis_over
from orchestrator.report.markdown import attribute, number
from orchestrator.report.model import CriterionRow
from orchestrator.report.since import series_of

WIDE: Final = 88
HIGH: Final = 22
EDGE: Final = 3
FEWEST: Final = 2


def spark(row: CriterionRow) -> str:
    """An SVG of what the criterion came to over the runs, this one last, with its target; "" where there is no
    earlier run.
    """
    values = series_of(row)
    if len(values) < FEWEST:
        return ""
    goal = [row.goal] if row.unit == row.verdict.unit and math.isfinite(row.goal) else []
    axis = axis_over([*values, *goal])
    heights = [_down((axis.at(value) - axis.low) / (axis.high - axis.low)) for value in (*values, *goal)]
    places = [(EDGE + (WIDE - 2 * EDGE) * n / (len(values) - 1), heights[n]) for n in range(len(values))]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    x, y = places[-1]
    line = f'<line x1="0" x2="{WIDE}" y1="{heights[-1]:.1f}" y2="{heights[-1]:.1f}"/>' if goal else ""
    return (
        f'<svg class="spark" role="img" aria-label="{attribute(_told(row, values))}" viewBox="0 0 {WIDE} {HIGH}" '
        f'width="{WIDE}" height="{HIGH}">{line}<polyline points="{points}"/><circle cx="{x:.1f}" cy="{y:.1f}" '
        f'r="2.5"/></svg>'
    )


def _down(share: float) -> float:
    return HIGH - EDGE - (HIGH - 2 * EDGE) * share


def _told(row: CriterionRow, values: Sequence[float]) -> str:
    unit = "" if row.verdict.unit == "1" else f" {row.verdict.unit}"
    return f"{len(values)} runs, the latest last: {', '.join(map(number, values))}{unit}"
