"""What a run keeps of the runs before it: the last figures of each criterion, handed on, and what the run before
was.
"""

import json
import sqlite3

import pytest

from orchestrator.api.running import run
from orchestrator.api.stored import report_text
from orchestrator.engine.history import KEPT
from orchestrator.engine.options import RunOptions
from orchestrator.engine.runs import open_journal
from orchestrator.state.fold import fold


@pytest.fixture
def ran(kit, tmp_path):
    """Runs a plan of one criterion with the figure, and gives the new run's state."""

    def again(value, **more):
        plan = kit.plan_data([kit.measuring("count", value)], [kit.criterion(">= 5 cases")]) | more
        (tmp_path / "plan.json").write_text(json.dumps(plan))
        options = RunOptions(
            state=tmp_path / "state", reports=tmp_path / "reports", page=False, executor="inline", reuse="none"
        )
        done = run(tmp_path / "plan.json", new=True, options=options)
        journal = open_journal(tmp_path / "state", readonly=True)
        try:
            return fold(journal.read(done.run)), report_text(journal, done.run)
        finally:
            journal.close()

    return again


def test_figures_are_handed_on_from_run_to_run_and_only_the_last_few_are_kept(ran):
    states = [ran(str(n))[0] for n in range(KEPT + 3)]
    assert states[0].earlier == ()
    assert [one.value for one in states[-1].earlier] == [float(n) for n in range(2, KEPT + 2)]
    assert {one.criterion for one in states[-1].earlier} == {"A.enough"}


def test_a_run_that_measured_nothing_hands_on_what_it_knew(ran):
    first, _ = ran("7")
    ran("[")
    state, text = ran("9")
    assert [(one.run, one.value) for one in state.earlier] == [(first.run, 7.0)]
    assert state.before.outcomes == {"A.enough": "UNPROVEN"}
    assert "`A.enough` UNPROVEN → PASS" in text


def test_the_run_before_is_told_with_its_plan_and_another_plan_is_none(ran):
    first, _ = ran("7")
    other, _ = ran("7", id="other")
    second, text = ran("7", title="Changed")
    assert other.before is None
    assert (second.before.run, second.before.plan_digest) == (first.run, first.plan_digest)
    assert f"| Since `{first.run}` | the plan" in text


def test_of_a_damaged_run_nothing_is_kept(ran, tmp_path):
    ran("7")
    connection = sqlite3.connect(tmp_path / "state" / "journal.sqlite")
    with connection:
        connection.execute("UPDATE event SET mono = 0.5 WHERE kind = 'task_started'")
    connection.close()
    state, _ = ran("8")
    assert (state.earlier, state.before) == ((), None)


def test_a_large_plan_keeps_nothing_so_that_its_runs_begin_soon(ran, monkeypatch):
    ran("7")
    monkeypatch.setattr("orchestrator.engine.history.MOST_TASKS", 0)
    state, _ = ran("8")
    assert (state.earlier, state.before) == ((), None)
