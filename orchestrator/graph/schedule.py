"""The forecast: when each task could start, must start and probably will, from estimates and capacities.

Earliest and latest times and slack are those of the critical path method (Kelley and Walker 1959), which only knows
the order of tasks. `start` and `finish` come from serial list scheduling on top of it. A task starts if it is ready
and fits into the capacities of agents and resources. The task with the least latest start comes first. That is a good
schedule, not a proven shortest one. Everything is in seconds from the start of the run, and the same plan gives the
same forecast.
"""

import heapq
from collections.abc import Mapping
from typing import Final

from orchestrator.graph.model import TaskGraph, TaskNode
from orchestrator.plan.model import Plan
from orchestrator.records import dataclass

ANYTHING: Final = "tasks"
"""The counter of all running tasks."""
NO_SLACK: Final = 1e-6  # seconds; sums of estimates differ by rounding


@dataclass(frozen=True, slots=True)
class TaskForecast:
    """One task's times. slack: how much later it can finish without moving the critical path's end."""

    task: str
    agent: str
    start: float
    finish: float
    earliest_start: float
    earliest_finish: float
    latest_start: float
    latest_finish: float
    slack: float
    critical: bool


@dataclass(frozen=True, slots=True)
class AgentLoad:
    """busy: seconds of work, summed over its tasks. share: busy over what its capacity allows within the makespan, 0
    to 1.
    """

    agent: str
    tasks: int
    busy: float
    capacity: int
    share: float


@dataclass(frozen=True, slots=True)
class Schedule:
    """makespan: with capacities. length: of the critical path, which no capacity can beat. tasks in graph order."""

    tasks: Mapping[str, TaskForecast]
    makespan: float
    length: float
    critical_path: tuple[str, ...]
    load: Mapping[str, AgentLoad]


def forecast(
    plan: Plan, graph: TaskGraph, starts: Mapping[str, float] | None = None, *, at_once: int | None = None
) -> Schedule:
    """The forecast of a whole run. Pure and deterministic. starts: of every task, instead of list scheduling.

    at_once: at most so many tasks run at once, whatever agents and resources allow.
    """
    early = _earliest(graph)
    length = _length(graph, early)
    late = _latest(graph, length)
    if starts is None:  # a task of no duration delays nobody
        starts = _ListSchedule(plan, graph, late, at_once).starts() if length else dict.fromkeys(graph.nodes, 0.0)
    tasks = {
        task: TaskForecast(
            task=task,
            agent=node.agent,
            start=starts[task],
            finish=starts[task] + node.estimate,
            earliest_start=early[task],
            earliest_finish=early[task] + node.estimate,
            latest_start=late[task],
            latest_finish=late[task] + node.estimate,
            slack=max(late[task] - early[task], 0.0),
            critical=late[task] - early[task] <= NO_SLACK,
        )
        for task, node in graph.nodes.items()
    }
    makespan = max((one.finish for one in tasks.values()), default=0.0)
    return Schedule(tasks, makespan, length, _critical_path(graph, early, length), _load(plan, graph, makespan))


def critical_path(graph: TaskGraph) -> tuple[str, ...]:
    """One longest chain, as in the forecast, without a schedule."""
    early = _earliest(graph)
    return _critical_path(graph, early, _length(graph, early))


def _length(graph: TaskGraph, early: Mapping[str, float]) -> float:
    return max((early[task] + node.estimate for task, node in graph.nodes.items()), default=0.0)


def _earliest(graph: TaskGraph) -> dict[str, float]:
    """The start of each task if only its needs delayed it."""
    early: dict[str, float] = {}
    finish: dict[str, float] = {}
    alike: dict[tuple[str, ...], float] = {}  # many tasks often share the same needs
    for task, node in graph.nodes.items():
        needs = graph.needs[task]
        if needs not in alike:
            alike[needs] = max(map(finish.__getitem__, needs), default=0.0)
        early[task] = alike[needs]
        finish[task] = early[task] + node.estimate
    return early


def _latest(graph: TaskGraph, length: float) -> dict[str, float]:
    """The latest start of each task that still lets everything end at `length`."""
    late: dict[str, float] = {}
    alike: dict[tuple[str, ...], float] = {}
    for task in reversed(list(graph.nodes)):
        below = graph.dependents[task]
        if below not in alike:
            alike[below] = min(map(late.__getitem__, below), default=length)
        late[task] = alike[below] - graph.nodes[task].estimate
    return late


def _critical_path(graph: TaskGraph, early: Mapping[str, float], length: float) -> tuple[str, ...]:
    """One longest chain, from its first task to its last; the plan's order breaks ties."""
    finish = {task: early[task] + node.estimate for task, node in graph.nodes.items()}
    task = next((task for task in graph.nodes if finish[task] == length), None)
    path: list[str] = []
    while task is not None:
        path.append(task)
        begin = early[task]
        task = next((need for need in graph.needs[task] if finish[need] == begin), None)
    return tuple(reversed(path))


class _ListSchedule:
    """The start of each task under the capacities.

    Ready tasks wait in one queue per kind of claim (agent and counters). If the first of a queue does not fit, none of
    it does. So a step never looks at every ready task.
    """

    def __init__(self, plan: Plan, graph: TaskGraph, late: Mapping[str, float], at_once: int | None) -> None:
        self._graph = graph
        self._late = late
        self._free = capacities(plan) | ({} if at_once is None else {ANYTHING: at_once})
        place = () if at_once is None else ((ANYTHING, 1),)
        self._rank = {task: index for index, task in enumerate(graph.nodes)}
        self._waiting = {task: len(needs) for task, needs in graph.needs.items()}
        self._claims = {task: (*claim(node), *place) for task, node in graph.nodes.items()}
        self._queues: dict[tuple[tuple[str, int], ...], list[tuple[float, int, str]]] = {}
        self._running: list[tuple[float, int, str]] = []
        self._starts: dict[str, float] = {}

    def starts(self) -> dict[str, float]:
        """When each task starts. Ask once."""
        now = 0.0
        for task, count in self._waiting.items():
            if count == 0:
                self._enqueue(task)
        while len(self._starts) < len(self._graph.nodes):
            self._begin_what_fits(now)
            now = self._end_next()
        return self._starts

    def _enqueue(self, task: str) -> None:
        queue = self._queues.setdefault(self._claims[task], [])
        heapq.heappush(queue, (self._late[task], self._rank[task], task))

    def _begin_what_fits(self, now: float) -> None:
        queues, free = self._queues, self._free
        while fitting := [key for key, queue in queues.items() if queue and _fits(key, free)]:
            key = min(fitting, key=lambda one: queues[one][0])
            task = heapq.heappop(queues[key])[2]
            _take(key, free, 1)
            self._starts[task] = now
            heapq.heappush(self._running, (now + self._graph.nodes[task].estimate, self._rank[task], task))

    def _end_next(self) -> float:
        """End the tasks that end next, all at one time, which is returned."""
        running = self._running
        now, _, task = heapq.heappop(running)
        finished = [task]
        while running and running[0][0] == now:
            finished.append(heapq.heappop(running)[2])
        for task in finished:
            _take(self._claims[task], self._free, -1)
            for dependent in self._graph.dependents[task]:
                self._waiting[dependent] -= 1
                if self._waiting[dependent] == 0:
                    self._enqueue(dependent)
        return now


def capacities(plan: Plan) -> dict[str, int]:
    """The full amount of everything that a `claim` names."""
    full = {f"resource {name}": amount for name, amount in plan.resources.items()}
    return full | {f"agent {name}": agent.capacity for name, agent in plan.agents.items()}


def claim(node: TaskNode) -> tuple[tuple[str, int], ...]:
    """What a task holds while it runs: one place of its agent, and its counters."""
    counters = sorted([(f"resource {name}", amount) for name, amount in node.demand.items()]) if node.demand else []
    return ((f"agent {node.agent}", 1), *counters)


def _fits(key: tuple[tuple[str, int], ...], free: Mapping[str, int]) -> bool:
    return all(free[name] >= amount for name, amount in key)


def _take(key: tuple[tuple[str, int], ...], free: dict[str, int], sign: int) -> None:
    for name, amount in key:
        free[name] -= sign * amount


def _load(plan: Plan, graph: TaskGraph, makespan: float) -> dict[str, AgentLoad]:
    work: dict[str, list[float]] = {name: [] for name in plan.agents}
    for node in graph.nodes.values():
        work[node.agent].append(node.estimate)
    load = {}
    for name, agent in plan.agents.items():
        busy = sum(work[name])
        share = busy / (makespan * agent.capacity) if makespan else 0.0
        load[name] = AgentLoad(name, len(work[name]), busy, agent.capacity, share)
    return load
