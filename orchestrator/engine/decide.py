"""What to do next. Pure: no clock, no thread, no disk.

The frontier is kept, not searched for. It holds how many needs of each task are still open, and which tasks are ready,
by demand. So a step costs what changed, not the size of the graph. Ready tasks start longest remaining path first (the
sum of estimates down to the end), with ties in plan order. The forecast uses the same list scheduling.
"""

import heapq
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from orchestrator.engine.reconcile import NOT_ASKED_FOR
from orchestrator.engine.resources import Demand, Slots
from orchestrator.engine.triggers import all_succeeded, culprit, ended, satisfied
from orchestrator.graph.model import TaskGraph, TaskNode
from orchestrator.records import dataclass
from orchestrator.state.run import RunState
from orchestrator.state.transitions import SETTLED, Status

NO_INSTRUMENTS: Final[Mapping[str, Collection[str]]] = {}


@dataclass(frozen=True, slots=True)
class Start:
    """Begin an attempt at the task."""

    task: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Skip:
    """Record that the task will not run."""

    task: str
    reason: str
    culprit: str | None


@dataclass(frozen=True, slots=True)
class Requeue:
    """The delay before the task's next attempt is over."""

    task: str


Instruction = Start | Skip | Requeue


class Frontier:
    """The edge between what is done and what is not.

    state: the run's state, which its owner updates before it calls `changed`. demands: what each task holds. excluded:
    tasks that were not asked for (`--only`, `--until`), and so are skipped. instruments: for each task that leaves a
    hand-in, the tasks that measure it.
    """

    def __init__(
        self,
        graph: TaskGraph,
        state: RunState,
        demands: Mapping[str, Demand],
        excluded: Collection[str] = (),
        instruments: Mapping[str, Collection[str]] = NO_INSTRUMENTS,
    ) -> None:
        self._graph = graph
        self._instruments = instruments
        self._state = state
        self._demands = demands
        self._declared = graph.declared or graph.needs  # trigger rules consider every need that the plan states
        self._excluded = frozenset(excluded)
        self._rank = ranks(graph)
        self._open = _open_needs(graph, state)
        for task in instruments:
            self._recount(task)
        self._decidable: list[str] = []
        self._ready: dict[Demand, list[tuple[tuple[float, int], str]]] = {}
        self._waiting: list[tuple[float, str]] = []
        for task in graph.nodes:
            self._place(task)

    def changed(self, task: str) -> None:
        """Take note that an event changed the task's status."""
        if task in self._instruments:
            self._recount(task)
            waiting = [each for each in self._graph.dependents[task] if self._open[each] == 0]
            for each in (task, *waiting):
                self._place(each)
        elif self._state.tasks[task].status in SETTLED:
            for dependent in self._graph.dependents[task]:
                self._open[dependent] -= 1
                if self._open[dependent] == 0:
                    self._place(dependent)
        else:
            self._place(task)

    def reopened(self, task: str) -> None:
        """Take note that a settled task has to run again. No task that waits for it has started."""
        self._recount(task)
        self._place(task)

    def _recount(self, task: str) -> None:
        """Count again the open needs of the tasks that wait for this one."""
        for dependent in self._graph.dependents[task]:
            if self._open[dependent] >= 0:  # negative: nothing more may start
                self._open[dependent] = sum(not self._met(need, dependent) for need in self._graph.needs[dependent])

    def _met(self, need: str, dependent: str) -> bool:
        """Whether a need is met: it is settled or, for an instrument that measures it, handed in."""
        status = self._state.tasks[need].status
        return status in SETTLED or (status is Status.HANDED_IN and dependent in self._instruments.get(need, ()))

    def decide(self, free: Slots, now: float) -> list[Instruction]:
        """Everything to carry out now. Record it, then call again: a skip can settle what another task waits for."""
        settled = self._skips()
        return settled or [*self._requeues(now), *self._starts(free.copy())]

    def clear(self) -> None:
        """Let nothing more start."""
        self._decidable, self._ready, self._waiting = [], {}, []
        self._open = dict.fromkeys(self._open, -1)

    def next_due(self) -> float | None:
        """The monotonic time of the next requeue, None when no task waits."""
        return self._waiting[0][0] if self._waiting else None

    def _place(self, task: str) -> None:
        record = self._state.tasks[task]
        if record.status is Status.WAITING:
            heapq.heappush(self._waiting, (record.due or 0.0, task))
        elif record.status is Status.PENDING and self._open[task] == 0:
            self._decidable.append(task)

    def _skips(self) -> list[Instruction]:
        """Sort what became decidable into ready and skipped."""
        skips: list[Instruction] = []
        for task in self._decidable:
            skip = why_not(self._graph.nodes[task], self._state, self._declared[task], excluded=task in self._excluded)
            if skip is not None:
                skips.append(skip)
            else:
                heapq.heappush(self._ready.setdefault(self._demands[task], []), (self._rank[task], task))
        self._decidable = []
        return skips

    def _requeues(self, now: float) -> list[Instruction]:
        due: list[Instruction] = []
        while self._waiting and self._waiting[0][0] <= now:
            due.append(Requeue(heapq.heappop(self._waiting)[1]))
        return due

    def _starts(self, free: Slots) -> list[Instruction]:
        """Tasks with the same demand share one queue, and only the heads of queues whose demand fits compete."""
        starts: list[Instruction] = []
        begun: set[str] = set()
        while True:
            fitting = [demand for demand, queue in self._ready.items() if queue and free.fits(demand)]
            if not fitting:
                return starts
            demand = min(fitting, key=lambda each: self._ready[each][0])
            task = heapq.heappop(self._ready[demand])[1]
            if self._open[task] > 0 or task in begun or self._state.tasks[task].status is not Status.PENDING:
                continue  # what it waits for was returned to its agent meanwhile, and it may stand here twice since
            begun.add(task)
            free.take(demand)
            starts.append(Start(task, self._state.tasks[task].attempt + 1))


def decide(
    graph: TaskGraph, state: RunState, demands: Mapping[str, Demand], free: Slots, now: float
) -> list[Instruction]:
    """What to do next in this state, from scratch."""
    return Frontier(graph, state, demands).decide(free, now)


def why_not(node: TaskNode, state: RunState, declared: Sequence[str], *, excluded: bool = False) -> Skip | None:
    """Why a task whose needs (`declared`) are all settled is skipped; None if it runs."""
    task = node.id
    if excluded:
        return Skip(task, NOT_ASKED_FOR, None)
    if not node.task.if_:
        return Skip(task, "its condition `if` is false", None)
    rule = node.task.trigger_rule
    needs = [state.tasks[need] for need in declared]
    if all_succeeded(needs):
        return None  # whatever the rule
    if satisfied(rule, [ended(need) for need in needs]):
        return None
    blamed = culprit(needs)
    cause = f"{blamed} {state.tasks[blamed].status}" if blamed else "what it needs was skipped"
    return Skip(task, f"{cause}, and its trigger rule is {rule}", blamed)


def ranks(graph: TaskGraph) -> dict[str, tuple[float, int]]:
    """Sort keys: the task with the longest remaining path of estimates comes first, ties in the graph's order."""
    remaining: dict[str, float] = {}
    longest: dict[tuple[str, ...], float] = {}  # by the set of tasks that wait; many tasks share one
    for task in reversed(tuple(graph.nodes)):
        below = graph.dependents[task]
        if below not in longest:
            longest[below] = max(map(remaining.__getitem__, below), default=0.0)
        remaining[task] = graph.nodes[task].estimate + longest[below]
    return {task: (-remaining[task], place) for place, task in enumerate(graph.nodes)}


def _open_needs(graph: TaskGraph, state: RunState) -> dict[str, int]:
    """How many needs of each task are not settled."""
    count = {task: len(graph.needs[task]) for task in graph.nodes}
    for task, record in state.tasks.items():
        if record.status in SETTLED and task in graph.nodes:
            for dependent in graph.dependents[task]:
                count[dependent] -= 1
    return count
