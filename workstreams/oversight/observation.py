"""SENTRY: what every task's process tree used, side by side, from the samples that the orchestrator took."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from orchestrator import charts
from orchestrator.evidence.metric import Better, Metric
from orchestrator.runner import Runner, TaskContext, TaskInput
from workstreams.tables import csv_text, markdown_table
from workstreams.upstream import write_text

OBSERVED: Final = Metric("oversight.observed_tasks", "tasks", Better.HIGHER, description="Tasks with a usage on record")
TREE_PEAK: Final = Metric(
    "oversight.tree_peak", "MiB", Better.LOWER, description="Peak resident set of each task's process tree"
)
MIB: Final = 1 << 20
MOST_POINTS: Final = 150


@dataclass(frozen=True, slots=True)
class Row:
    """One task. peak: bytes; seconds and cpu_seconds of its whole tree; points: of its series, (seconds, MiB)."""

    task: str
    group: str
    seconds: float
    cpu_seconds: float
    peak: int
    points: tuple[tuple[float, float], ...]


def read_series(path: Path | None) -> tuple[tuple[float, float], ...]:
    """(seconds, MiB) from a series' CSV, thinned. Empty if there is no readable file."""
    if path is None or not path.is_file():
        return ()
    with path.open(encoding="utf-8", newline="") as file:
        try:
            points = [(float(row["seconds"]), int(row["rss_bytes"]) / MIB) for row in csv.DictReader(file)]
        except (KeyError, TypeError, ValueError):
            return ()
    return tuple(points[:: max(1, len(points) // MOST_POINTS)])


def rows_of(inputs: Mapping[str, TaskInput]) -> list[Row]:
    """Every task above that has a usage."""
    return [
        Row(
            it.task,
            it.group,
            it.usage.seconds,
            it.usage.cpu_seconds,
            it.usage.peak_rss,
            read_series(it.series),
        )
        for it in inputs.values()
        if it.usage is not None
    ]


def by_group(rows: Sequence[Row]) -> list[list[str | int | float]]:
    """Per workstream: tasks, seconds, processor seconds, highest peak in MiB and the task that had it."""
    lines: list[list[str | int | float]] = []
    for group in dict.fromkeys(row.group for row in rows):
        own = [row for row in rows if row.group == group]
        highest = max(own, key=lambda row: row.peak)
        lines.append(
            [
                group,
                len(own),
                sum(row.seconds for row in own),
                sum(row.cpu_seconds for row in own),
                highest.peak / MIB,
                highest.task,
            ]
        )
    return lines


def page_of(rows: Sequence[Row]) -> str:
    """An SVG file: memory over time, a line for the task with the highest peak of each workstream."""
    best: dict[str, Row] = {}
    for row in rows:
        if row.points and (row.group not in best or row.peak > best[row.group].peak):
            best[row.group] = row
    series = {row.task: row.points for row in best.values()}
    return charts.standalone(charts.scatter("Memory of the largest task of each group", series, "s", "MiB"))


def observation(context: TaskContext) -> None:
    """Put the usages together; leave a table, a CSV and a chart."""
    rows = rows_of(context.inputs)
    titles = ("task", "group", "seconds", "cpu_seconds", "peak_bytes", "points")
    cells = [(row.task, row.group, row.seconds, row.cpu_seconds, row.peak, len(row.points)) for row in rows]
    write_text(context, "observation.csv", csv_text(titles, cells), title="Usage of every task")
    heads = ["group", "tasks", "seconds", "processor seconds", "peak MiB", "in task"]
    heading = "# Resources by workstream\n\nWhole process trees, sampled from outside.\n\n"
    write_text(
        context, "observation.md", heading + markdown_table(heads, by_group(rows)), title="Resources by workstream"
    )
    write_text(context, "observation.svg", page_of(rows), title="Memory over time")
    for line in by_group(rows):
        context.note(f"{line[0]}: {line[1]} tasks, {line[2]:.1f} s, peak {line[4]:.0f} MiB in {line[5]}")
    context.samples(
        OBSERVED,
        [len(rows)],
        cases=len(context.inputs),
        method="tasks above this one whose process tree was sampled",
        artifacts=["observation.csv"],
    )
    seen = [row.peak / MIB for row in rows if row.peak]
    if seen:
        context.samples(
            TREE_PEAK,
            seen,
            cases=len(seen),
            method="largest sum of resident sets over the tree",
            artifacts=["observation.csv"],
        )


OBSERVATION: Final = Runner(
    "oversight.observation", observation, (OBSERVED, TREE_PEAK), "Resources of every task's process tree"
)
