from dataclasses import replace

import pytest

from orchestrator.state.run import RunState, TaskRecord
from orchestrator.tasklogs import NoSuchAttempt, TaskLog, attempt_folder, read_log


@pytest.fixture
def run():
    return replace(RunState(), run="r", tasks={"A.a": TaskRecord("A.a", attempt=2), "A.b": TaskRecord("A.b")})


def test_the_latest_attempt_is_read_unless_another_is_named(tmp_path, run):
    for attempt in (1, 2):
        folder = attempt_folder(tmp_path, "r", "A.a", attempt)
        folder.mkdir(parents=True)
        (folder / "stdout.log").write_bytes(b"one\n%d \xff\n" % attempt)
    assert read_log(tmp_path, run, "A.a") == TaskLog("r", "A.a", 2, ("one", "2 \\xff"), ())
    assert read_log(tmp_path, run, "A.a", attempt=1, tail=1).stdout == ("1 \\xff",)


def test_a_task_that_has_not_started_has_printed_nothing(tmp_path, run):
    assert read_log(tmp_path, run, "A.b") == TaskLog("r", "A.b", 0)


@pytest.mark.parametrize(("task", "attempt"), [("A.z", None), ("A.a", 3), ("A.b", 1)])
def test_what_is_not_there_is_said_with_a_mend(tmp_path, run, task, attempt):
    with pytest.raises(NoSuchAttempt, match="mend: "):
        read_log(tmp_path, run, task, attempt)
