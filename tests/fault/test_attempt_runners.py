"""Python runners that go wrong: each way gives its cause, one line for people, and no evidence."""

import math

import pytest

from orchestrator.evidence.measurement import Comparison, Evidence, Samples
from orchestrator.state.failure import Cause


def test_a_runner_that_ends_well_leaves_its_measurements_notes_and_artifacts(attempts):
    result = attempts.runner("well", artifacts=("sub/table.csv",))
    assert result.failure is None
    speed, gain = result.evidence.measurements
    assert (speed.data, gain.data) == (Samples((1.5, 2.0)), Comparison((1.0,), (2.0,), "s", exact=True))
    (artifact,) = result.evidence.artifacts
    assert (artifact.name, artifact.path, artifact.size) == ("sub/table.csv", "A.task/1/sub/table.csv", 2)
    assert artifact.title == "Table"
    assert attempts.notes == ["half way"]
    assert result.usage.samples > 0
    assert attempts.file("series.csv").startswith(b"seconds,rss_bytes,cpu_seconds,processes\n0.")


@pytest.mark.parametrize(
    ("runner", "cause", "words"),
    [
        ("raises", Cause.EXCEPTION, "ValueError: too small (attempt_runners.py:"),
        ("exits_zero", Cause.LOST, "before the runner was done"),
        ("exits_hard", Cause.LOST, "before the runner was done"),
        ("exits_seven", Cause.EXIT, "exit code 7"),
        ("killed", Cause.SIGNAL, "SIGKILL"),
        ("overruns_memory", Cause.SIGNAL, "SIGKILL"),
        ("reads_nowhere", Cause.SIGNAL, "SIGSEGV"),
        ("undeclared", Cause.EXCEPTION, "'attempt.other' is not declared"),
        ("wrong_arm", Cause.EVIDENCE, "parsecs"),
        ("uneven", Cause.EXCEPTION, "they are pairs"),
        ("forgets", Cause.EVIDENCE, "'promised.txt' was not left behind"),
        ("nobody", Cause.SPAWN, "there is no runner 'nobody'"),
    ],
)
def test_each_way_to_fail_has_its_cause_and_one_line(attempts, runner, cause, words):
    result = attempts.runner(runner)
    assert result.failure.cause is cause
    assert words in result.failure.message
    assert "\n" not in result.failure.message
    assert result.evidence == Evidence()


def test_what_was_measured_before_a_failure_is_told_with_it_and_is_no_evidence(attempts):
    result = attempts.runner("forgets")
    assert result.evidence == Evidence()
    assert [(each.metric, each.data) for each in result.failure.measured] == [("attempt.speed", Samples((7.0,)))]


def test_the_traceback_of_a_runner_is_in_its_log(attempts):
    attempts.runner("raises")
    assert b"second line" in attempts.file("stderr.log")


def test_values_that_are_no_numbers_are_recorded_as_given(attempts):
    (measurement,) = attempts.runner("not_a_number").evidence.measurements
    assert math.isnan(measurement.data.values[0])
    assert math.isinf(measurement.data.values[1])


def test_a_folder_that_cannot_be_made_is_a_failure_to_start(attempts, tmp_path):
    (tmp_path / "runs").write_text("in the way")
    result = attempts.runner("well")
    assert result.failure.cause is Cause.SPAWN
    assert "could not be started" in result.failure.message


def test_an_attempt_that_cannot_be_watched_leaves_nothing_running(attempts, monkeypatch):
    def refuses(*_args, **_named):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("orchestrator.executors.supervision.TreeSampler", refuses)
    result = attempts.shell("sleep 60")
    assert result.failure.cause is Cause.SPAWN
    assert "Too many open files" in result.failure.message


def test_a_log_that_cannot_be_opened_costs_the_log_and_not_the_task(attempts):
    order = attempts.order(command=("sh", "-c", "echo lost; echo kept >&2"))
    (order.folder / "stdout.log").mkdir(parents=True)
    assert attempts.carry_out(order).failure is None
    assert attempts.file("stderr.log") == b"kept\n"
