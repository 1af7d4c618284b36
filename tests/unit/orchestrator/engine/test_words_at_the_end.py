"""A person's word that comes while a run begins, waits and ends: whoever has the run takes it, or its next owner does.

Each test puts the word at one boundary: a listener is told of each event right after it is durable, by the thread that
works, which stands still meanwhile.
"""

import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from orchestrator.api.running import run
from orchestrator.cli.people import what_now
from orchestrator.desk import Desk, Said
from orchestrator.engine import session
from orchestrator.engine.answering import Refused, give
from orchestrator.engine.door import Door, knock, refused
from orchestrator.engine.options import RunOptions
from orchestrator.engine.requests import Answering
from orchestrator.engine.runs import open_journal
from orchestrator.errors import OrchestratorError
from orchestrator.journal.errors import RunOwned
from orchestrator.runs import Runs
from orchestrator.state import events as e
from orchestrator.state.people import Answer, Bound, Word

QUIET = RunOptions(page=False)
PLAN = {
    "schema": 1, "id": "gated", "title": "Gated",
    "agents": {"CI": {"specialty": "s", "driver": "command"}, "LEAD": {"specialty": "review", "driver": "human"}},
    "workstreams": {"A": {"title": "A", "lead": "CI", "tasks": [
        {"id": "look", "title": "Look", "agent": "LEAD", "approve": {"ask": "Good?"}},
        {"id": "after", "title": "After", "command": ["true"]},
    ]}},
}  # fmt: skip
ANSWER = Answer("id", Word.APPROVED, "Ada", "ada", "cli", "", Bound("", "p", "c", ""), 1, 103.0)
KILLED = """
import os, signal, sys
from orchestrator.api.running import run
from orchestrator.cli.people import what_now
from orchestrator.engine.options import RunOptions

def listen(envelope):
    if envelope.event.kind == sys.argv[1]:
        print("here", flush=True)
        sys.stdin.readline()
        os.kill(os.getpid(), signal.SIGKILL)

run("plan.yaml", options=RunOptions(page=False, listener=listen))
"""


@pytest.fixture(autouse=True)
def plan(tmp_path, monkeypatch):
    """A run of it waits for a yes, and has something to do after that."""
    monkeypatch.chdir(tmp_path)
    Path("plan.yaml").write_text(yaml.safe_dump(PLAN, sort_keys=False), "utf-8")


def yes(run_id):
    return Desk(Path(".orchestrate"), Path.cwd()).answer(run_id, "A.look", Said(Word.APPROVED, "cli", by="Ada"))


def answers(run_id):
    return [each.event.answer.id for each in Runs().events(run_id) if isinstance(each.event, e.PersonAnswered)]


class Person:
    """Says yes, in a thread of its own, once somebody is called with an event of the kind; that call returns when the
    word stands in the engine's queue, or when nobody let it in.
    """

    def __init__(self, kind, monkeypatch):
        self._kind, self._let_in, self.given, self._thread = kind, threading.Event(), [], None
        let_in = self._let_in

        class Watched(Door):
            def __init__(self, folder, heard):
                super().__init__(folder, lambda brought: (heard(brought), let_in.set()))

        monkeypatch.setattr(session, "Door", Watched)

    def listen(self, envelope):
        if envelope.event.kind == self._kind and self._thread is None:
            self._thread = threading.Thread(target=lambda: self.given.append(yes(Runs().latest)))
            self._thread.start()
            self._let_in.wait(0.5 if self._kind == "run_waits" else 20)

    def answered(self):
        self._thread.join(60)
        assert len(self.given) == 1
        return self.given[0].id


@pytest.mark.parametrize("kind", ["run_resumed", "person_asked"])
def test_a_word_that_stands_at_the_door_before_a_run_ends_is_taken_by_that_run(kind, monkeypatch):
    if kind == "run_resumed":
        assert run("plan.yaml", options=QUIET).exit_code == 5
    person = Person(kind, monkeypatch)
    outcome = run("plan.yaml", options=replace(QUIET, listener=person.listen))
    given = person.answered()
    assert answers(outcome.run) == [given]
    assert outcome.exit_code == 0


def test_a_word_that_comes_once_the_end_is_written_is_kept_for_the_next_owner(monkeypatch):
    person = Person("run_waits", monkeypatch)
    outcome = run("plan.yaml", options=replace(QUIET, listener=person.listen))
    assert outcome.exit_code == 5
    given = person.answered()
    assert answers(outcome.run) == [given]
    again = run("plan.yaml", options=QUIET)
    assert (again.run, again.exit_code) == (outcome.run, 0)


@pytest.mark.parametrize("kind", ["person_asked", "person_answered", "run_waits"])
def test_a_word_whose_taker_is_killed_is_recorded_once_and_holds(kind, tmp_path):
    if kind != "run_waits":  # something else is under way, so that the one that is killed does not end
        beside = {"id": "beside", "title": "B", "needs": [], "command": ["sh", "-c", until(tmp_path / "go")]}
        tasks = [*PLAN["workstreams"]["A"]["tasks"], beside]
        group = {**PLAN["workstreams"]["A"], "tasks": tasks}
        Path("plan.yaml").write_text(yaml.safe_dump({**PLAN, "workstreams": {"A": group}}), "utf-8")
    given = []
    person = threading.Thread(target=lambda: given.append(when_asked()))
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, kind], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        if kind == "person_answered":
            person.start()
        assert process.stdout.readline() == "here\n"
        if kind != "person_answered":
            person.start()
            time.sleep(0.2)  # it stands at the door, or finds the run taken: what follows holds wherever it is
        process.communicate("\n", timeout=60)
        assert process.returncode == -signal.SIGKILL
    person.join(60)
    latest = Runs().latest
    assert answers(latest) == [given[0].id]
    (tmp_path / "go").touch()
    assert run("plan.yaml", options=QUIET).exit_code == 0
    assert answers(latest) == [given[0].id]


def until(path):
    return f"until [ -e {path} ]; do sleep 0.05; done"


def when_asked():
    for _ in range(1000):
        try:
            return yes(Runs().latest)
        except OrchestratorError:
            time.sleep(0.02)
    raise AssertionError


def test_a_word_whose_reply_was_cut_off_is_told_as_taken_though_the_run_is_finished():
    waiting = run("plan.yaml", options=QUIET).run
    given = yes(waiting)
    assert run("plan.yaml", options=QUIET).exit_code == 0
    journal = open_journal(Path(".orchestrate"))
    folder = Path(".orchestrate/runs") / waiting
    give(journal, waiting, folder, "A.look", given)
    with pytest.raises(Refused, match="finished"):
        give(journal, waiting, folder, "A.look", replace(given, id="another"))
    journal.close()


def test_who_was_replied_to_is_told_even_if_the_door_shuts_at_once(tmp_path):
    def shut(brought):
        brought.reply(refused(""))
        doors[-1].close()

    doors = []
    for _ in range(30):
        doors.append(Door(tmp_path, shut))
        assert knock(tmp_path, Answering("A.look", ANSWER)) == {"refused": ""}


def test_a_run_is_resumed_though_somebody_has_it_for_the_moment_of_an_answer():
    waiting = run("plan.yaml", options=QUIET).run
    journal = open_journal(Path(".orchestrate"))
    fence = journal.acquire(waiting)
    threading.Timer(0.5, lambda: journal.release(waiting, fence)).start()
    assert run("plan.yaml", options=QUIET).exit_code == 5
    journal.close()


def test_a_run_that_an_orchestrator_has_is_refused_at_once(monkeypatch):
    waiting = run("plan.yaml", options=QUIET).run
    journal = open_journal(Path(".orchestrate"))
    fence = journal.acquire(waiting)
    door = Door(Path(".orchestrate/runs") / waiting, lambda _brought: None)
    monkeypatch.setattr(session, "VISIT", 1e9)
    with pytest.raises(RunOwned):
        run("plan.yaml", options=QUIET)
    door.close()
    journal.release(waiting, fence)
    journal.close()


def test_who_answers_is_told_what_becomes_of_the_answer():
    waiting = run("plan.yaml", options=QUIET).run
    yes(waiting)
    told = what_now(Runs().state(waiting), "A.look", " --state x", alive=False)
    assert told == f"carry the run on with: orchestrate resume {waiting} --state x"
    assert run("plan.yaml", options=QUIET).exit_code == 0
    assert "finished with exit code 0" in what_now(Runs().state(waiting), "A.look", "", alive=False)
