"""A resource-levelled schedule: the shortest that can be found in a given time, and a bound that none can beat.

Two searches work side by side, one thread each. One is a genetic search of our own (`orchestrator.graph.search`). The
other is Google OR-tools' CP-SAT, if the extra `schedule` is installed, which also proves bounds. Both begin with the
list schedule of `forecast`, so neither result is longer.
"""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from orchestrator.graph.model import TaskGraph
from orchestrator.graph.project import TICKS, Project, project_of
from orchestrator.graph.schedule import Schedule, capacities, claim, forecast
from orchestrator.graph.search import Found, search
from orchestrator.plan.model import Plan

LIST: Final = "list scheduling"
GENETIC: Final = "genetic search"
SOLVER: Final = "OR-tools CP-SAT"
HEAD_START: Final = 0.2
"""Share of the time in which the genetic search runs alone. CP-SAT begins with its best schedule."""
LONGEST_START: Final = 2.0
"""The most seconds of it: small projects are proven at once."""
LEAVING: Final = 0.1
"""Seconds kept for composing the schedule."""
LARGEST: Final = 2000
"""The most tasks of a project for the genetic search. With more, a single schedule takes too much of the time."""


@dataclass(frozen=True, slots=True)
class Levelled:
    """schedule: the best one found. bound: seconds, which no schedule can beat.

    method: LIST, or what found or proved the schedule.
    """

    schedule: Schedule
    bound: float
    method: str

    @property
    def gap(self) -> float:
        """How far the schedule can be from the shortest one: (makespan - bound) / bound, 0 if it is proven shortest."""
        left = self.schedule.makespan - self.bound
        return left / self.bound if self.bound and left > 1 / TICKS else 0.0


def solver_installed() -> bool:
    """Whether the extra `schedule` is installed."""
    return find_spec("ortools") is not None


def lower_bound(plan: Plan, graph: TaskGraph, length: float) -> float:
    """Seconds that no schedule can beat: the critical path or, if more, the work of a counter over its capacity."""
    work: dict[str, float] = {}
    for node in graph.nodes.values():
        for name, amount in claim(node):
            work[name] = work.get(name, 0.0) + amount * node.estimate
    full = capacities(plan)
    return max([length, *(load / full[name] for name, load in work.items())])


def level(
    plan: Plan,
    graph: TaskGraph,
    seconds: float,
    tell: Callable[[float], None] = lambda _: None,
    clock: Callable[[], float] = time.monotonic,
) -> Levelled:
    """The best schedule found within `seconds`. Raises nothing; an empty plan has an empty schedule.

    tell: called with the makespan of the list schedule and of every better one, in seconds. The thread that finds a
    schedule calls it.
    """
    began = clock()
    listed = forecast(plan, graph)
    bound = lower_bound(plan, graph, listed.length)
    tell(listed.makespan)
    if listed.makespan <= bound:
        return Levelled(listed, bound, LIST)
    project = project_of(plan, graph)
    first = [project.units(listed.tasks[name].start) for name in project.names]
    work = _Work(project, Found(project.makespan(first), tuple(first)), project.units(bound), tell)
    _search(work, began, max(0.0, seconds - LEAVING), clock)
    if work.method == LIST:
        return Levelled(listed, max(bound, work.bound * project.unit), SOLVER if work.proven else LIST)
    starts = {name: start * project.unit for name, start in zip(project.names, work.best.starts, strict=True)}
    return Levelled(forecast(plan, graph, starts), max(bound, work.bound * project.unit), work.method)


class _Work:
    """What both searches know about each other: the best schedule, and the bound. In units of the project."""

    def __init__(self, project: Project, first: Found, bound: int, tell: Callable[[float], None]) -> None:
        self.project, self.best, self.bound, self.method = project, first, bound, LIST
        self.proven = False
        self.stop: Callable[[], None] = lambda: None
        self._tell = tell
        self._lock = threading.Lock()

    def offer(self, found: Found, method: str) -> None:
        """Take a schedule if it is the best so far."""
        with self._lock:
            if found.makespan < self.best.makespan:
                self.best, self.method = found, method
                self._tell(found.makespan * self.project.unit)

    def raise_bound(self, bound: int) -> None:
        """No schedule is shorter than that."""
        with self._lock:
            self.bound, self.proven = max(self.bound, bound), self.proven or bound >= self.best.makespan

    @property
    def done(self) -> bool:
        """Whether no schedule can be shorter."""
        return self.best.makespan <= self.bound


def _search(work: _Work, began: float, seconds: float, clock: Callable[[], float]) -> None:
    """Both searches, until the time is up or the best is proven. CP-SAT joins in after the head start."""
    solver: threading.Thread | None = None
    latest = seconds - min(LONGEST_START, seconds * HEAD_START)

    def left() -> float:
        return began + seconds - clock()

    def enough() -> bool:
        nonlocal solver
        if solver is None and 0 < left() <= latest and solver_installed():
            solver = threading.Thread(target=_solve, args=(work, left), name="cp-sat", daemon=True)
            solver.start()
        return work.done or left() <= 0

    if len(work.project.names) > LARGEST:
        if solver_installed():
            _solve(work, left)
        return
    chance = random.Random(1)  # noqa: S311 - a schedule is no secret
    search(work.project, work.best, chance, enough, lambda found: work.offer(found, GENETIC))
    work.stop()
    if solver is not None:
        solver.join()


def _solve(work: _Work, left: Callable[[], float]) -> None:
    """CP-SAT in one thread, for schedules shorter than the best so far. left: seconds; the import takes some too."""
    cp_model: Any = import_module("ortools.sat.python.cp_model")
    project, before = work.project, work.best
    model = cp_model.CpModel()
    starts = _constrain(model, project, before)
    seconds = left()
    if seconds <= 0 or work.done:
        return
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.random_seed = 1
    solver.parameters.num_workers = 1
    work.stop = solver.stop_search
    status = solver.solve(model)
    if status in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        at = tuple(solver.value(variable) for variable in starts)
        work.offer(Found(project.makespan(at), at), SOLVER)
    if status != cp_model.MODEL_INVALID:
        work.raise_bound(before.makespan if status == cp_model.INFEASIBLE else round(solver.best_objective_bound))


def _constrain(model: Any, project: Project, best: Found) -> list[Any]:  # noqa: ANN401 - OR-tools' own
    """Order and capacities, with the best schedule as a hint. Returns the variables of the tasks' starts."""
    horizon = best.makespan
    starts = [model.new_int_var(0, horizon, name) for name in project.names]
    spans = [
        model.new_fixed_size_interval_var(start, length, f"span of {name}")
        for start, length, name in zip(starts, project.lengths, project.names, strict=True)
    ]
    end = model.new_int_var(0, horizon, "end")
    for task, start in enumerate(starts):
        model.add(start + project.lengths[task] <= end)
        for need in project.before[task]:
            model.add(start >= starts[need] + project.lengths[need])
        model.add_hint(start, best.starts[task])
    for counter, full in enumerate(project.full):
        held = [
            (spans[task], amount)
            for task, demand in enumerate(project.demands)
            for one, amount in demand
            if one == counter
        ]
        model.add_cumulative([span for span, _ in held], [amount for _, amount in held], full)
    model.minimize(end)
    return starts
