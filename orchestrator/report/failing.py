"""What failed and why, once each. Retries with the same error are one line, and failures come first."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from orchestrator.evidence.verdict import Outcome
from orchestrator.report.model import CriterionRow, GroupSection, TaskRow
from orchestrator.state.failure import Failure

FAILING: Final = frozenset({"failed", "cancelled", "interrupted", "waiting"})
"""Statuses of tasks that tell why: what settled badly, and what is about to be tried again."""
NAMED: Final = 6
SEVERITY: Final = {Outcome.FAIL: 0, Outcome.UNPROVEN: 1, Outcome.PASS: 2}


def why_failed(failures: Sequence[Failure]) -> str:
    """Every attempt's failure on one line; consecutive attempts with the same error share it."""
    parts = [(told, len(list(same))) for told, same in groupby(map(_told, failures))]
    if len(parts) == 1:
        told, count = parts[0]
        return told if count == 1 else f"{count} attempts, same error: {told}"
    first, lines = 1, []
    for told, count in parts:
        lines.append(f"{_attempts(first, count)}: {told}")
        first += count
    return "; ".join(lines)


def failing_first(criteria: Iterable[CriterionRow]) -> tuple[CriterionRow, ...]:
    """What is missed, then what is unproven, then what passed; within each, in the plan's order."""
    return tuple(sorted(criteria, key=lambda row: SEVERITY[row.verdict.outcome]))


def failing_tasks(groups: Iterable[GroupSection]) -> tuple[TaskRow, ...]:
    """Tasks that ended badly, in the plan's order; those that failed before those that were cancelled."""
    found = [task for group in groups for task in group.tasks if task.status in FAILING and task.reason]
    return tuple(sorted(found, key=lambda task: task.status != "failed"))


def by_reason(tasks: Iterable[TaskRow]) -> list[tuple[str, list[TaskRow]]]:
    """Tasks with a reason that did not fail, as skipped ones, by that reason, each once."""
    found: dict[str, list[TaskRow]] = {}
    for task in tasks:
        if task.reason and task.status not in FAILING:
            found.setdefault(task.reason, []).append(task)
    return list(found.items())


def enumerated(names: Sequence[str], most: int = NAMED) -> str:
    """The names, at most so many of them: "A.x, A.y and 40 more"."""
    more = len(names) - most
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:most])} and {more} more"


def _attempts(first: int, count: int) -> str:
    return f"attempt {first}" if count == 1 else f"attempts {first} to {first + count - 1}, same error"


def _told(failure: Failure) -> str:
    """Why an attempt failed, and what it had measured by then, which the verdicts name."""
    taken = ", ".join(f"{each.size} of {each.metric}" for each in failure.measured)
    dropped = f" (samples taken before that, which its criteria name: {taken})" if taken else ""
    return f"{failure.cause}: {failure.message}{dropped}"
