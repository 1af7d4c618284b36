"""Trigger rules: whether a task runs, given how the tasks that it needs ended. Pure."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

from orchestrator.plan.model import TriggerRule
from orchestrator.state.run import TaskRecord
from orchestrator.state.transitions import Status

GOOD: Final = frozenset({Status.SUCCEEDED, Status.HANDED_IN})
"""Succeeded or handed in. Only a hand-in's own instruments see the latter."""


class Ended(StrEnum):
    """How a needed task ended, from the rules' point of view.

    A tolerated failure (`continue_on_error`) is a success to the tasks below. UPSTREAM: it failed or was cancelled, or
    was skipped because of one that did. SKIPPED: its own condition, or one above it, was false.
    """

    SUCCESS = "success"
    UPSTREAM = "failed"
    SKIPPED = "skipped"


def ended(record: TaskRecord) -> Ended:
    """How a settled task counts for those that need it."""
    if record.status in GOOD or (record.status is Status.FAILED and record.tolerated):
        return Ended.SUCCESS
    if record.status is Status.SKIPPED and record.culprit is None:
        return Ended.SKIPPED
    return Ended.UPSTREAM


def satisfied(rule: TriggerRule, ends: Sequence[Ended]) -> bool:
    """Whether a task with this rule runs, once all its needs are settled. A task that needs nothing runs."""
    if not ends:
        return True
    match rule:
        case TriggerRule.ALL_DONE:
            return True
        case TriggerRule.ALL_SUCCESS:
            return all(end is Ended.SUCCESS for end in ends)
        case TriggerRule.ANY_SUCCESS:
            return Ended.SUCCESS in ends
        case TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS:
            return Ended.UPSTREAM not in ends and Ended.SUCCESS in ends


def all_succeeded(needs: Iterable[TaskRecord]) -> bool:
    """Whether every one succeeded. Then every rule is satisfied."""
    for record in needs:
        if record.status is not Status.SUCCEEDED and record.status is not Status.HANDED_IN:
            return False
    return True


def culprit(needs: Sequence[TaskRecord]) -> str | None:
    """The failed task behind an unmet rule: the first that failed, or the one that the first skipped task names."""
    for record in needs:
        if ended(record) is Ended.UPSTREAM:
            return record.culprit or record.id
    return None
