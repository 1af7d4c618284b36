"""A resource-levelled schedule: the shortest that can be found, and a bound that none can beat.

The problem is resource-constrained project scheduling (RCPSP; Brucker et al. 1999): tasks of fixed length, an order, and
counters of fixed capacity, of which an agent's places are one. It is solved by Google OR-tools' CP-SAT where the extra `schedule` is installed, starting from
the list schedule of `forecast`; without it, that list schedule stands.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from orchestrator.graph.model import TaskGraph
from orchestrator.graph.schedule import Schedule, capacities, claim, forecast
from orchestrator.plan.model import Plan

TICKS: Final = 1000  # per second: the solver counts in whole milliseconds, as plans write estimates
LIST: Final = "list scheduling"
SOLVER: Final = "OR-tools CP-SAT"


@dataclass(frozen=True, slots=True)
class Levelled:
    """schedule: the best found. bound: seconds, which no schedule can beat. method: LIST or SOLVER."""

    schedule: Schedule
    bound: float
    method: str

    @property
    def gap(self) -> float:
        """How far the schedule may be from the shortest one: (makespan - bound) / bound, 0 where it is proven shortest."""
        left = self.schedule.makespan - self.bound
        return left / self.bound if self.bound and left > 1 / TICKS else 0.0


def solver_installed() -> bool:
    """Whether the extra `schedule` is there."""
    return find_spec("ortools") is not None


def lower_bound(plan: Plan, graph: TaskGraph, length: float) -> float:
    """Seconds that no schedule can beat: the critical path, or the work of a counter over its capacity, if that is more."""
    work: dict[str, float] = {}
    for node in graph.nodes.values():
        for name, amount in claim(node):
            work[name] = work.get(name, 0.0) + amount * node.estimate
    full = capacities(plan)
    return max([length, *(load / full[name] for name, load in work.items())])


def level(plan: Plan, graph: TaskGraph, seconds: float) -> Levelled:
    """The best schedule found within `seconds`. Raises nothing; an empty plan has an empty schedule."""
    listed = forecast(plan, graph)
    bound = lower_bound(plan, graph, listed.length)
    if not solver_installed() or listed.makespan <= bound:
        return Levelled(listed, bound, LIST)
    starts, proven = _solve(plan, graph, listed, seconds)
    return Levelled(forecast(plan, graph, starts), max(bound, proven), SOLVER)


def _solve(plan: Plan, graph: TaskGraph, listed: Schedule, seconds: float) -> tuple[Mapping[str, float], float]:
    """Starts, and the solver's own bound, both in seconds."""
    cp_model: Any = import_module("ortools.sat.python.cp_model")
    model = cp_model.CpModel()
    horizon = _ticks(listed.makespan)
    length = {name: _ticks(node.estimate) for name, node in graph.nodes.items()}
    start = {name: model.new_int_var(0, horizon, name) for name in graph.nodes}
    spans = {name: model.new_fixed_size_interval_var(start[name], length[name], name) for name in graph.nodes}
    end = model.new_int_var(0, horizon, "end")
    for name, needs in graph.needs.items():
        model.add(start[name] + length[name] <= end)
        for need in needs:
            model.add(start[name] >= start[need] + length[need])
        model.add_hint(start[name], _ticks(listed.tasks[name].start))
    for counter, full in capacities(plan).items():
        held = [(spans[name], dict(claim(node)).get(counter, 0)) for name, node in graph.nodes.items()]
        if any(amount for _, amount in held):
            model.add_cumulative(
                [span for span, amount in held if amount], [amount for _, amount in held if amount], full
            )
    model.minimize(end)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.random_seed = 1
    found = solver.solve(model)
    if found not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return {name: one.start for name, one in listed.tasks.items()}, 0.0
    return {
        name: solver.value(variable) / TICKS for name, variable in start.items()
    }, solver.best_objective_bound / TICKS


def _ticks(seconds: float) -> int:
    return math.ceil(seconds * TICKS - 1e-6)
