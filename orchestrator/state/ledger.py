"""The ledger: what was spent on a task, by an agent and in the run, and what is left of a budget.

Pure: a fold over what is recorded.
"""

from collections.abc import Iterable, Iterator, Mapping

from orchestrator.plan.agent_model import Budget
from orchestrator.records import dataclass
from orchestrator.state.run import RunState, TaskRecord
from orchestrator.state.spending import Reserved, Spending, charge, total
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
    if record.spent is None:
        record.spent = total(_parts(record))
    return record.spent


def spent_by(state: RunState, agents: Mapping[str, str], agent: str) -> Spending:
    """What an agent's turns cost. agents: the agent of each task that is done from a brief."""
    return total(spent_on(state.tasks[task]) for task, name in agents.items() if name == agent and task in state.tasks)


def spent_in(state: RunState, agents: Mapping[str, str]) -> Spending:
    """What all turns of the run cost."""
    return total(spent_on(state.tasks[task]) for task in agents if task in state.tasks)


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


def _parts(record: TaskRecord) -> Iterator[Spending]:
    yield Spending(turns=record.attempt, seconds=record.turn_seconds)
    yield record.calls.settled
    under_way = record.attempt if record.status is Status.RUNNING else 0
    for (attempt, _), reserved in record.calls.open.items():
        yield _held(reserved) if attempt == under_way else charge(reserved, None)


def _held(reserved: Reserved) -> Spending:
    return Spending(calls=1, open_tokens=reserved.tokens, open_cost=reserved.cost or 0.0)
