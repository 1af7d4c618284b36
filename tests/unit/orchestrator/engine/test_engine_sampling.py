"""A task runs again while a criterion is undecided, and every attempt's samples count."""

import pytest
from scripted import Scripted, go, load, measured, statuses

from orchestrator.evidence.verdict import Outcome, Why
from orchestrator.journal.memory import MemoryJournal
from orchestrator.state.events import TaskSampled, TaskStarted
from orchestrator.state.fold import fold

CRITERION = {
    "id": "fast",
    "title": "Fast",
    "metric": "try.speed",
    "target": ">= 10 MB/s",
    "samples": 6,
    "max_samples": 18,
}
WIDE, GOOD, BAD = measured(*(9.0, 12.0, 10.0) * 2), measured(*(15.0, 15.1, 15.2) * 2), measured(*(2.0, 2.1, 2.2) * 2)


def judged(**more):
    return load(
        {"one": {}, "two": {"needs": ["one"]}}, group={"success_criteria": [CRITERION | {"from": "one"} | more]}
    )


def attempts(executor, task="A.one"):
    return [order.attempt for order in executor.orders if order.task == task]


def test_an_undecided_criterion_takes_more_samples_until_it_is_decided():
    executor, journal = Scripted({"A.one": [WIDE, GOOD, GOOD, GOOD]}), MemoryJournal()
    result = go(judged(), executor, journal)
    verdict = result.state.verdicts["A.fast"]
    assert (verdict.outcome, verdict.look, verdict.looks) == (Outcome.PASS, 2, 3)
    assert attempts(executor) == [1, 2]
    assert result.exit_code == 0
    record = result.state.tasks["A.one"]
    assert record.evidence.measurements[0].batches == (6, 6)
    sampled = [one.event for one in journal.read(result.run) if isinstance(one.event, TaskSampled)]
    assert [(event.attempt, event.criteria) for event in sampled] == [(1, ("A.fast",))]


def test_it_stops_at_the_limit_and_the_criterion_stays_unproven():
    executor = Scripted({"A.one": [WIDE]})
    result = go(judged(), executor)
    assert attempts(executor) == [1, 2, 3]
    assert result.state.verdicts["A.fast"].why is Why.INCONCLUSIVE
    assert result.exit_code == 3


@pytest.mark.parametrize(("answer", "outcome"), [(GOOD, Outcome.PASS), (BAD, Outcome.FAIL)])
def test_what_is_decided_at_once_runs_once(answer, outcome):
    executor = Scripted({"A.one": [answer]})
    assert go(judged(), executor).state.verdicts["A.fast"].outcome is outcome
    assert attempts(executor) == [1]


def test_without_a_limit_nothing_runs_twice():
    executor = Scripted({"A.one": [WIDE]})
    go(judged(max_samples=None), executor)
    assert attempts(executor) == [1]


def test_what_needs_the_task_waits_until_it_is_decided_and_sees_all_of_its_evidence():
    executor = Scripted({"A.one": [WIDE, GOOD]})
    go(judged(max_samples=12), executor)
    assert [(order.task, order.attempt) for order in executor.orders] == [("A.one", 1), ("A.one", 2), ("A.two", 1)]
    assert len(executor.orders[-1].inputs[0].measurements[0].data.values) == 12


def test_an_attempt_that_adds_nothing_is_not_repeated():
    from orchestrator.evidence.measurement import Evidence

    executor = Scripted({"A.one": [WIDE, Evidence()]})
    assert statuses(go(judged(), executor))["A.one"] == "succeeded"
    assert attempts(executor) == [1, 2]


def test_a_further_attempt_that_fails_fails_the_task():
    result = go(judged(), Scripted({"A.one": [WIDE, "it broke"]}))
    assert statuses(result) == {"A.one": "failed", "A.two": "skipped"}
    assert result.exit_code == 1


def test_a_run_that_ended_between_two_attempts_keeps_the_samples_of_the_first():
    whole, cut = MemoryJournal(), MemoryJournal()
    run = go(judged(), Scripted({"A.one": [WIDE, GOOD, GOOD]}), whole).run
    kept = [
        one
        for one in whole.read(run)
        if one.seq <= next(e.seq for e in whole.read(run) if isinstance(e.event, TaskSampled))
    ]
    fence = cut.acquire(run)
    cut.append(run, kept)
    cut.release(run, fence)
    executor = Scripted({"A.one": [GOOD]})
    result = go(judged(), executor, cut, resume=run, carry=None)
    assert attempts(executor)[0] == 2
    assert result.state.tasks["A.one"].evidence.measurements[0].data.values[:3] == (9.0, 12.0, 10.0)


def test_the_state_is_the_same_when_it_is_folded_from_the_journal():
    journal = MemoryJournal()
    result = go(judged(), Scripted({"A.one": [WIDE, GOOD]}), journal)
    again = fold(journal.read(result.run))
    assert again.tasks["A.one"].evidence == result.state.tasks["A.one"].evidence
    assert [one.event.attempt for one in journal.read(result.run) if isinstance(one.event, TaskStarted)][:2] == [1, 2]


def test_a_run_cut_at_any_event_and_resumed_keeps_its_samples_and_comes_to_the_same_verdict():
    whole = MemoryJournal()
    run = go(judged(max_samples=12), Scripted({"A.one": [WIDE, GOOD]}), whole).run
    events = whole.read(run)
    sampled = next(one.seq for one in events if isinstance(one.event, TaskSampled))
    for end in range(1, len(events)):
        cut = MemoryJournal()
        fence = cut.acquire(run)
        cut.append(run, events[:end])
        cut.release(run, fence)
        script = [GOOD] if end >= sampled else [WIDE, GOOD]
        result = go(judged(max_samples=12), Scripted({"A.one": script}), cut, resume=run)
        measurement = result.state.tasks["A.one"].evidence.measurements[0]
        assert measurement.data.values == (*WIDE.measurements[0].data.values, *GOOD.measurements[0].data.values), end
        assert (result.state.verdicts["A.fast"].outcome, result.exit_code) == (Outcome.PASS, 0), end


def test_a_changed_plan_forgets_the_samples_of_attempts_before_it():
    whole, cut = MemoryJournal(), MemoryJournal()
    run = go(judged(), Scripted({"A.one": [WIDE, GOOD]}), whole).run
    events = whole.read(run)
    end = next(one.seq for one in events if isinstance(one.event, TaskSampled))
    fence = cut.acquire(run)
    cut.append(run, events[:end])
    cut.release(run, fence)
    changed = load(
        {"one": {"with": {"size": 2}}, "two": {"needs": ["one"]}},
        group={"success_criteria": [CRITERION | {"from": "one"}]},
    )
    result = go(changed, Scripted({"A.one": [GOOD]}), cut, resume=run)
    assert result.state.tasks["A.one"].evidence.measurements[0].data == GOOD.measurements[0].data
