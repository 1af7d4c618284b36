"""A plan's graph as numbers, for the search for a short schedule.

The problem is resource-constrained project scheduling (RCPSP; Brucker et al. 1999): tasks of fixed length, an order,
and counters of fixed capacity, among them an agent's places.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from orchestrator.graph.model import TaskGraph
from orchestrator.graph.schedule import capacities, claim
from orchestrator.plan.model import Plan

TICKS: Final = 1000
"""Per second. Lengths are whole milliseconds, as plans write estimates. They are then counted in their greatest common
divisor.
"""


@dataclass(frozen=True, slots=True)
class Project:
    """Tasks by number, in topological order. Times are whole units of `unit` seconds.

    lengths: of each task. before, after: the tasks that it waits for, and that wait for it. demands: (counter, amount)
    pairs, all above 0. full: each counter's capacity.
    """

    names: tuple[str, ...]
    unit: float
    lengths: tuple[int, ...]
    before: tuple[tuple[int, ...], ...]
    after: tuple[tuple[int, ...], ...]
    demands: tuple[tuple[tuple[int, int], ...], ...]
    full: tuple[int, ...]

    def units(self, seconds: float) -> int:
        """So many seconds in units, rounded up."""
        return math.ceil(seconds / self.unit - 1e-6)

    def makespan(self, starts: Mapping[int, int] | tuple[int, ...] | list[int]) -> int:
        """When the last task ends."""
        return max((starts[task] + length for task, length in enumerate(self.lengths)), default=0)

    def backwards(self) -> "Project":
        """The same project with time running the other way."""
        return Project(self.names, self.unit, self.lengths, self.after, self.before, self.demands, self.full)


def project_of(plan: Plan, graph: TaskGraph) -> Project:
    """The plan's project. A counter without any demand is left out."""
    names = tuple(graph.nodes)
    number = {name: index for index, name in enumerate(names)}
    ticks = [math.ceil(node.estimate * TICKS - 1e-6) for node in graph.nodes.values()]
    unit = math.gcd(*ticks) or 1
    capacity = capacities(plan)
    wanted = [{counter: amount for counter, amount in claim(node) if amount} for node in graph.nodes.values()]
    counters = {counter: index for index, counter in enumerate(sorted(set().union(*wanted)))} if wanted else {}
    return Project(
        names,
        unit / TICKS,
        tuple(length // unit for length in ticks),
        tuple(tuple(number[need] for need in graph.needs[name]) for name in names),
        tuple(tuple(number[one] for one in graph.dependents[name]) for name in names),
        tuple(tuple((counters[counter], amount) for counter, amount in each.items()) for each in wanted),
        tuple(capacity[counter] for counter in counters),
    )
