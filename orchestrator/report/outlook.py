"""What comes next in a running run: who waits for whom, and what is left of budgets. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from orchestrator.graph.model import TaskGraph
from orchestrator.plan.model import Plan
from orchestrator.report.agentwork import spent_rows
from orchestrator.report.failing import enumerated
from orchestrator.report.model import SpendRow
from orchestrator.state.run import RunState
from orchestrator.state.transitions import Status

BUSY: Final = frozenset({Status.RUNNING, Status.WAITING, Status.HANDED_IN, Status.ASKED})
NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task that is next. why: for whom or for what it waits."""

    task: str
    agent: str
    why: str


@dataclass(frozen=True, slots=True)
class BudgetLeft:
    """What is left of one limit. whose: the run, an agent or a task; of: the limit; both in `unit`."""

    whose: str
    left: float
    of: float
    unit: str


def waiting_of(plan: Plan, graph: TaskGraph, state: RunState) -> Iterator[Waiting]:
    """The tasks that may begin next: those that are ready, and those that wait only for what is under way; in the
    plan's order.
    """
    at_work = Counter(graph.nodes[task].agent for task in state.running if task in graph.nodes)
    for task, node in graph.nodes.items():
        record = state.tasks.get(task)
        if record is None or record.status is not Status.PENDING:
            continue
        open_needs = [need for need in graph.needs[task] if need in state.tasks and not state.tasks[need].settled]
        if any(state.tasks[need].status not in BUSY for need in open_needs):
            continue
        yield Waiting(task, node.agent, _why(plan, graph, node.agent, open_needs, at_work))


def _why(plan: Plan, graph: TaskGraph, agent: str, open_needs: list[str], at_work: Counter[str]) -> str:
    if open_needs:
        return f"after {enumerated([f'{need} ({graph.nodes[need].agent})' for need in open_needs], NAMED)}"
    capacity = plan.agents[agent].capacity if agent in plan.agents else 1
    return f"{agent} is busy" if at_work[agent] >= capacity else "for a free place"


def budgets_left(plan: Plan, graph: TaskGraph, state: RunState) -> Iterator[BudgetLeft]:
    """Every limit that is set, of the run first. What is reserved and not yet settled counts as spent."""
    for row in spent_rows(plan, graph, state):
        for name, limit in row.budget.items():
            yield BudgetLeft(row.whose, max(0.0, limit - _used(row, name)), limit, UNITS[name])


UNITS: Final = {"cost": "USD", "tokens": "tokens", "time": "s", "turns": "turns"}


def _used(row: SpendRow, name: str) -> float:
    spent = row.spent
    used = {
        "cost": spent.cost + spent.open_cost,
        "tokens": spent.tokens + spent.open_tokens,
        "time": spent.seconds,
        "turns": spent.turns,
    }
    return used[name]
