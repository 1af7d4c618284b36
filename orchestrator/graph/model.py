"""The task graph as data, for the pure parts that walk it."""

from collections.abc import Mapping
from dataclasses import field

from orchestrator.plan.model import Task
from orchestrator.records import dataclass


@dataclass(frozen=True, slots=True)
class TaskNode:
    """One task in its place.

    id: "A.sweep". group: "A". stage: whether the group is a stage. agent: who does it (never empty).
    estimate: seconds, the task's own or an even share of its group's. demand: resource counters it holds while it runs.
    """

    id: str
    group: str
    stage: bool
    task: Task
    agent: str
    estimate: float
    demand: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class TaskGraph:
    """nodes in topological order (ties in plan order). needs and dependents hold direct edges, for every node.

    declared: the needs as the plan states them, including those that follow from others. Empty if `needs` are all of
    them.
    """

    nodes: Mapping[str, TaskNode]
    needs: Mapping[str, tuple[str, ...]]
    dependents: Mapping[str, tuple[str, ...]]
    ancestors: Mapping[str, frozenset[str]]
    declared: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
