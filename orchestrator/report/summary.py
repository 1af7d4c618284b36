"""A report as a few lines for a terminal."""

from typing import Final

from orchestrator.engine.contract import describe
from orchestrator.evidence.verdict import Outcome
from orchestrator.report import markdown
from orchestrator.report.failing import by_reason, enumerated, failing_tasks
from orchestrator.report.model import CriterionRow, Report, TaskRow

COLUMNS: Final = ("criterion", "target", "measured", "samples", "verdict")


def render_summary(report: Report) -> str:
    """The verdict, the run's id, what failed, and a table of the criteria, as plain text."""
    rows = [COLUMNS, *(_summary_row(row) for row in report.criteria)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    counts = ", ".join(f"{count} {name}" for name, count in report.counts.items())
    tasks = ", ".join(f"{count} {status}" for status, count in report.statuses.items() if status != "succeeded")
    counts += f" (tasks: {tasks})" if tasks else ""
    failed = [line for task in failing_tasks(report.groups) for line in _failure(task)]
    everything = [task for group in report.groups for task in group.tasks]
    skipped = (task for task in everything if task.status == "skipped")
    failed += [f"skipped {enumerated([task.id for task in tasks])}: {why}" for why, tasks in by_reason(skipped)]
    loosened = [f"contract {describe(one)}" for one in report.loosened]
    head = f"{report.outcome.value}: {counts}; {report.standing} ({report.run})"
    told = [head, *failed, *loosened]
    return "\n".join([*told, "", *lines] if report.criteria else [*told, "", "the plan has no criteria"])


def _failure(task: TaskRow) -> list[str]:
    """Why a task failed, and under it the last lines that it printed."""
    first, *further = task.reason.splitlines() or [""]
    return [f"{task.status:7} {task.id}: {first}", *(f"        | {line}" for line in (*further, *task.printed))]


def _summary_row(row: CriterionRow) -> tuple[str, ...]:
    verdict = row.verdict
    measured = "-" if verdict.value is None else f"{markdown.number(verdict.value, row.goal)} {verdict.unit}"
    why = "" if verdict.outcome is not Outcome.UNPROVEN else f" ({verdict.why})"
    return (row.id, row.target, measured, str(verdict.samples), f"{verdict.outcome}{why}")
