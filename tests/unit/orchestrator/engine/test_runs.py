import os
import time

import pytest
from scripted import RUNNERS, Scripted, go, load, measured, statuses

from orchestrator.engine.finding import find_interrupted
from orchestrator.engine.runs import new_run_id, open_journal, unused_run_id
from orchestrator.engine.selection import UnknownTask
from orchestrator.errors import OrchestratorError
from orchestrator.evidence.verdict import Outcome, Why
from orchestrator.journal.errors import JournalError, RunOwned, UnknownRun
from orchestrator.journal.lease import Owner
from orchestrator.journal.memory import MemoryJournal
from orchestrator.runs import Runs
from orchestrator.state.events import ProgressReported, RunInterrupted, TaskStarted
from orchestrator.state.run import RunState

CRITERION = {"id": "fast", "title": "Fast", "metric": "try.speed", "target": ">= 5 MB/s", "samples": 3}


def judged(**more):
    return load({"one": {}}, group={"success_criteria": [CRITERION | more]})


def test_a_run_whose_criteria_all_pass_ends_with_0():
    result = go(judged())
    assert result.exit_code == 0
    assert result.state.verdicts["A.fast"].outcome is Outcome.PASS
    assert statuses(result) == {"A.one": "succeeded"}


def test_a_missed_criterion_ends_with_1():
    result = go(judged(target=">= 50 MB/s"))
    assert result.exit_code == 1
    assert result.state.verdicts["A.fast"].outcome is Outcome.FAIL


def test_a_task_that_measures_nothing_leaves_its_criterion_unproven_and_ends_with_3():
    from orchestrator.evidence.measurement import Evidence

    result = go(judged(), Scripted({"A.one": [Evidence()]}))
    assert result.exit_code == 3
    assert result.state.verdicts["A.fast"].why is Why.NO_EVIDENCE


def test_a_failed_task_ends_with_1_and_its_criterion_is_unproven():
    result = go(judged(), Scripted({"A.one": ["it broke"]}))
    assert result.exit_code == 1
    assert result.state.verdicts["A.fast"].outcome is Outcome.UNPROVEN


def test_a_tolerated_failure_does_not_fail_the_run_nor_stop_what_needs_it():
    loaded = load({"one": {"continue_on_error": True}, "two": {"needs": ["one"]}})
    result = go(loaded, Scripted({"A.one": ["it broke"]}))
    assert statuses(result) == {"A.one": "failed", "A.two": "succeeded"}
    assert result.exit_code == 0


def test_a_failure_skips_what_needs_it_naming_the_culprit_and_the_rest_goes_on():
    loaded = load({"bad": {}, "below": {"needs": ["bad"]}, "far": {"needs": ["below"]}, "other": {}})
    result = go(loaded, Scripted({"A.bad": ["it broke"]}))
    assert statuses(result) == {"A.bad": "failed", "A.below": "skipped", "A.far": "skipped", "A.other": "succeeded"}
    assert {result.state.tasks[task].culprit for task in ("A.below", "A.far")} == {"A.bad"}
    assert "A.bad failed" in result.state.tasks["A.far"].reason


def test_failing_fast_starts_nothing_after_the_first_failure():
    loaded = load({"bad": {"estimate": "9m"}, "other": {}, "later": {"needs": ["other"]}})
    result = go(loaded, Scripted({"A.bad": ["it broke"]}), jobs=1, keep_going=False)
    assert statuses(result) == {"A.bad": "failed", "A.other": "cancelled", "A.later": "cancelled"}
    assert result.exit_code == 1


def test_failing_fast_does_not_retry_what_was_running():
    loaded = load({"bad": {"estimate": "9m"}, "flaky": {"retries": {"max": 3, "delay": "1h"}}})
    started = time.monotonic()
    result = go(loaded, Scripted({"A.bad": ["no"], "A.flaky": ["no"]}), keep_going=False)
    assert statuses(result)["A.bad"] == "failed"
    assert statuses(result)["A.flaky"] in {"failed", "cancelled"}
    assert time.monotonic() - started < 10


def test_a_retry_comes_after_its_delay_and_may_succeed():
    loaded = load({"flaky": {"retries": {"max": 2, "delay": "20ms"}}})
    executor = Scripted({"A.flaky": ["no", "no", measured(1.0)]})
    result = go(loaded, executor)
    record = result.state.tasks["A.flaky"]
    assert (record.attempt, len(record.failures), str(record.status)) == (3, 2, "succeeded")
    assert [order.attempt for order in executor.orders] == [1, 2, 3]


def test_an_executor_that_breaks_is_a_failed_attempt_not_the_end_of_the_run():
    result = go(load({"one": {}, "two": {}}), Scripted({"A.one": [RuntimeError("pool is broken")]}))
    assert statuses(result) == {"A.one": "failed", "A.two": "succeeded"}
    assert "pool is broken" in result.state.tasks["A.one"].failures[0].message


def test_an_executor_that_takes_no_more_work_fails_the_attempt():
    executor = Scripted()
    executor.on_order = lambda _order: (_ for _ in ()).throw(RuntimeError("cannot start a thread"))
    result = go(load({"one": {}}), executor)
    assert "cannot start a thread" in result.state.tasks["A.one"].failures[0].message


def test_what_an_agent_says_is_kept_beside_its_evidence():
    assert go(load({"one": {}})).state.tasks["A.one"].notes == ("at work on A.one",)


def test_the_listener_hears_of_every_event_once_it_is_in_the_journal():
    journal, heard = MemoryJournal(), []

    def listener(envelope):
        run = journal.runs()[0].run
        assert envelope in journal.read(run)
        heard.append(envelope)

    result = go(load({"one": {}}), journal=journal, listener=listener)
    assert tuple(heard) == journal.read(result.run)


def test_done_and_next_started_are_one_commit():
    class Counting(MemoryJournal):
        batches = ()

        def append(self, run, envelopes):
            super().append(run, envelopes)
            self.batches += (tuple(each.event.kind for each in envelopes),)

    journal = Counting()
    go(load({"one": {}, "two": {"needs": ["one"]}}), journal=journal)
    assert any({"task_succeeded", "task_started"} <= set(batch) for batch in journal.batches)


def test_progress_is_reported_when_a_group_completes():
    events = []
    go(load({"one": {}, "two": {"needs": ["one"]}}), listener=lambda envelope: events.append(envelope.event))
    reports = [event for event in events if isinstance(event, ProgressReported)]
    assert [(report.settled, report.total) for report in reports] == [(2, 2)]


def test_progress_is_reported_as_often_as_the_plan_says():
    events = []
    loaded = load({"slow": {"retries": {"max": 1, "delay": "300ms"}}}, progress_reports={"every": "100ms"})
    go(loaded, Scripted({"A.slow": ["no", measured(1.0)]}), listener=lambda envelope: events.append(envelope.event))
    assert sum(isinstance(event, ProgressReported) for event in events) >= 3


def test_only_runs_the_named_tasks_and_what_they_need():
    loaded = load({"one": {}, "two": {"needs": ["one"]}, "three": {"needs": ["two"]}, "other": {}})
    result = go(loaded, only=["A.two"])
    assert statuses(result) == {"A.one": "succeeded", "A.two": "succeeded", "A.three": "skipped", "A.other": "skipped"}


def test_until_leaves_out_what_lies_below():
    loaded = load({"one": {}, "two": {"needs": ["one"]}, "three": {"needs": ["two"]}, "other": {}})
    result = go(loaded, until=["A.two"])
    assert statuses(result)["A.three"] == "skipped"
    assert statuses(result)["A.other"] == "succeeded"


def test_an_unknown_name_is_told_before_anything_starts():
    executor = Scripted()
    with pytest.raises(UnknownTask, match="A\\.nine"):
        go(load({"one": {}}), executor, only=["A.nine"])
    assert executor.orders == []


def interrupted(loaded, journal, at="A.two", **more):
    """A run that gets SIGINT when the task is about to run."""
    executor = Scripted()
    executor.on_order = lambda order: os.kill(os.getpid(), 2) if order.task == at else None
    return go(loaded, executor, journal, jobs=1, **more)


def test_ctrl_c_leaves_a_resumable_run_and_resuming_does_not_repeat_what_is_done():
    loaded, journal = load({"one": {}, "two": {"needs": ["one"]}, "three": {"needs": ["two"]}}), MemoryJournal()
    first = interrupted(loaded, journal)
    assert first.exit_code == 130
    assert isinstance(journal.read(first.run)[-1].event, RunInterrupted)
    assert find_interrupted(journal, "demo") == first.run
    executor = Scripted()
    second = go(loaded, executor, journal, resume=True)
    assert (second.run, second.exit_code) == (first.run, 0)
    assert "A.one" not in {order.task for order in executor.orders}
    assert set(statuses(second).values()) == {"succeeded"}
    assert find_interrupted(journal, "demo") is None


def test_a_run_with_other_settings_is_another_run():
    journal = MemoryJournal()
    first = interrupted(load({"one": {}, "two": {"needs": ["one"]}}), journal)
    assert find_interrupted(journal, "demo", {}) == first.run
    assert find_interrupted(journal, "demo", {"size": "2"}) is None
    assert find_interrupted(journal, "another") is None


def test_resuming_a_run_that_there_is_not_says_so():
    with pytest.raises(UnknownRun, match="no run 'r-1'"):
        go(load({"a": {}}), resume="r-1")


def test_the_runs_of_a_folder_are_resumed_in_it(tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    journal = open_journal(tmp_path / "state")
    done = go(load({"a": {}}), journal=journal)
    journal.close()
    told = []
    monkeypatch.setattr("orchestrator.runs.resume_prepared", lambda _run, prepared: told.append(prepared.options.state))
    monkeypatch.setattr("orchestrator.runs.load_registry", lambda: RUNNERS)
    Runs(tmp_path / "state").resume(done.run)
    assert told == [tmp_path / "state"]


def test_a_changed_task_and_all_below_it_run_again_on_resume():
    tasks = {"one": {}, "two": {"needs": ["one"]}, "side": {}, "last": {"needs": ["two", "side"]}}
    journal = MemoryJournal()
    interrupted(load(tasks), journal, at="A.last")
    executor = Scripted()
    result = go(load(tasks | {"one": {"with": {"size": 2}}}), executor, journal, resume=True)
    assert {order.task for order in executor.orders} == {"A.one", "A.two", "A.last"}
    assert result.exit_code == 0


def test_a_finished_run_that_is_resumed_gives_what_failed_another_chance():
    journal, loaded = MemoryJournal(), load({"bad": {}, "below": {"needs": ["bad"]}, "good": {}})
    first = go(loaded, Scripted({"A.bad": ["no"]}), journal)
    executor = Scripted()
    second = go(loaded, executor, journal, resume=first.run)
    assert (first.exit_code, second.exit_code) == (1, 0)
    assert [order.task for order in executor.orders] == ["A.bad", "A.below"]


def test_a_run_that_someone_alive_owns_is_refused_naming_the_process():
    other = Owner("boot", 4242, 1.0)
    journal = MemoryJournal(owner=other, alive=lambda owner: owner == other)
    run = interrupted(load({"one": {}, "two": {}}), journal).run
    journal.acquire(run)
    with pytest.raises(RunOwned, match="4242"):
        go(load({"one": {}, "two": {}}), journal=journal, resume=run)


def test_a_journal_that_fails_ends_the_run_with_its_error_and_leaves_nothing_running():
    class Full(MemoryJournal):
        def append(self, run, envelopes):
            if any(isinstance(envelope.event, TaskStarted) for envelope in envelopes):
                raise JournalError("database or disk is full\n  mend: free space")
            super().append(run, envelopes)

    executor = Scripted()
    with pytest.raises(OrchestratorError, match="disk is full") as caught:
        go(load({"one": {}}), executor, Full())
    assert caught.value.exit_code == 4
    assert executor.orders == []


def test_a_run_id_says_plan_and_time():
    assert new_run_id("demo", 0.0).startswith("demo-19700101T000000Z-")
    assert len({new_run_id("demo", 0.0) for _ in range(20)}) > 1


def test_a_state_is_empty_before_the_first_event():
    assert not RunState().finished


def test_a_forced_task_and_all_below_it_run_again_on_resume():
    tasks = {"one": {}, "two": {"needs": ["one"]}, "side": {}, "last": {"needs": ["two", "side"]}}
    journal = MemoryJournal()
    interrupted(load(tasks), journal, at="A.last")
    executor = Scripted()
    go(load(tasks), executor, journal, resume=True, force=["A.two"])
    assert {order.task for order in executor.orders} == {"A.two", "A.last"}


def test_a_condition_that_became_true_lets_a_skipped_task_run_on_resume():
    tasks = {"off": {"if": False}, "two": {}}
    journal = MemoryJournal()
    interrupted(load(tasks), journal)
    result = go(load(tasks | {"off": {}}), None, journal, resume=True)
    assert statuses(result) == {"A.off": "succeeded", "A.two": "succeeded"}


def test_a_failure_that_the_plan_now_tolerates_gets_another_chance():
    tasks = {"bad": {}, "below": {"needs": ["bad"]}, "two": {"needs": ["below"], "trigger_rule": "all_done"}}
    journal = MemoryJournal()
    interrupted_with = Scripted({"A.bad": ["no"]})
    interrupted_with.on_order = lambda order: os.kill(os.getpid(), 2) if order.task == "A.two" else None
    go(load(tasks), interrupted_with, journal, jobs=1)
    executor = Scripted({"A.bad": ["no"]})
    result = go(load(tasks | {"bad": {"continue_on_error": True}}), executor, journal, resume=True)
    assert statuses(result) == {"A.bad": "failed", "A.below": "succeeded", "A.two": "succeeded"}


def test_a_new_run_never_takes_the_id_of_one_that_there_is(monkeypatch):
    digits = iter(["aaaa", "aaaa", "bbbb"])
    monkeypatch.setattr("orchestrator.engine.runs.secrets.token_hex", lambda _size: next(digits))
    journal = MemoryJournal()
    first = unused_run_id(journal, "demo", 0.0)
    journal.release(first, journal.acquire(first))
    assert unused_run_id(journal, "demo", 0.0) == first.replace("aaaa", "bbbb")
