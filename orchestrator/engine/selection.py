"""Which tasks are asked for: `--only`, `--until` and `--force`. Pure."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from orchestrator.errors import OrchestratorError
from orchestrator.graph.model import TaskGraph
from orchestrator.nearest import nearest

EVERY: Final = "*"


class UnknownTask(OrchestratorError):  # noqa: N818 - named after what was found
    """A name that no task and no group of the plan has."""

    exit_code: ClassVar[int] = 2

    def __init__(self, name: str, known: Iterable[str] = ()) -> None:
        near = nearest(name, known)
        mend = f"did you mean '{near}'?" if near else "write a group (A), or a task as GROUP.task (A.sweep)"
        super().__init__(f"no task or group {name!r} in this plan\n  mend: {mend}")


def excluded(graph: TaskGraph, only: Sequence[str] = (), until: Sequence[str] = ()) -> frozenset[str]:
    """The tasks that are left out, by id. Raises UnknownTask.

    only: keep the named tasks and groups with everything that they need. until: leave out what lies below the named
    ones.
    """
    kept = set(graph.nodes)
    if only:
        wanted = {task for name in only for task in _named(graph, name)}
        kept &= wanted.union(*(graph.ancestors[task] for task in wanted))
    if until:
        last = {task for name in until for task in _named(graph, name)}
        kept -= {task for task in graph.nodes if task not in last and graph.ancestors[task] & last}
    return frozenset(graph.nodes) - kept


def named(graph: TaskGraph, names: Sequence[str]) -> frozenset[str]:
    """The tasks of those ids, and those of the groups; "*" names all. Raises UnknownTask."""
    return frozenset(task for name in names for task in (graph.nodes if name == EVERY else _named(graph, name)))


def _named(graph: TaskGraph, name: str) -> list[str]:
    """The task of that id, or the group's tasks."""
    found = [
        task for task, node in graph.nodes.items() if name in {task, node.group}
    ]  # fmt: skip
    if not found:
        raise UnknownTask(name, {known: None for task, node in graph.nodes.items() for known in (task, node.group)})
    return found
