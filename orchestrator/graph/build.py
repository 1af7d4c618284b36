"""The plan as a graph of tasks: topological order, direct needs and dependents, ancestors on demand."""

from collections.abc import Iterator, Mapping
from typing import Final

import networkx as nx

from orchestrator.graph.model import TaskGraph, TaskNode
from orchestrator.plan.model import Group, Plan, Task
from orchestrator.plan.needs import resolve_needs
from orchestrator.plan.preflight import ancestors_of

REDUCE_LIMIT: Final = 2_000  # tasks; above it, needs that others imply are kept, as removing them would cost too long


class Ancestors(Mapping[str, frozenset[str]]):
    """Every task above each task, computed when asked: all of them at once would grow with the square of the graph."""

    def __init__(self, needs: Mapping[str, tuple[str, ...]]) -> None:
        self._needs = needs

    def __getitem__(self, task: str) -> frozenset[str]:
        return ancestors_of(task, self._needs)

    def __iter__(self) -> Iterator[str]:
        return iter(self._needs)

    def __len__(self) -> int:
        return len(self._needs)


def build_graph(plan: Plan) -> TaskGraph:
    """The graph of a checked plan whose matrices are expanded. Needs that follow from others are left out.

    Raises networkx.NetworkXUnfeasible where the tasks wait for each other; `parse_plan` refuses such plans.
    """
    needs = resolve_needs(plan)
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(needs)
    graph.add_edges_from((need, task) for task, above in needs.items() for need in above)
    rank = {task: index for index, task in enumerate(needs)}
    order = list(nx.lexicographical_topological_sort(graph, key=rank.__getitem__))
    if len(order) <= REDUCE_LIMIT:
        graph = nx.transitive_reduction(graph)
    direct = {task: tuple(sorted(graph.predecessors(task), key=rank.__getitem__)) for task in order}
    dependents = {task: tuple(sorted(graph.successors(task), key=rank.__getitem__)) for task in order}
    nodes = _nodes(plan)
    return TaskGraph({task: nodes[task] for task in order}, direct, dependents, Ancestors(direct))


def _nodes(plan: Plan) -> dict[str, TaskNode]:
    nodes = {}
    for name, group in plan.groups.items():
        share = _share(group)
        for task in group.tasks:
            full = f"{name}.{task.id}"
            estimate = share if task.estimate is None else task.estimate
            nodes[full] = TaskNode(
                full, name, name in plan.stages, task, task.agent or group.lead, estimate, _demand(plan, task)
            )
    return nodes


def _share(group: Group) -> float:
    """Seconds for each task without an estimate: what its group's estimate leaves, evenly; 0 without one."""
    open_tasks = sum(task.estimate is None for task in group.tasks)
    left = (group.estimate or 0.0) - sum(task.estimate or 0.0 for task in group.tasks)
    return max(left, 0.0) / open_tasks if open_tasks else 0.0


def _demand(plan: Plan, task: Task) -> dict[str, int]:
    default = {"cpu": 1} if "cpu" in plan.resources else {}
    return {name: amount for name, amount in {**default, **task.resources}.items() if amount > 0}
