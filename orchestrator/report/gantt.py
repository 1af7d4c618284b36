"""Estimate against actual as a Mermaid Gantt chart. Syntax: https://mermaid.js.org/syntax/gantt.html

Estimates are in hours of people, and runs in minutes of a machine. So the planned bars are drawn to the run's scale:
planned seconds times `scale`, which the report states.
"""

import re
from collections.abc import Iterator

from orchestrator.report.model import GroupSection, Report

_UNSAFE = re.compile(r"[^A-Za-z0-9 _.()/-]")
SHORTEST = 1  # milliseconds; a bar without length is not drawn


def scale_of(report: Report) -> float | None:
    """What planned seconds are multiplied with, None before anything ran or without estimates."""
    if report.seconds <= 0 or report.planned_seconds <= 0:
        return None
    return report.seconds / report.planned_seconds


def to_gantt(report: Report) -> str:
    """The chart, "" where there is nothing to draw."""
    scale = scale_of(report)
    if scale is None:
        return ""
    axis = "%H:%M:%S" if report.seconds >= 3600 else "%M:%S"
    head = ["gantt", "  dateFormat x", f"  axisFormat {axis}", "  title Planned (scaled) and actual"]
    return "\n".join([*head, *(line for section in report.groups for line in _bars(section, scale, report.seconds))])


def _bars(section: GroupSection, scale: float, until: float) -> Iterator[str]:
    yield f"  section {_UNSAFE.sub(' ', section.id)}"
    start, end = section.planned
    yield f"    planned :done, {_milliseconds(start * scale, end * scale)}"
    if section.start is not None:
        kind = "active" if section.end is not None else "crit"
        yield f"    actual :{kind}, {_milliseconds(section.start, until if section.end is None else section.end)}"


def _milliseconds(start: float, end: float) -> str:
    first = round(start * 1000)
    return f"{first}, {max(round(end * 1000), first + SHORTEST)}"
