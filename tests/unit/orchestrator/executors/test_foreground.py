import threading

import pytest

from orchestrator.executors import foreground
from orchestrator.executors.carry_out import carry_on
from orchestrator.executors.foreground import Foreground
from orchestrator.executors.order import AttemptResult, Note, WorkOrder
from orchestrator.executors.supervision import Supervision
from orchestrator.state.failure import Cause

LONG = 60.0


class Kit:
    def __init__(self, folder):
        self.folder = folder
        self.told, self.handed_over, self.broken, self.postponed = [], [], [], []
        self.foreground = Foreground(
            self.told.append,
            self.handed_over.append,
            lambda order, error: self.broken.append((order.task, error)),
            self.postponed.append,
        )

    def start(self, *command, task="A.t", **parts):
        folder = self.folder / "runs" / "r" / task / "1"
        self.foreground.start(WorkOrder("r", task, 1, folder, self.folder, self.folder, command=command, **parts))
        return folder

    def until(self, condition):
        while not condition():
            self.foreground.attend(LONG)

    def over(self):
        return len([one for one in self.told if isinstance(one, AttemptResult)]) + len(self.handed_over)

    def rest(self):
        result = carry_on(self.handed_over.pop(), threading.Event(), self.told.append)
        self.told.append(result)
        return result


@pytest.fixture
def kit(tmp_path, monkeypatch):
    monkeypatch.setattr(foreground, "FIRST_LOOK", LONG)  # how soon a program ends must not decide what is tested
    made = Kit(tmp_path)
    yield made
    assert not made.handed_over
    made.foreground.close()


def test_a_short_program_is_over_without_a_thread(kit):
    folder = kit.start("true")
    kit.until(kit.over)
    (result,) = kit.told
    assert (result.task, result.failure, result.stopped) == ("A.t", None, False)
    assert {entry.name for entry in folder.iterdir()} - {"tmp"} == {"evidence.jsonl", "order.json"}


def test_a_short_program_that_fails_is_a_failed_attempt(kit):
    kit.start("sh", "-c", "exit 3")
    kit.until(kit.over)
    assert (kit.told[0].failure.cause, kit.told[0].failure.exit_code) == (Cause.EXIT, 3)


def test_several_programs_are_under_way_at_once(kit):
    tasks = [f"A.t{index}" for index in range(5)]
    for task in tasks:
        kit.start("true", task=task)
    kit.until(lambda: kit.over() == len(tasks))
    assert sorted(result.task for result in kit.told) == tasks


def test_what_a_short_program_prints_is_kept_and_never_holds_it_up(kit):
    folder = kit.start("sh", "-c", "head -c 300000 /dev/zero; echo oops >&2")
    kit.until(kit.over)
    assert (folder / "stdout.log").stat().st_size == 300_000
    assert (folder / "stderr.log").read_text() == "oops\n"
    assert kit.told[0].failure is None


def test_a_program_that_outlasts_its_first_moments_goes_on_in_a_thread(kit, monkeypatch):
    monkeypatch.setattr(foreground, "FIRST_LOOK", 0.0)
    folder = kit.start("sh", "-c", "echo first; sleep 0.2; echo last")
    kit.until(kit.over)
    assert not kit.told
    assert kit.rest().failure is None
    assert (folder / "stdout.log").read_text() == "first\nlast\n"


def test_evidence_is_gathered_by_a_thread(kit):
    kit.start("sh", "-c", """echo '{"kind": "note", "text": "here"}' >> "$ORCHESTRATE_EVIDENCE" """)
    kit.until(kit.over)
    assert kit.rest().failure is None
    assert [each.text for each in kit.told if isinstance(each, Note)] == ["here"]


def test_artifacts_are_gathered_by_a_thread(kit):
    kit.start("sh", "-c", "echo x > a.txt", artifacts=("a.txt",))
    kit.until(kit.over)
    assert [each.name for each in kit.rest().evidence.artifacts] == ["a.txt"]


def test_what_a_short_program_leaves_running_is_ended_by_a_thread(kit):
    kit.start("sh", "-c", "sleep 1000 & echo $! > pid", grace=0.0)
    kit.until(kit.over)
    assert not kit.told
    assert kit.rest().failure is None


def test_a_program_that_is_not_there_is_a_failed_attempt(kit):
    kit.start("no-such-program")
    kit.until(kit.over)
    assert kit.told[0].failure.cause is Cause.SPAWN


def test_a_folder_that_cannot_be_made_is_a_failed_attempt(kit):
    (kit.folder / "runs").write_text("in the way")
    kit.start("true")
    assert kit.told[0].failure.cause is Cause.SPAWN


def test_a_fault_of_ours_is_that_attempts_and_not_the_others(kit, monkeypatch):
    real = Supervision.result_now

    def fails(self, listener):
        if self.order.task == "A.bad":
            raise ZeroDivisionError
        return real(self, listener)

    monkeypatch.setattr(Supervision, "result_now", fails)
    kit.start("true", task="A.bad")
    kit.start("true", task="A.good")
    kit.until(lambda: kit.told and kit.broken)
    assert [(task, type(error)) for task, error in kit.broken] == [("A.bad", ZeroDivisionError)]
    assert kit.told[0].task == "A.good"


def test_whoever_waits_is_woken_from_another_thread(kit):
    waiting = threading.Thread(target=kit.foreground.attend, args=(LONG,))
    waiting.start()
    kit.foreground.wake()
    waiting.join(LONG / 2)
    assert not waiting.is_alive()


def test_who_wakes_it_too_late_does_no_harm(tmp_path):
    kit = Kit(tmp_path)
    kit.foreground.close()
    with (tmp_path / "other").open("wb"):  # gets the lowest number that is free
        kit.foreground.wake()
    assert (tmp_path / "other").stat().st_size == 0
