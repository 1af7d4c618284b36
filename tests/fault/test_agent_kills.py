"""An orchestrator that dies at any moment of agents' rounds resumes with the ledger exact, and judges no round
twice.
"""

import importlib.util
import sys
from collections import Counter
from pathlib import Path

import pytest

from orchestrator.engine.finding import find_interrupted
from orchestrator.journal.lease import this_owner
from orchestrator.journal.memory import MemoryJournal
from orchestrator.state.events import HandInJoined, RoundJudged, SpendReserved, TaskStarted
from orchestrator.state.ledger import spent_on

for _name in ("scripted", "scripted_agents"):
    if _name not in sys.modules:
        _place = Path(__file__).parents[1] / "unit" / "orchestrator" / "engine" / f"{_name}.py"
        _spec = importlib.util.spec_from_file_location(_name, _place)
        sys.modules[_name] = importlib.util.module_from_spec(_spec)
        _spec.loader.exec_module(sys.modules[_name])
scripted, agents = sys.modules["scripted"], sys.modules["scripted_agents"]

OTHER = agents.task("other", until=[])
JOIN = {"id": "join", "title": "join", "merge": ["write", "other"], "into": "main"}
PLAN = agents.plan(agents.task(), agents.MEASURE, OTHER, JOIN)


class Died(BaseException):
    """The process is gone: nothing after this line happened."""


class Mortal:
    """A journal whose owner dies at one commit: before it is durable, or right after."""

    def __init__(self, journal, commits, *, durable):
        self.journal, self.left, self.durable = journal, commits, durable

    def __getattr__(self, name):
        return getattr(self.journal, name)

    def append(self, run, envelopes):
        self.left -= 1
        if self.left < 0 or (self.left == 0 and not self.durable):
            raise Died
        self.journal.append(run, envelopes)
        if self.left == 0:
            raise Died

    def release(self, run, fence):
        """The dead give nothing back."""


class ThreeRounds(agents.Agents):
    """The third round is good. `other` clashes once with what is in; what was joined, stays so. Nothing is
    remembered in between.
    """

    def __init__(self):
        super().__init__(calls=1)

    def submit(self, fn, /, order, stop, listener):
        if order.checkout is not None:
            self.script[order.task] = [agents.GOOD if int(order.checkout.commit, 16) >= 3 else agents.BAD]
        if order.merge is not None:
            clashes = [
                each.task for each in order.merge.queue if each.task == "A.other" and int(each.hand_in.commit, 16) < 2
            ]
            self.script[order.task] = [clashes]
        return super().submit(fn, order, stop, listener)


def end_of(state):
    """What must not depend on having died."""
    tasks = {task: (str(each.status), len(each.failures)) for task, each in state.tasks.items()}
    rounds = {task: [(one.number, one.passed) for one in each.rounds] for task, each in state.tasks.items()}
    return tasks, rounds, {name: verdict.outcome for name, verdict in state.verdicts.items()}, state.exit_code


def happened(journal, run, kind):
    return [each.event for each in journal.read(run) if isinstance(each.event, kind)]


def test_a_three_round_run_killed_at_any_commit_resumes_exactly():
    expected = end_of(scripted.go(PLAN, ThreeRounds(), MemoryJournal(), jobs=1).state)
    assert expected[1]["A.write"] == [(1, False), (2, False), (3, True)]
    assert (expected[1]["A.other"], expected[3]) == ([(1, True), (2, False), (3, True)], 0)
    died = 0
    for commit in range(1, 300):
        for durable in (False, True):
            if not die_and_resume(commit, durable, expected):
                assert died > 20
                return
            died += 1
    pytest.fail("the run never ended")


def die_and_resume(commit, durable, expected):
    """Whether the owner died at that commit; then the run was resumed, and the checks are made."""
    dead = set()
    journal = MemoryJournal(alive=lambda owner: owner not in dead)
    first = ThreeRounds()
    try:
        scripted.go(PLAN, first, Mortal(journal, commit, durable=durable), jobs=1)
    except Died:
        dead.add(this_owner())
    else:
        return False
    if not list(journal.runs()) or find_interrupted(journal, "demo") is None:
        return True
    second = ThreeRounds()
    result = scripted.go(PLAN, second, journal, jobs=1, resume=True)
    assert end_of(result.state) == expected, (commit, durable)
    run = result.run
    judged = Counter((each.task, each.round.number) for each in happened(journal, run, RoundJudged))
    assert set(judged.values()) == {1}, (commit, durable)
    started = Counter(each.task for each in happened(journal, run, TaskStarted))
    taken = Counter(order.task for order in (*first.orders, *second.orders) if order.turn)
    reserved = Counter(each.task for each in happened(journal, run, SpendReserved))
    for task in ("A.write", "A.other"):
        spent = spent_on(result.state.tasks[task])
        assert (spent.turns, spent.calls) == (started[task], reserved[task])
        assert started[task] - 1 <= taken[task] <= started[task]
        assert spent.tokens == 10 * (spent.calls - spent.unknown) + 100 * spent.unknown
    assert {each.joined.task for each in happened(journal, run, HandInJoined) if each.joined.commit} == {
        "A.write",
        "A.other",
    }
    return True
