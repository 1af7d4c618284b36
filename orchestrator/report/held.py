"""What an audit compares claims with: a run's report, a plan's criteria, or a report kept as Markdown. Pure."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from orchestrator.audit.model import Asked, Measured
from orchestrator.evidence.units import compatible
from orchestrator.plan.model import Plan
from orchestrator.report.model import CriterionRow, Report

KEPT: Final = ("Criterion", "Asks for", "Target", "Measured", "Interval")
"""The first columns of the tables of criteria in a report of ours."""
RUN: Final = re.compile(r"\|\s{0,8}Run\s{0,8}\|\s{0,8}`([\w.-]{1,200})`")
CELL: Final = re.compile(r"(?<!\\)\|")
ESCAPED: Final = re.compile(r"\\([\\`*_{}\[\]<>#|~$&!.)])")
TOLD: Final = re.compile(r"(-?[\d,.]+(?:e[+-]?\d+)?) ?(\S*)")
ENDS: Final = re.compile(r"(-?[\d,.]+(?:e[+-]?\d+)?) to (-?[\d,.]+(?:e[+-]?\d+)?)")


def measured_of(report: Report) -> tuple[Measured, ...]:
    """Every criterion's figure that the run measured, in the plan's order."""
    titles = {row.id: group.title for group in report.groups for row in group.criteria}
    return tuple(_measured(row, titles.get(row.id, "")) for row in report.criteria if row.verdict.value is not None)


def _measured(row: CriterionRow, group: str) -> Measured:
    verdict = row.verdict
    value = verdict.value if verdict.value is not None else 0.0
    low, high = (value if end is None else end for end in (verdict.low, verdict.high))
    source = f"({row.id}, {verdict.outcome})"
    return Measured(row.metric, f"{row.title}\n{group}", value, low, high, verdict.unit, row.target, source, row.better)


def asked_of(plan: Plan) -> tuple[Asked, ...]:
    """What a plan asks for, as goals that a text may tell."""
    return tuple(
        Asked(f"{name}.{one.id}", f"{one.title}\n{group.title}", one.target.operator, one.target.value, one.target.unit)
        for name, group in plan.groups.items()
        for one in group.success_criteria
        if one.target.relative is None
    )


def measured_in(text: str) -> tuple[str, tuple[Measured, ...]]:
    """The run and the figures of a report of ours that was kept as Markdown; nothing for any other text.

    What it says is taken as it stands: only a journal or a bundle can be verified.
    """
    found = RUN.search(text)
    rows = (_cells(line) if line.startswith("|") else [] for line in text.splitlines())
    kept = (one for one in map(_kept, _kept_rows(rows)) if one is not None)
    by_name: dict[str, Measured] = {}
    for one in kept:  # the parts of a report repeat what its first screen says
        by_name.setdefault(one.metric, one)
    return (found[1] if found else ""), tuple(by_name.values())


def _kept_rows(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    """Those of every table of criteria. What did not pass has a table of its own."""
    within = False
    for row in rows:
        within = bool(row) and (within or tuple(row[: len(KEPT)]) == KEPT)
        if within:
            yield row


def _cells(line: str) -> list[str]:
    return [ESCAPED.sub(r"\1", cell.strip().strip("`")) for cell in CELL.split(line)[1:-1]]


def _kept(row: list[str]) -> Measured | None:
    """A criterion of the table; None for a row of another, and where nothing was measured."""
    name, title, target, told, interval = [*row, *[""] * len(KEPT)][: len(KEPT)]
    value = TOLD.fullmatch(told)
    unit = value[2] or target.rpartition(" ")[2] if value else ""
    if value is None or "." not in name or not compatible(unit, unit):
        return None
    ends = ENDS.match(interval)
    low, high = (_number(ends[1]), _number(ends[2])) if ends else (_number(value[1]), _number(value[1]))
    return Measured(name, f"{title}\n", _number(value[1]), low, high, unit, target, "(as the report says)")


def _number(text: str) -> float:
    return float(text.replace(",", ""))
