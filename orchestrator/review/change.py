"""What a review finds: changes of the parts of a plan, each with its weight for the contract."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from orchestrator.records import dataclass


class Part(StrEnum):
    """What of a plan a change is about."""

    CRITERION = "criterion"
    EDGE = "edge"
    TASK = "task"
    DELIVERABLE = "deliverable"
    SUCCESS_METRIC = "success metric"
    AGENT = "agent"
    GROUP = "group"
    ESTIMATE = "estimate"
    PLAN = "plan"


class Action(StrEnum):
    """What became of the part."""

    REMOVED = "removed"
    ADDED = "added"
    RENAMED = "renamed"
    MOVED = "moved"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    name: the part's full name, "A.peak-memory", or "A.tune -> A.adapt" for an edge. field: what of it changed, empty
    for the whole. before, after: as a plan writes them, empty where there is nothing. loosens: why the new plan asks
    for less than the old one, empty where it does not. leeway: it only gives more time or room, which is for a reviewer
    to see, and nothing that a resumed run is held to.
    """

    part: Part
    action: Action
    name: str
    field: str = ""
    before: str = ""
    after: str = ""
    loosens: str = ""
    leeway: bool = False


_PARTS: Final[Mapping[Part, int]] = {part: index for index, part in enumerate(Part)}
_ACTIONS: Final[Mapping[Action, int]] = {action: index for index, action in enumerate(Action)}


def in_order(changes: list[Change]) -> tuple[Change, ...]:
    """What loosens the contract first, then by part, removals before the rest; otherwise in the plan's order."""
    return tuple(sorted(changes, key=lambda one: (not one.loosens, _PARTS[one.part], _ACTIONS[one.action])))
