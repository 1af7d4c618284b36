"""The final report's body, from what the tasks above left: an index of evidence, with what was said beside it."""

import hashlib
from collections.abc import Mapping
from typing import Final

from orchestrator.evidence.metric import Better, Metric
from orchestrator.runner import Runner, TaskContext, TaskInput
from workstreams.tables import Cell, markdown_table
from workstreams.upstream import artifact_above, write_text

ASSEMBLED: Final = Metric(
    "oversight.artifacts_assembled", "artifacts", Better.HIGHER, description="Artifacts in the final report's index"
)
INCLUDED: Final = (
    "success-metrics.md",
    "before-after.md",
    "memory-report.md",
    "adaptive-report.md",
    "regressions.md",
    "observation.md",
    "recommendations.md",
)
"""Markdown from the tasks above that becomes a section, in this order. A missing one is left out and named."""


def index_rows(inputs: Mapping[str, TaskInput]) -> list[list[Cell]]:
    """Task, artifact, size, sha256 of every artifact."""
    rows: list[list[Cell]] = []
    for task in inputs.values():
        for name, path in task.artifacts.items():
            data = path.read_bytes()
            rows.append([task.task, name, len(data), hashlib.sha256(data).hexdigest()[:16]])
    return rows


def section(text: str) -> str:
    """A Markdown document one heading level down."""
    return "".join(f"#{line}" if line.startswith("#") else line for line in text.splitlines(keepends=True))


def final_report(context: TaskContext) -> None:
    """Assemble. Verdicts are not repeated here; they belong to the orchestrator's report."""
    parts = ["# Phase 4A.3: evidence assembled\n"]
    absent = []
    for name in INCLUDED:
        path = artifact_above(context, name)
        if path is None:
            absent.append(name)
        else:
            parts.append(section(path.read_text(encoding="utf-8")))
    rows = index_rows(context.inputs)
    parts.append(
        "## Every artifact\n\n" + markdown_table(["task", "artifact", "bytes", "sha256, first 16 digits"], rows)
    )
    if absent:
        parts.append(f"Not produced in this run: {', '.join(absent)}.\n")
    write_text(context, "final-report.md", "\n".join(parts), title="Final report: evidence assembled")
    context.note(f"{len(rows)} artifacts of {len(context.inputs)} tasks; absent: {', '.join(absent) or 'none'}")
    context.samples(
        ASSEMBLED,
        [len(rows)],
        cases=len(context.inputs),
        method="artifacts of the tasks above, each hashed",
        artifacts=["final-report.md"],
    )


FINAL_REPORT: Final = Runner("oversight.final_report", final_report, (ASSEMBLED,), "The final report's body")
