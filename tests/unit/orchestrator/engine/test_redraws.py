"""What attempts measured that do not stand is named beside the verdict, and counts."""

from dataclasses import replace

import pytest
from scripted import Scripted, go, load, measured

from orchestrator.evidence.verdict import Outcome, Why
from orchestrator.journal.memory import MemoryJournal
from orchestrator.state.events import TaskInterrupted, TaskStarted
from orchestrator.state.failure import Cause, Failure

CRITERION = {"id": "fast", "title": "Fast", "metric": "try.speed", "target": ">= 10 MB/s"}
RETRIED = {"retries": {"max": 9, "delay": 0}}


def judged(criterion=CRITERION, **task):
    return load({"one": {**RETRIED, **task}}, group={"success_criteria": [criterion]})


def missed(*values, cause=Cause.EXIT):
    return Failure(cause, "it missed", 1, measured(*values).measurements if values else ())


def verdict(result):
    return result.state.verdicts["A.fast"]


def cut_and_forced(loaded, script, times=1, **more):
    """A finished run whose task is forced to run again so often."""
    journal = MemoryJournal()
    executor = Scripted(script)
    result = go(loaded, executor, journal)
    for _ in range(times):
        result = go(loaded, executor, journal, resume=result.run, force=("A.one",), **more)
    return result


def test_a_task_that_fails_until_its_figure_fits_is_unproven():
    result = go(judged(), Scripted({"A.one": [missed(4.0), missed(8.0), measured(12.0)]}))
    found = verdict(result)
    assert (found.outcome, found.why, result.exit_code) == (Outcome.UNPROVEN, Why.MEASURED_AGAIN, 3)
    assert [(each.attempt, each.value, each.ignored) for each in found.draws] == [(1, 4.0, ""), (2, 8.0, "")]
    assert "4, 8 MB/s" in found.detail


def test_where_all_together_miss_the_verdict_is_fail():
    bad = missed(4.0, 4.1, 4.2, 4.3, 4.4)
    result = go(judged(), Scripted({"A.one": [bad, bad, bad, measured(12.0)]}))
    assert verdict(result).outcome is Outcome.FAIL


def test_a_complete_attempt_that_misses_by_itself_is_never_outvoted():
    result = go(judged(), Scripted({"A.one": [missed(9.0, 9.1, 9.2), measured(*(12.0 + n / 10 for n in range(60)))]}))
    found = verdict(result)
    assert (found.outcome, found.why) == (Outcome.UNPROVEN, Why.MEASURED_AGAIN)
    assert "attempt 1, misses the target by itself" in found.detail


def test_draws_that_all_meet_the_target_pass_and_are_named():
    result = go(judged(), Scripted({"A.one": [missed(12.0), measured(12.1, 12.2)]}))
    found = verdict(result)
    assert (found.outcome, found.samples) == (Outcome.PASS, 3)
    assert len(found.draws) == 1
    assert "12 MB/s" in found.detail


@pytest.mark.parametrize("cause", [Cause.EXIT, Cause.EXCEPTION, Cause.LOST, Cause.EVIDENCE])
def test_a_retry_that_ended_by_itself_before_it_recorded_anything_is_unproven(cause):
    found = verdict(go(judged(), Scripted({"A.one": [missed(cause=cause), measured(12.0)]})))
    assert (found.outcome, found.why) == (Outcome.UNPROVEN, Why.MEASURED_AGAIN)
    assert "1 attempt ended before anything of try.speed was recorded" in found.detail


@pytest.mark.parametrize("cause", [Cause.SIGNAL, Cause.TIMEOUT, Cause.SPAWN])
def test_a_crash_from_outside_before_any_sample_leaves_the_verdict(cause):
    assert verdict(go(judged(), Scripted({"A.one": [missed(cause=cause), measured(12.0)]}))).outcome is Outcome.PASS


def test_a_crash_from_outside_after_a_sample_counts():
    found = verdict(go(judged(), Scripted({"A.one": [missed(4.0, cause=Cause.TIMEOUT), measured(12.0)]})))
    assert found.outcome is Outcome.UNPROVEN


def test_the_plan_may_say_why_draws_do_not_count():
    criterion = CRITERION | {"redraws": {"ignore": "the licence server drops out"}}
    found = verdict(go(judged(criterion), Scripted({"A.one": [missed(4.0), missed(), measured(12.0)]})))
    assert (found.outcome, found.samples) == (Outcome.PASS, 1)
    assert "not counted (the licence server drops out)" in found.detail
    assert {each.ignored for each in found.draws} == {"the licence server drops out"}


def test_forcing_a_task_again_and_again_does_not_make_its_criterion_pass():
    script = {"A.one": [measured(4.0), measured(8.0), measured(12.0)]}
    result = cut_and_forced(judged(), script, times=2)
    assert verdict(result).outcome is Outcome.UNPROVEN
    assert [each.value for each in verdict(result).draws] == [4.0, 8.0]
    assert result.exit_code == 3


def test_forcing_what_lies_above_is_a_draw_as_well():
    loaded = load({"prep": {}, "one": {"needs": ["prep"]}}, group={"success_criteria": [CRITERION | {"from": "one"}]})
    journal, executor = MemoryJournal(), Scripted({"A.one": [measured(4.0), measured(12.0)]})
    first = go(loaded, executor, journal)
    again = go(loaded, executor, journal, resume=first.run, force=("A.prep",))
    assert verdict(again).outcome is Outcome.UNPROVEN


def test_a_forced_run_that_measures_the_same_still_passes():
    assert verdict(cut_and_forced(judged(), {"A.one": [measured(12.0), measured(12.1)]})).outcome is Outcome.PASS


def test_what_was_measured_before_the_task_was_changed_is_named_and_does_not_count():
    journal, executor = MemoryJournal(), Scripted({"A.one": [measured(4.0), measured(12.0)]})
    first = go(judged(), executor, journal)
    again = go(judged(**{"with": {"faster": True}}), executor, journal, resume=first.run)
    found = verdict(again)
    assert found.outcome is Outcome.PASS
    assert [(each.value, bool(each.ignored)) for each in found.draws] == [(4.0, True)]
    assert "was changed since" in found.detail


def test_a_new_name_for_the_task_does_not_lose_what_it_drew():
    journal, executor = MemoryJournal(), Scripted({"A.one": [measured(4.0)], "A.two": [measured(12.0)]})
    first = go(judged(), executor, journal)
    renamed = load({"two": RETRIED}, group={"success_criteria": [CRITERION]})
    again = go(renamed, executor, journal, resume=first.run)
    assert verdict(again).outcome is not Outcome.PASS
    assert [each.value for each in verdict(again).draws] == [4.0]


def test_an_attempt_that_was_interrupted_counts_with_what_it_had_measured():
    whole, cut = MemoryJournal(), MemoryJournal()
    run = go(judged(), Scripted({"A.one": [measured(12.0)]}), whole).run
    fence = cut.acquire(run)
    started = [one for one in whole.read(run) if one.seq <= 2]
    assert isinstance(started[-1].event, TaskStarted)
    last = started[-1]
    stopped = replace(last, seq=3, event=TaskInterrupted("A.one", 1, "SIGINT received", measured(4.0).measurements))
    cut.append(run, [*started, stopped])
    cut.release(run, fence)
    result = go(judged(), Scripted({"A.one": [measured(12.0)]}), cut, resume=run)
    assert verdict(result).outcome is Outcome.UNPROVEN
    assert [(each.ended, each.value) for each in verdict(result).draws] == [("SIGINT received", 4.0)]


def test_with_max_samples_draws_are_looked_at_like_any_other_attempt():
    criterion = CRITERION | {"samples": 6, "max_samples": 12}
    bad = missed(4.0, 4.1, 4.2, 4.3, 4.4, 4.5)
    result = go(judged(criterion), Scripted({"A.one": [bad, measured(12.0, 12.1, 12.2, 12.3, 12.4, 12.5)]}))
    assert verdict(result).outcome is Outcome.FAIL


def reusing(journal, criterion, tmp_path, script=None):
    """A new run of the plan that may reuse measurements, and the tasks that it ran."""
    executor = Scripted(script or {"A.one": [measured(9.0)]})
    places = {"state": tmp_path, "project": tmp_path}
    result = go(judged(criterion), executor, journal, reuse="all", **places)
    return result, [order.task for order in executor.orders]


def test_a_figure_is_not_reused_for_a_criterion_that_asks_for_less(tmp_path):
    journal = MemoryJournal()
    assert reusing(journal, CRITERION, tmp_path)[1] == ["A.one"]
    assert reusing(journal, CRITERION, tmp_path)[1] == []
    assert reusing(journal, CRITERION | {"target": ">= 20 MB/s"}, tmp_path)[1] == []
    assert reusing(journal, CRITERION | {"target": ">= 5 MB/s"}, tmp_path)[1] == ["A.one"]


def test_what_was_drawn_more_than_once_is_not_reused(tmp_path):
    journal = MemoryJournal()
    reusing(journal, CRITERION, tmp_path, {"A.one": [missed(4.0), measured(12.0)]})
    assert reusing(journal, CRITERION, tmp_path)[1] == ["A.one"]
