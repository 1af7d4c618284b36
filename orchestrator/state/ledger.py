"""The ledger: what was spent on a task, by an agent and in the run, and what is left of a budget.

Pure: a fold over what is recorded.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from orchestrator.plan.model import Budget
from orchestrator.state.run import RunState, TaskRecord
from orchestrator.state.spending import Reserved, Settled, Spending
from orchestrator.state.transitions import Status


@dataclass(frozen=True, slots=True)
class Left:
    """What a turn may still use; None is no limit.

    reason: why nothing is left, "" while something is. only_turns: only the number of turns is used up, so the last
    turn may go on.
    """

    seconds: float | None = None
    tokens: int | None = None
    cost: float | None = None
    reason: str = ""
    only_turns: bool = False


def spent_on(record: TaskRecord) -> Spending:
    """What the turns of a task cost so far.

    A call that was reserved and never settled is charged as reserved once its attempt is over.
    """
    running = record.status is Status.RUNNING
    total = Spending(turns=record.attempt, seconds=record.turn_seconds)
    for (attempt, call), reserved in record.reserved.items():
        total += _call(reserved, record.settled_calls.get((attempt, call)), open_=running and attempt == record.attempt)
    return total


def spent_by(state: RunState, agents: Mapping[str, str], agent: str) -> Spending:
    """What an agent's turns cost. agents: the agent of each task that is done from a brief."""
    return _total(state.tasks[task] for task, name in agents.items() if name == agent and task in state.tasks)


def spent_in(state: RunState, agents: Mapping[str, str]) -> Spending:
    """What all turns of the run cost."""
    return _total(state.tasks[task] for task in agents if task in state.tasks)


def left_of(budgets: Iterable[tuple[str, Budget, Spending]]) -> Left:
    """What the tightest of the budgets leaves. Each budget comes with its owner and what was spent of it."""
    seconds: list[float] = []
    tokens: list[int] = []
    cost: list[float] = []
    no_turns = ""
    for whose, budget, spent in budgets:
        if reason := _used_up(whose, budget, spent):
            if not reason.endswith(" turns"):
                return Left(reason=reason)
            no_turns = no_turns or reason  # the last turn may go on, within what is left of everything else
        if budget.time is not None:
            seconds.append(budget.time - spent.seconds)
        if budget.tokens is not None:
            tokens.append(budget.tokens - spent.tokens - spent.open_tokens)
        if budget.cost is not None:
            cost.append(budget.cost - spent.cost - spent.open_cost)
    least = (min(seconds, default=None), min(tokens, default=None), min(cost, default=None))
    return Left(*least, reason=no_turns, only_turns=bool(no_turns))


def _used_up(whose: str, budget: Budget, spent: Spending) -> str:
    parts = (
        (budget.time, spent.seconds, "seconds"),
        (budget.tokens, spent.tokens, "tokens"),
        (budget.cost, spent.cost, "USD"),
        (budget.turns, spent.turns, "turns"),  # last: the current turn is already counted, and may go on
    )
    for limit, used, unit in parts:
        if limit is not None and used >= limit:
            return f"the budget of {whose} is used up: {used:,.6g} of {limit:,.6g} {unit}"
    return ""


def _call(reserved: Reserved, settled: Settled | None, *, open_: bool) -> Spending:
    if settled is None and open_:
        return Spending(calls=1, open_tokens=reserved.tokens, open_cost=reserved.cost or 0.0)
    if settled is None or not settled.known:
        unpriced = int(reserved.cost is None)
        return Spending(calls=1, unknown=1, unpriced=unpriced, tokens=reserved.tokens, cost=reserved.cost or 0.0)
    tokens = settled.input_tokens + settled.output_tokens
    return Spending(calls=1, unpriced=int(settled.cost is None), tokens=tokens, cost=settled.cost or 0.0)


def _total(records: Iterable[TaskRecord]) -> Spending:
    total = Spending()
    for record in records:
        total += spent_on(record)
    return total
