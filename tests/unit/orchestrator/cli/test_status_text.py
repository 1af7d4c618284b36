from pathlib import Path

import pytest

from orchestrator.cli.screen import Screen
from orchestrator.cli.status_text import Moment, run_text
from orchestrator.evidence.verdict import Outcome, Verdict, Why
from orchestrator.graph.load import load_text
from orchestrator.state.failure import Cause, Failure
from orchestrator.state.run import RunState, TaskRecord
from orchestrator.state.transitions import Status

FOUNDING = Path(__file__).parents[4] / "plans" / "phase4a3.yaml"
NOW = Moment(1000.0, 50.0)
BAD = Failure(
    Cause.EXIT, "'make' ended with exit code 2", 2, printed=("gcc: no input", "make: *** stop"), stream="stderr"
)


def run_of(*records, verdicts=()):
    run = RunState()
    run.tasks = {record.id: record for record in records}
    run.verdicts = {verdict.criterion: verdict for verdict in verdicts}
    return run


@pytest.fixture(scope="module")
def founding():
    """The founding plan, run: one task failed, two criteria missed or undecided."""
    loaded = load_text(FOUNDING.read_text(), str(FOUNDING))
    records = [
        TaskRecord(task, Status.SUCCEEDED, 1, started_mono=1.0, finished_mono=9.0) for task in loaded.graph.nodes
    ]
    records[3] = TaskRecord(records[3].id, Status.FAILED, 3, failures=(BAD,) * 3)
    verdicts = [
        Verdict(f"{name}.{each.id}", Outcome.PASS, Why.MET, "met", each.target.unit, each.target.value * 1.234567)
        for name, group in loaded.plan.groups.items()
        for each in group.success_criteria
    ]
    verdicts[1] = Verdict(
        verdicts[1].criterion, Outcome.FAIL, Why.MISSED, "the whole interval misses the target", "%", 1.0
    )
    verdicts[9] = Verdict(verdicts[9].criterion, Outcome.UNPROVEN, Why.NO_EVIDENCE, "nothing was measured", "%")
    return loaded.plan, run_of(*records, verdicts=verdicts)


def lines_of(founding, screen):
    plan, run = founding
    return run_text(run, plan, screen, NOW)


def test_the_founding_run_fits_one_screen_with_figures_and_targets(founding):
    lines = lines_of(founding, Screen(80, 30))
    assert len(lines) + 4 <= 30
    assert lines[4].startswith("FAIL      A."), lines
    assert lines[5].startswith("UNPROVEN")
    assert "peak-memory 30.86 % (>= 25)" in "\n".join(lines)


@pytest.mark.parametrize("width", [40, 80])
def test_no_line_is_wider_than_the_screen_and_nothing_is_lost(founding, width):
    lines = lines_of(founding, Screen(width, 24))
    assert max(map(len, lines)) <= width
    told = "\n".join(lines)
    assert all(verdict.partition(".")[2] in told for verdict in founding[1].verdicts)


def test_with_room_for_everything_there_is_a_line_for_each_task_and_criterion(founding):
    plan, run = founding
    lines = run_text(run, plan, Screen(200, 500), NOW)
    assert all(any(task in line for line in lines) for task in [*run.tasks, *run.verdicts])


def test_what_failed_comes_first_with_its_last_lines_and_its_attempts_folded(founding):
    tasks = lines_of(founding, Screen(120, 50))
    assert "3 attempts, same error" in tasks[0]
    assert tasks[1:3] == ["          | gcc: no input", "          | make: *** stop"]


def test_a_wait_for_a_retry_counts_down_and_skipped_tasks_take_one_line():
    waiting = TaskRecord("A.x", Status.WAITING, 1, failures=(BAD,), due=62.0)
    skipped = [TaskRecord(f"B.n{n}", Status.SKIPPED, reason="A.x failed") for n in range(30)]
    lines = run_text(run_of(waiting, *skipped), None, Screen(200, 50), NOW)
    assert lines[0].startswith("waiting   A.x: attempt 2 in 12s; exit: ")
    assert lines[1] == "skipped   B.n0, B.n1, B.n2, B.n3, B.n4, B.n5 and 24 more: A.x failed"
    assert len(lines) == 2


def test_colours_are_only_where_the_screen_has_them():
    plain = run_text(run_of(TaskRecord("A.x", Status.FAILED, 1, failures=(BAD,))), None, Screen(), NOW)
    painted = run_text(run_of(TaskRecord("A.x", Status.FAILED, 1, failures=(BAD,))), None, Screen(color=True), NOW)
    assert "\x1b" not in "".join(plain)
    assert painted[0].startswith("\x1b[31mfailed\x1b[0m")
