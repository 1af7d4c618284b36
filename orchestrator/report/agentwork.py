"""Rows about agents' tasks, their rounds and their cost, for everything that shows a run. Pure."""

from collections.abc import Iterator, Mapping
from typing import Final

from orchestrator.graph.model import TaskGraph
from orchestrator.plan.handins import briefed
from orchestrator.plan.model import Plan
from orchestrator.records import dataclass
from orchestrator.report.model import SpendRow
from orchestrator.state.ledger import spent_by, spent_in, spent_on
from orchestrator.state.rounds import SILENT
from orchestrator.state.run import RunState, TaskRecord
from orchestrator.state.spending import Spending
from orchestrator.state.transitions import Status

STANDS: Final[Mapping[Status, str]] = {
    Status.PENDING: "not begun",
    Status.RUNNING: "at work",
    Status.HANDED_IN: "waits to be measured",
    Status.WAITING: "waits to try again",
    Status.ASKED: "waits for a person",
    Status.ANSWERED: "answered by a person",
    Status.SUCCEEDED: "accepted",
    Status.FAILED: "not accepted",
    Status.SKIPPED: "skipped",
    Status.CANCELLED: "cancelled",
}
"""An agent's task in words; what is pending after a refused round waits for its next one."""


@dataclass(frozen=True, slots=True)
class AgentTask:
    """An agent's task now. round: the one under way, or the last; 0 before the first. of: how many it may have.

    stands: in words. commit: of the latest hand-in, "" without one. why: the latest refusal. silent: its agent said
    nothing for longer than the plan allows without a remark.
    """

    task: str
    agent: str
    round: int
    of: int
    stands: str
    commit: str
    why: str
    silent: bool
    spent: Spending


def agent_tasks(plan: Plan, graph: TaskGraph, state: RunState) -> Iterator[AgentTask]:
    """The tasks that are done from a brief, in the plan's order."""
    for task, spec in briefed(plan).items():
        record = state.tasks.get(task)
        if record is not None and task in graph.nodes:
            last = record.rounds[-1] if record.rounds else None
            yield AgentTask(
                task=task,
                agent=graph.nodes[task].agent,
                round=round_of(record),
                of=spec.rounds,
                stands=stands(record),
                commit=commit_of(record),
                why=last.why if last else "",
                silent=is_silent(record),
                spent=spent_on(record),
            )


def round_of(record: TaskRecord) -> int:
    """The round under way or about to begin; of a task that is settled the last one. 0 before the first."""
    open_ = record.status in {Status.RUNNING, Status.HANDED_IN} or (record.rounds and not record.settled)
    return len(record.rounds) + bool(open_)


def stands(record: TaskRecord) -> str:
    """How an agent's task stands, in words."""
    if is_silent(record):
        return "at work, silent"
    if record.status is Status.PENDING and record.rounds:
        return "waits for its next round"
    return STANDS[record.status]


def is_silent(record: TaskRecord) -> bool:
    """Whether its agent is at work, and the last that is known of it is that it says nothing."""
    return record.status is Status.RUNNING and bool(record.notes) and record.notes[-1].startswith(SILENT)


def commit_of(record: TaskRecord) -> str:
    """The latest commit that was handed in, "" if there is none."""
    if record.hand_in is not None:
        return record.hand_in.commit
    return next((one.hand_in.commit for one in reversed(record.rounds) if one.hand_in), "")


def spent_rows(plan: Plan, graph: TaskGraph, state: RunState) -> Iterator[SpendRow]:
    """What agents' work cost: the run, then each agent, then each task; nothing where no task is done from a brief."""
    doers = {task: graph.nodes[task].agent for task in briefed(plan) if task in graph.nodes}
    if not doers:
        return
    yield SpendRow("the run", plan.budget.model_dump(exclude_none=True), spent_in(state, doers))
    for name in dict.fromkeys(doers.values()):
        limits = plan.agents[name].budget.model_dump(exclude_none=True)
        yield SpendRow(f"agent {name}", limits, spent_by(state, doers, name))
    for task in doers:
        if task in state.tasks:
            limits = graph.nodes[task].task.budget.model_dump(exclude_none=True)
            yield SpendRow(task, limits, spent_on(state.tasks[task]))
