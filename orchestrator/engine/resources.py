"""Counters that tasks hold while they run: the plan's resources, each agent's capacity, and the number of jobs."""

import os
from collections.abc import Collection, Mapping

from orchestrator.graph.model import TaskGraph, TaskNode
from orchestrator.plan.model import Plan
from orchestrator.records import dataclass

JOBS = "jobs"
Demand = tuple[tuple[str, int], ...]
"""How much of which counter, sorted by name."""


@dataclass(slots=True)
class Slots:
    """What is free. `free` holds every counter. A demand on a counter that does not exist is not limited."""

    free: dict[str, int]

    def fits(self, demand: Demand) -> bool:
        """Whether all of the demand is free now."""
        for name, amount in demand:  # noqa: SIM110 - `all` over a generator takes three times as long, at every start
            if self.free.get(name, amount) < amount:
                return False
        return True

    def take(self, demand: Demand) -> None:
        """Hold the demand."""
        for name, amount in demand:
            if name in self.free:
                self.free[name] -= amount

    def give(self, demand: Demand) -> None:
        """Release the demand."""
        for name, amount in demand:
            if name in self.free:
                self.free[name] += amount

    def copy(self) -> "Slots":
        """A copy of the counters, for trying something out."""
        return Slots(dict(self.free))


def capacities(plan: Plan, jobs: int | None) -> dict[str, int]:
    """All counters at their full value.

    jobs: how many tasks at once. None leaves it to the plan's `cpu`. If the plan has no `cpu`, the number of
    processors counts.
    """
    full = {**plan.resources, **{f"agent {name}": agent.capacity for name, agent in plan.agents.items()}}
    if jobs is not None or "cpu" not in plan.resources:
        full[JOBS] = max(1, jobs or os.cpu_count() or 1)
    return full


def demands(graph: TaskGraph, full: Mapping[str, int], elsewhere: Collection[str] = ()) -> dict[str, Demand]:
    """What each task holds while it runs. A task that asks for more than there is takes all of it, and so runs.

    elsewhere: agents who work somewhere else, or wait: their tasks hold nothing of this machine.
    """
    return {
        task: ((f"agent {node.agent}", 1),) if node.agent in elsewhere and node.task.brief else _demand(node, full)
        for task, node in graph.nodes.items()
    }


def _demand(node: TaskNode, full: Mapping[str, int]) -> Demand:
    asked = {**node.demand, f"agent {node.agent}": 1, JOBS: 1}
    bounded = {name: min(amount, full.get(name, amount)) for name, amount in asked.items()}
    return tuple(sorted([(name, amount) for name, amount in bounded.items() if amount > 0]))
