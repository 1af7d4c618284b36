"""What every drawing of a graph shows: boxes in frames, arrows, the critical ones, and outcomes."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final

from orchestrator.graph.model import TaskGraph
from orchestrator.graph.schedule import critical_path
from orchestrator.plan.model import Plan
from orchestrator.plan.values import spell_duration
from orchestrator.records import dataclass

LARGEST: Final = 200  # arrows or boxes; a larger drawing is unreadable, and code hosts refuse it
OUTCOMES: Final = ("failed", "cancelled", "running", "pending", "skipped", "succeeded")  # a frame shows its first


@dataclass(frozen=True, slots=True)
class Box:
    """name: what it stands for, "A.sweep" or "A". lines: its label. outcome: one of OUTCOMES, or empty."""

    name: str
    frame: str
    lines: tuple[str, ...]
    critical: bool
    outcome: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """frames: group id to title (empty if the boxes are the groups). arrows: from, to, critical."""

    title: str
    frames: Mapping[str, str]
    boxes: tuple[Box, ...]
    arrows: tuple[tuple[str, str, bool], ...]


def draw(  # noqa: PLR0913 - all but two are for one kind of drawing each
    graph: TaskGraph,
    plan: Plan,
    *,
    outcomes: Mapping[str, str] | None = None,
    collapsed: bool | None = None,
    path: tuple[str, ...] | None = None,
    figures: Mapping[str, str] | None = None,
) -> Drawing:
    """The drawing of a graph: of its tasks, or of its groups if that would be too large or `collapsed` says so.

    path: the critical one, where it is known. figures: by group, what its box says where groups are drawn, in place of
    its estimate.
    """
    arrows = sum(len(needs) for needs in graph.needs.values())
    if collapsed is None:
        collapsed = arrows > LARGEST or len(graph.nodes) > LARGEST
    path = critical_path(graph) if path is None else path
    if collapsed:
        return _groups(graph, plan, path, outcomes or {}, figures or {})
    return _tasks(graph, plan, path, outcomes or {})


def _tasks(graph: TaskGraph, plan: Plan, path: tuple[str, ...], outcomes: Mapping[str, str]) -> Drawing:
    steps = set(pairwise(path))
    boxes = tuple(
        Box(
            name,
            node.group,
            (name, node.task.title, spell_duration(node.estimate)),
            name in path,
            outcomes.get(name, ""),
        )
        for name, node in graph.nodes.items()
    )
    arrows = tuple((need, task, (need, task) in steps) for task, needs in graph.needs.items() for need in needs)
    return Drawing(plan.title, {name: f"{name}: {group.title}" for name, group in plan.groups.items()}, boxes, arrows)


def _groups(
    graph: TaskGraph, plan: Plan, path: tuple[str, ...], outcomes: Mapping[str, str], figures: Mapping[str, str]
) -> Drawing:
    group_of = {name: node.group for name, node in graph.nodes.items()}
    visited = [group_of[task] for task in path]
    steps = set(pairwise(visited))
    members: dict[str, list[str]] = {name: [] for name in plan.groups}
    for name, group in group_of.items():
        members[group].append(name)
    boxes = tuple(
        Box(
            name,
            "",
            (
                f"{name}: {group.title}",
                f"{len(members[name])} tasks",
                figures.get(name) or spell_duration(_work(graph, members[name])),
            ),
            name in visited,
            _worst([outcomes[task] for task in members[name] if task in outcomes]),
        )
        for name, group in plan.groups.items()
    )
    found = dict.fromkeys(_between(graph, group_of))
    arrows = tuple((one, other, (one, other) in steps) for one, other in found if one != other)
    return Drawing(plan.title, {}, boxes, arrows)


def _between(graph: TaskGraph, group_of: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """From group to group, in the order of the tasks and of their needs."""
    for task, needs in graph.needs.items():
        group = group_of[task]
        yield from ((group_of[need], group) for need in needs)


def _work(graph: TaskGraph, tasks: list[str]) -> float:
    return sum(graph.nodes[task].estimate for task in tasks)


def _worst(outcomes: list[str]) -> str:
    return min(outcomes, key=OUTCOMES.index) if outcomes else ""
