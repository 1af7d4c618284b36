"""A run that is taken up under a contract that asks for less says so, and passes only where that was accepted."""

import pytest
from scripted import RUNNERS, Scripted, go, load, measured

from orchestrator.engine.contract import describe, loosened_in
from orchestrator.evidence.verdict import Outcome, Why
from orchestrator.journal.codec import decode_event, encode_event
from orchestrator.journal.memory import MemoryJournal
from orchestrator.report import build_report, render_markdown, render_summary
from orchestrator.report.junit import to_junit
from orchestrator.report.verify import Standing, verify
from orchestrator.state.events import RunFinished, TaskSucceeded
from orchestrator.state.fold import fold

FAST = {"id": "fast", "title": "Fast", "metric": "try.speed", "target": ">= 50 MB/s", "samples": 3}
METRICS = {metric.name: metric for runner in RUNNERS.values() for metric in runner.metrics}


def contract(*criteria, tasks=None, **more):
    return load(tasks or {"one": {}, "two": {"needs": ["one"]}}, group={"success_criteria": list(criteria)}, **more)


def taken_up(first, *then, accept=False, finished=False):
    """A run of the first plan that stopped after task one had measured 10 to 12 MB/s, resumed with each of the
    others.
    """
    whole, journal = MemoryJournal(), MemoryJournal()
    run = go(first, Scripted(), whole).run
    events = whole.read(run)
    end = next(one.seq for one in events if isinstance(one.event, TaskSucceeded))
    fence = journal.acquire(run)
    journal.append(run, events if finished else events[:end])
    journal.release(run, fence)
    result = None
    for plan in then:
        result = go(plan, Scripted(), journal, resume=run, accept_loosened=accept)
    return result


LOOSER = {
    "a lower target": FAST | {"target": ">= 5 MB/s"},
    "the other way round": FAST | {"target": "<= 50 MB/s"},
    "another unit": FAST | {"target": ">= 5 kB/s"},
    "a wide tolerance": FAST | {"target": "== 11 MB/s", "tolerance": 30},
}


@pytest.mark.parametrize("criterion", LOOSER.values(), ids=LOOSER)
def test_a_criterion_loosened_after_it_was_measured_does_not_pass(criterion):
    result = taken_up(contract(FAST), contract(criterion))
    verdict = result.state.verdicts["A.fast"]
    assert (verdict.outcome, verdict.why, result.exit_code) == (Outcome.UNPROVEN, Why.CONTRACT_LOOSENED, 3)
    (one,) = result.state.loosened
    assert ">= 50 MB/s" in one.what
    assert (one.former.outcome, one.former.value, one.accepted) == (Outcome.FAIL, 11.0, False)
    assert result.events[one.seq - 1].event.kind == "run_resumed"


def test_accepting_it_lets_it_pass_and_does_not_hide_it():
    result = taken_up(contract(FAST), contract(FAST | {"target": ">= 5 MB/s"}), accept=True)
    verdict = result.state.verdicts["A.fast"]
    assert (verdict.outcome, result.exit_code) == (Outcome.PASS, 0)
    assert "loosened, accepted" in verdict.detail
    assert "it would be FAIL" in verdict.detail
    assert [one.accepted for one in result.state.loosened] == [True]


@pytest.mark.parametrize("less", [{"samples": 1}, {"level": 0.6}], ids=["fewer samples", "less sure"])
def test_asking_for_less_evidence_is_a_loosening_though_both_would_pass(less):
    met = FAST | {"target": ">= 1 MB/s"}
    result = taken_up(contract(met), contract(met | less))
    assert (result.exit_code, result.state.loosened[0].former.outcome) == (3, Outcome.PASS)


def test_a_new_name_alone_is_no_loss():
    met = FAST | {"target": ">= 1 MB/s"}
    assert taken_up(contract(met), contract(met | {"id": "other"})).exit_code == 0


def test_a_deleted_criterion_is_told_with_the_verdict_that_it_would_have_had():
    result = taken_up(contract(FAST), contract())
    (one,) = result.state.loosened
    assert (one.criterion, one.former.outcome) == ("", Outcome.FAIL)
    assert "A.fast removed" in one.what


def test_a_task_that_is_dropped_is_told_as_well():
    result = taken_up(contract(FAST), contract(FAST, tasks={"one": {}}))
    assert result.exit_code == 1  # the criterion itself fails
    assert [one.why for one in result.state.loosened] == ["its work is not done"]


def test_a_loosening_in_steps_is_held_against_every_step_before():
    steps = [contract(FAST | {"target": f">= {target} MB/s"}) for target in (30, 5)]
    result = taken_up(contract(FAST), *steps)
    assert [one.what.split(": ")[1] for one in result.state.loosened] == [
        ">= 50 MB/s → >= 5 MB/s",
        ">= 30 MB/s → >= 5 MB/s",
    ]
    assert result.exit_code == 3


def test_a_contract_that_is_put_back_is_not_loosened():
    result = taken_up(contract(FAST), contract(FAST | {"target": ">= 5 MB/s"}), contract(FAST))
    assert result.state.loosened == ()
    assert result.exit_code == 1


@pytest.mark.parametrize(
    "stricter", [FAST | {"target": ">= 60 MB/s"}, FAST | {"samples": 5}, FAST | {"title": "As fast"}, FAST]
)
def test_a_contract_that_asks_for_as_much_is_not_loosened(stricter):
    assert taken_up(contract(FAST), contract(stricter)).state.loosened == ()


def test_a_finished_run_that_is_taken_up_with_less_is_told_too():
    result = taken_up(contract(FAST), contract(FAST | {"target": ">= 5 MB/s"}), finished=True)
    assert result.exit_code == 3


def test_accepting_later_is_enough():
    looser = contract(FAST | {"target": ">= 5 MB/s"})
    whole = MemoryJournal()
    first = go(contract(FAST), Scripted(), whole)
    assert go(looser, Scripted(), whole, resume=first.run).exit_code == 3
    assert go(looser, Scripted(), whole, resume=first.run, accept_loosened=True).exit_code == 0
    assert go(looser, Scripted(), whole, resume=first.run).exit_code == 0


def test_report_summary_junit_and_verify_say_it():
    looser = contract(FAST | {"target": ">= 5 MB/s"})
    result = taken_up(contract(FAST), looser)
    report = build_report(looser.plan, looser.graph, result.events)
    assert report.outcome is Outcome.UNPROVEN
    for text in (render_markdown(report), render_summary(report), to_junit(report)):
        assert "loosened" in text
        assert "50 MB/s" in text
    assert 'type="contract loosened"' in to_junit(report)
    findings = verify(looser.plan, looser.graph, fold(result.events), METRICS, lambda _path: None)
    assert [(each.subject, each.standing) for each in findings] == [
        ("contract", Standing.MATCHES),
        ("A.fast", Standing.MATCHES),
    ]
    assert "it would be FAIL" in findings[0].detail


def test_verify_finds_a_loosening_that_the_journal_keeps_quiet_about():
    looser = contract(FAST | {"target": ">= 5 MB/s"})
    state = fold(taken_up(contract(FAST), looser).events)
    state.loosened = ()
    findings = verify(looser.plan, looser.graph, state, METRICS, lambda _path: None)
    assert findings[0].standing is Standing.MISSING


def test_a_run_under_way_tells_it_before_it_is_judged():
    looser = contract(FAST | {"target": ">= 5 MB/s"})
    result = taken_up(contract(FAST), looser)
    resumed = result.state.loosened[0].seq
    state = fold(result.events[:resumed])
    (one,) = loosened_in(state)
    assert one.former is None
    assert "50 MB/s" in describe(one)


def test_what_was_loosened_is_read_back_from_the_journal():
    result = taken_up(contract(FAST), contract(FAST | {"target": ">= 5 MB/s"}))
    last = result.events[-1].event
    assert isinstance(last, RunFinished)
    assert decode_event(encode_event(last)) == last


def test_a_run_measured_again_for_a_looser_contract_is_judged_by_what_it_measured():
    looser = contract(FAST | {"target": ">= 5 MB/s"})
    result = go(looser, Scripted({"A.one": [measured(10.0, 11.0, 12.0)]}))
    assert (result.exit_code, result.state.loosened) == (0, ())
