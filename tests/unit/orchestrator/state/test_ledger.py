"""The ledger: what was spent, what is reserved, and what is left of a budget."""

from orchestrator.plan.agent_model import Budget
from orchestrator.state.ledger import left_of, spent_by, spent_on
from orchestrator.state.run import RunState, TaskRecord
from orchestrator.state.spending import Reserved, Settled, Spending
from orchestrator.state.transitions import Status


def record(status=Status.RUNNING, attempt=1, settled=()):
    made = TaskRecord("A.it", status=status, attempt=attempt)
    made.calls.reserve(1, Reserved(1, "openai", "m", 100, 0.5))
    made.calls.reserve(1, Reserved(2, "openai", "m", 50))
    for each in settled:
        made.calls.settle(1, each)
    return made


def test_a_call_under_way_is_reserved_and_not_spent():
    spent = spent_on(record(settled=[Settled(1, 7, 3, cost=0.1)]))
    assert (spent.tokens, spent.cost, spent.calls, spent.open_tokens, spent.unknown) == (10, 0.1, 2, 50, 0)


def test_a_call_that_was_under_way_when_its_orchestrator_died_is_charged_as_reserved_and_told_as_unknown():
    spent = spent_on(record(Status.PENDING))
    assert (spent.tokens, spent.cost, spent.unknown, spent.unpriced, spent.open_tokens) == (150, 0.5, 2, 1, 0)
    assert spent_on(record(Status.RUNNING, attempt=2)).unknown == 2


def test_usage_that_nobody_told_is_charged_as_reserved_and_never_as_zero():
    spent = spent_on(record(settled=[Settled(1, 0, 0, known=False), Settled(2, 1, 1)]))
    assert (spent.tokens, spent.cost, spent.unknown, spent.unpriced) == (102, 0.5, 1, 1)


def test_a_call_that_was_never_reserved_costs_nothing_and_one_that_is_settled_twice_counts_once():
    spent = spent_on(record(settled=[Settled(3, 7, 3, cost=0.1), Settled(1, 7, 3, cost=0.1), Settled(1, 900, 3)]))
    assert (spent.calls, spent.tokens, spent.open_tokens) == (2, 10, 50)


def test_what_is_asked_before_each_call_does_not_grow_with_the_calls_that_are_over():
    made = record()
    for number in range(3, 1000):
        made.calls.reserve(1, Reserved(number, "openai", "m", 50))
        made.calls.settle(1, Settled(number, 1, 1))
    assert spent_on(made).calls == 999
    assert list(made.calls.open) == [(1, 1), (1, 2)]


def test_what_an_agent_spent_is_the_sum_over_its_tasks_and_no_others():
    state = RunState()
    state.tasks = {"A.it": record(Status.PENDING), "A.other": record(Status.PENDING, attempt=3)}
    assert spent_by(state, {"A.it": "X", "A.other": "Y", "A.gone": "X"}, "X").turns == 1
    assert spent_by(state, {"A.it": "X", "A.other": "X"}, "X").turns == 4


def test_the_tightest_budget_counts_with_what_is_reserved():
    spent = Spending(turns=1, seconds=10.0, tokens=40, cost=0.25, open_tokens=20, open_cost=0.25)
    left = left_of(
        [("a", Budget(tokens=100, cost=2.0), spent), ("b", Budget(tokens=1000, cost=1.0, time="30s"), spent)]
    )
    assert (left.tokens, left.cost, left.seconds, left.reason) == (40, 0.5, 20.0, "")


def test_a_budget_that_is_used_up_says_whose_it_is_and_how_much():
    left = left_of([("agent X", Budget(tokens=40, turns=1), Spending(turns=1, tokens=41))])
    assert (left.reason, left.only_turns) == ("the budget of agent X is used up: 41 of 40 tokens", False)
    left = left_of([("agent X", Budget(turns=1), Spending(turns=1))])
    assert (left.reason, left.only_turns) == ("the budget of agent X is used up: 1 of 1 turns", True)


def test_no_budget_is_no_limit():
    left = left_of([("a", Budget(), Spending(10, 1e9, 10**12, 1e6))])
    assert (left.tokens, left.cost, left.seconds, left.reason) == (None, None, None, "")


def test_used_up_turns_do_not_hide_another_budget_that_is_used_up_too():
    """Else the last turn, which may go on, could spend without end."""
    budgets = [("the task", Budget(turns=1), Spending(turns=1)), ("the run", Budget(tokens=10), Spending(tokens=11))]
    left = left_of(budgets)
    assert (left.only_turns, "tokens" in left.reason) == (False, True)


def test_the_last_turn_keeps_to_what_is_left_of_everything_else():
    left = left_of(
        [("the task", Budget(turns=1, tokens=100, time="60s"), Spending(turns=1, tokens=30, open_tokens=10))]
    )
    assert (left.only_turns, left.tokens, left.seconds) == (True, 60, 60.0)
