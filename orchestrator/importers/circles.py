"""Break cycles of tasks that wait for each other. The need that points further down is left out, and reported as a
contradiction.
"""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Any, Final

from orchestrator.importers.draft import Concern, Draft

MOST: Final = 100
"""Circles that are opened: a document with more is none that people can follow."""
Groups = Mapping[str, dict[str, Any]]
"""A plan's groups as data, by id."""


def open_circles(draft: Draft, groups: Groups) -> None:
    """Leave out needs, one for each circle, until nothing waits for itself."""
    for _ in range(MOST):
        circle = _circle(groups)
        if not circle or not _open(draft, groups, circle):
            return


def _circle(groups: Groups) -> list[str]:
    """Nodes of which each is needed by the next, the last one by the first; empty where there is none."""
    try:
        TopologicalSorter(dict(_needs(groups))).prepare()
    except CycleError as circle:
        return list(circle.args[1])
    return []


def _needs(groups: Groups) -> Iterator[tuple[str, list[str]]]:
    """Each task with what it waits for, by its own words or by the order of its list. A group has two nodes: its tasks
    wait for its beginning, and its end waits for them.
    """
    for name, group in groups.items():
        yield _begin(name), [_node(groups, name, need) for need in group.get("needs", [])]
        above: list[str] = []
        for task in group["tasks"]:
            own = [_node(groups, name, need) for need in task.get("needs", above)]
            yield f"{name}.{task['id']}", [_begin(name), *own]
            above = [task["id"]]
        yield _end(name), [f"{name}.{task['id']}" for task in group["tasks"]]


def _begin(group: str) -> str:
    return f"{group}.<"


def _end(group: str) -> str:
    return f"{group}.>"


def _node(groups: Groups, group: str, need: str) -> str:
    if "." in need:
        return need
    return _end(need) if need in groups else f"{group}.{need}"


def _open(draft: Draft, groups: Groups, circle: list[str]) -> bool:
    """Leave out one need of the circle, rather that of what stands above; False where none of them is said."""
    place = {node: index for index, (node, _) in enumerate(_needs(groups))}
    pairs = sorted(pairwise(circle), key=lambda pair: place[pair[1]] - place[pair[0]])
    return any(_without(draft, groups, need, waits) for need, waits in pairs)


def _without(draft: Draft, groups: Groups, need: str, waits: str) -> bool:
    group, _, own = waits.partition(".")
    tasks = {
        one["id"]: (one, task.line) for one, task in zip(groups[group]["tasks"], draft.groups[group].tasks, strict=True)
    }
    holder, line = tasks.get(own, (groups[group], draft.groups[group].line))
    kept = [one for one in holder.get("needs", []) if _node(groups, group, one) != need]
    if own == ">" or len(kept) == len(holder.get("needs", [])):
        return False
    holder["needs"] = kept
    said = f"{waits.removesuffix('.<')} waits for {need.removesuffix('.>')}, which waits for it: left out"
    draft.note(line, Concern.CONTRADICTION, said, "tasks that wait for each other")
    return True
