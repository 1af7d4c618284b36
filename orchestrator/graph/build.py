"""The plan as a networkx graph of tasks: topological order, direct needs and dependents, ancestors on demand.

The transitive reduction is our own, because networkx's walks the graph once per task
(docs/decisions/0040-transitive-reduction.md).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from orchestrator.graph.model import TaskGraph, TaskNode
from orchestrator.lazy_import import LazyModule
from orchestrator.plan.handins import briefed
from orchestrator.plan.model import Group, Plan, Task
from orchestrator.plan.needs import Needs, resolve_needs
from orchestrator.plan.preflight import ancestors_of

if TYPE_CHECKING:
    import networkx as nx
else:
    nx = LazyModule("networkx")  # it loads each of its algorithms, which takes longer than a small run

Node = str | tuple[str, ...]
"""A task's id, or needs that several tasks share."""

REDUCE_LIMIT: Final = 20_000  # tasks; above that, implied needs are kept: the memory grows with the square


class Ancestors(Mapping[str, frozenset[str]]):
    """Every task above each task, computed on demand. All of them at once would grow with the square of the graph."""

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

    Raises networkx.NetworkXUnfeasible if the tasks wait for each other. `parse_plan` refuses such plans.
    """
    declared = resolve_needs(plan)
    rank = {task: index for index, task in enumerate(declared)}
    order = ordered_tasks(declared, rank)
    alike = {needs: tuple(sorted(needs, key=rank.__getitem__)) for needs in set(declared.values())}
    ordered = {task: alike[declared[task]] for task in order}
    direct = reduced(ordered) if len(order) <= REDUCE_LIMIT else ordered
    direct = _with_hand_ins(plan, direct, ordered)
    nodes = _nodes(plan)
    dependents = dependents_of(direct, declared)
    return TaskGraph({task: nodes[task] for task in order}, direct, dependents, Ancestors(direct), declared)


def _with_hand_ins(plan: Plan, direct: dict[str, tuple[str, ...]], ordered: Needs) -> dict[str, tuple[str, ...]]:
    """The needs, with tasks that leave a hand-in kept even if they follow from others.

    An instrument can settle before the round that it measures is judged. So a task that needs both must wait for both.
    """
    leaving = briefed(plan).keys()
    if not leaving:
        return direct
    return {
        task: tuple(need for need in ordered[task] if need in leaving or need in kept) for task, kept in direct.items()
    }


def ordered_tasks(needs: Needs, rank: Mapping[str, int]) -> list[str]:
    """The tasks in topological order, ties by rank. Raises networkx.NetworkXUnfeasible."""
    if not any(needs.values()):  # no edges: nothing to sort
        return sorted(needs, key=rank.__getitem__)
    network = to_network(needs)
    places: dict[Node, int] = {joint: -1 for joint in network if not isinstance(joint, str)}
    places.update(rank)  # a joint is ready as soon as its needs are, so it changes nothing
    order = nx.lexicographical_topological_sort(network, key=places.__getitem__)
    return [node for node in order if isinstance(node, str)]


def to_network(needs: Needs) -> "nx.DiGraph[Node]":
    """The tasks as a networkx graph, with an edge from each need to the task that waits for it.

    If several tasks wait for the same ones, a joint is put between: the tuple of those needs. So layers that wait for
    each other all to all have as many edges as tasks, not as many as pairs of tasks.
    """
    network: nx.DiGraph[Node] = nx.DiGraph()
    network.add_nodes_from(needs)
    shared = Counter(above for above in needs.values() if len(above) > 1)
    joints = {above for above, tasks in shared.items() if tasks > 1}
    network.add_edges_from((need, joint) for joint in joints for need in joint)
    network.add_edges_from((above, task) for task, above in needs.items() if above in joints)
    network.add_edges_from((need, task) for task, above in needs.items() if above not in joints for need in above)
    return network


def reduced(needs: Needs) -> dict[str, tuple[str, ...]]:
    """The needs without those that follow from others. A need is left out if another need of the task is below it.

    needs: in topological order. The tasks above each task are a set of bits, so joining two sets is one operation on
    whole words. n tasks take n**2 / 8 bytes. Source: A. Aho, M. Garey, J. Ullman, The transitive reduction of a
    directed graph, 1972.
    """
    bit = (
        {task: 1 << index for index, task in enumerate(needs)} if any(len(each) > 1 for each in needs.values()) else {}
    )
    if not bit:
        return dict(needs)
    above: dict[str, int] = {}
    alike: dict[
        tuple[str, ...], tuple[tuple[str, ...], int]
    ] = {}  # if groups wait for groups, many tasks share the same needs
    kept: dict[str, tuple[str, ...]] = {}
    for task, direct in needs.items():
        if direct not in alike:
            alike[direct] = _reduced(direct, above, bit)
        kept[task], above[task] = alike[direct]
    return kept


def _reduced(direct: tuple[str, ...], above: Mapping[str, int], bit: Mapping[str, int]) -> tuple[tuple[str, ...], int]:
    """The needs that follow from none of the others, and all tasks above a task with these needs."""
    implied = 0
    for need in direct:
        implied |= above[need]
    everything = implied
    for need in direct:
        everything |= bit[need]
    return tuple(need for need in direct if not implied & bit[need]), everything


def dependents_of(needs: Needs, rank: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """The dependents of each task. Keys are in topological order, each one's dependents in the order of `rank`."""
    found: dict[str, list[str]] = {task: [] for task in needs}
    for task in rank:
        for need in needs[task]:
            found[need].append(task)
    shared: dict[tuple[str, ...], tuple[str, ...]] = {}
    return {
        task: shared.setdefault(below, below) for task, below in ((one, tuple(all_)) for one, all_ in found.items())
    }


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
    """Seconds for each task without an estimate: an even share of the rest of its group's estimate, else 0."""
    open_tasks = sum(task.estimate is None for task in group.tasks)
    left = (group.estimate or 0.0) - sum(task.estimate or 0.0 for task in group.tasks)
    return max(left, 0.0) / open_tasks if open_tasks else 0.0


def _demand(plan: Plan, task: Task) -> dict[str, int]:
    default = {"cpu": 1} if "cpu" in plan.resources else {}
    return {name: amount for name, amount in {**default, **task.resources}.items() if amount > 0}
