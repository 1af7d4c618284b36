"""The progress of a running run, for the top of its served page. Pure."""

from dataclasses import dataclass
from itertools import islice
from typing import Final

from orchestrator.graph.model import TaskGraph
from orchestrator.graph.rest import longest_rest, remaining, seconds_left
from orchestrator.plan.model import Plan
from orchestrator.report.outlook import BudgetLeft, Waiting, budgets_left, waiting_of
from orchestrator.state.run import RunState, TaskRecord
from orchestrator.state.transitions import Status

MOST_WAITS: Final = 8


@dataclass(frozen=True, slots=True)
class Working:
    """A task under way. seconds: since it began, or until its next attempt where it waits for that."""

    task: str
    agent: str
    attempt: int
    seconds: float
    waits: bool
    said: str


@dataclass(frozen=True, slots=True)
class Progress:
    """seconds: since this turn of the run began. rest: seconds still to go, None while nothing tells; until: when that
    is.

    path: seconds of the longest chain of what is left. waits: what is next; budgets: what is left of them.
    """

    settled: int
    failed: int
    total: int
    seconds: float
    rest: float | None
    until: float | None
    working: tuple[Working, ...]
    path: float | None
    waits: tuple[Waiting, ...]
    budgets: tuple[BudgetLeft, ...]


def progress_of(plan: Plan, graph: TaskGraph, state: RunState, at: float, mono: float) -> Progress:
    """As of this moment. at: wall clock seconds; mono: those of its owner's monotonic clock."""
    records = [state.tasks[task] for task in graph.nodes if task in state.tasks]
    working = tuple(_working(graph, one, mono) for one in records if one.status in {Status.RUNNING, Status.WAITING})
    spent = {one.id: one.seconds for one in records if one.status is Status.SUCCEEDED and one.seconds is not None}
    running = {one.task: one.seconds for one in working if not one.waits}
    pauses = {one.task: one.seconds for one in working if one.waits}
    left = seconds_left(graph, spent, running, {one.id for one in records if one.settled}, state.expected)
    rest = None if left is None else remaining(graph, left, len(running), pauses)
    begun = state.turns[-1].at if state.turns else at
    return Progress(
        settled=sum(one.settled for one in records),
        failed=sum(one.status is Status.FAILED for one in records),
        total=len(graph.nodes),
        seconds=max(0.0, at - begun),
        rest=rest,
        until=None if rest is None else at + rest,
        working=working,
        path=None if left is None else longest_rest(graph, left, pauses),
        waits=tuple(islice(waiting_of(plan, graph, state), MOST_WAITS)),
        budgets=tuple(budgets_left(plan, graph, state)),
    )


def _working(graph: TaskGraph, record: TaskRecord, mono: float) -> Working:
    waits = record.status is Status.WAITING
    since, due = record.started_mono, record.due
    seconds = (due - mono if due is not None else 0.0) if waits else (mono - since if since is not None else 0.0)
    said = record.notes[-1] if record.notes else ""
    return Working(record.id, graph.nodes[record.id].agent, record.attempt + waits, max(0.0, seconds), waits, said)
