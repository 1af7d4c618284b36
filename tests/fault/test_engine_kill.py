"""An orchestrator that dies at any moment leaves a run that resumes to where it would have come without dying."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from orchestrator.engine.finding import find_interrupted
from orchestrator.engine.options import RunOptions
from orchestrator.engine.prepared import prepare_run
from orchestrator.engine.runs import open_journal, resume_run
from orchestrator.engine.session import Effects
from orchestrator.executors.processes import ProcessExecutor
from orchestrator.executors.tree import find_attempt_processes
from orchestrator.graph.load import load_plan
from orchestrator.journal.lease import this_owner
from orchestrator.journal.memory import MemoryJournal
from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.state.events import AttemptFailed, TaskSucceeded

_SPEC = importlib.util.spec_from_file_location(
    "scripted_for_faults", Path(__file__).parents[1] / "unit" / "orchestrator" / "engine" / "scripted.py"
)
scripted = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(scripted)

RETRY = {"max": 1, "delay": "1ms"}
TASKS = {
    "one": {}, "flaky": {"needs": ["one"], "retries": RETRY}, "bad": {"retries": RETRY}, "below": {"needs": ["bad"]},
    "off": {"if": False}, "always": {"needs": ["bad", "flaky", "off"], "trigger_rule": "all_done"},
    "soft": {"continue_on_error": True}, "last": {"needs": ["soft", "one"]},
}  # fmt: skip
CRITERIA = [
    {"id": "fast", "title": "F", "metric": "try.speed", "target": ">= 5 MB/s", "from": "one"},
    {"id": "unmeasured", "title": "U", "metric": "try.speed", "target": ">= 5 MB/s", "from": "below"},
]
PLAN = scripted.load(TASKS, group={"success_criteria": CRITERIA})


class Died(BaseException):
    """The process is gone: nothing after this line happened."""


class Mortal:
    """A journal whose owner dies at one commit: before it is durable, or right after."""

    def __init__(self, journal, commits, *, durable):
        self.journal, self.left, self.durable = journal, commits, durable

    def __getattr__(self, name):
        return getattr(self.journal, name)

    def append(self, run, envelopes):
        self.left -= 1
        if self.left < 0 or (self.left == 0 and not self.durable):
            raise Died
        self.journal.append(run, envelopes)
        if self.left == 0:
            raise Died

    def release(self, run, fence):
        """The dead give nothing back."""


class Scripted(scripted.Scripted):
    """`flaky` fails until one failure of it is in the journal; `bad` and `soft` always fail."""

    def __init__(self, journal):
        super().__init__({"A.bad": ["no"], "A.soft": ["no"]})
        self.journal = journal

    def submit(self, fn, /, order, stop, listener):
        failed = any(
            isinstance(each.event, AttemptFailed) and each.event.task == order.task
            for each in self.journal.read(order.run)
        )
        self.script["A.flaky"] = [scripted.measured(9.0) if failed else "not yet"]
        return super().submit(fn, order, stop, listener)


def end_of(state):
    """What must not depend on having died."""
    tasks = {
        task: (str(each.status), len(each.failures), each.culprit, each.tolerated) for task, each in state.tasks.items()
    }
    return tasks, {name: verdict.outcome for name, verdict in state.verdicts.items()}, state.exit_code


@pytest.mark.parametrize("back_end", ["memory", "sqlite"])
def test_a_run_killed_at_any_commit_and_resumed_reaches_the_same_end(back_end, tmp_path):
    whole = MemoryJournal()
    result = scripted.go(PLAN, Scripted(whole), whole, jobs=1)
    expected = end_of(result.state)
    assert expected[2] == 1
    died = 0
    for commit in range(1, 200):
        for durable in (False, True):
            if not die_and_resume(back_end, tmp_path / f"{commit}-{durable}", commit, durable, expected):
                assert died > 20
                return
            died += 1
    pytest.fail("the run never ended")


def die_and_resume(back_end, folder, commit, durable, expected):
    """Whether the owner died at that commit; then the run was resumed, and the checks are made."""
    dead = set()
    alive = lambda owner: owner not in dead  # noqa: E731 - two lines would hide the point
    make = {"memory": lambda: MemoryJournal(alive=alive), "sqlite": lambda: SqliteJournal(folder / "j", alive=alive)}
    journal = make[back_end]()
    try:
        scripted.go(PLAN, Scripted(journal), Mortal(journal, commit, durable=durable), jobs=1)
    except Died:
        dead.add(this_owner())
    else:
        return False
    finished = [each.run for each in journal.runs()]
    if finished and find_interrupted(journal, "demo") is not None:
        before = {
            each.event.task for each in journal.read(finished[0]) if isinstance(each.event, TaskSucceeded)
        }  # fmt: skip
        executor = Scripted(journal)
        result = scripted.go(PLAN, executor, journal, jobs=1, resume=True)
        assert end_of(result.state) == expected
        assert not before & {order.task for order in executor.orders}
    journal.close()
    return True


SLOW_PLAN = """
schema: 1
id: slow
title: Slow
agents: {X: {specialty: waiting, capacity: 4}}
workstreams:
  A:
    title: A
    lead: X
    tasks:
      - {id: quick, title: Quick, command: ["true"]}
      - {id: hang, title: Hang, command: [sh, -c, "test -e ../../seen || { touch ../../seen; sleep 60; }"]}
      - {id: last, title: Last, command: ["true"]}
"""

CHILD = """
import sys
from pathlib import Path
from orchestrator.engine.options import RunOptions
from orchestrator.engine.prepared import prepare_run
from orchestrator.engine.runs import open_journal, start_run
from orchestrator.engine.session import Effects
from orchestrator.executors.processes import ProcessExecutor
from orchestrator.graph.load import load_plan
folder = Path(sys.argv[1])
options = RunOptions(state=folder / "state")
prepared = prepare_run(load_plan(folder / "plan.yaml"), {}, options, project=folder, environment={})
with ProcessExecutor() as executor:
    start_run(prepared, Effects(executor, programs_here=True), open_journal(options.state))
"""


def test_a_real_orchestrator_killed_outright_leaves_no_process_and_its_run_resumes(tmp_path):
    (tmp_path / "plan.yaml").write_text(SLOW_PLAN)
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path)], env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    )
    try:
        wait_for(lambda: any(tmp_path.glob("state/under-way/*/seen")))
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
    journal = open_journal(tmp_path / "state")
    run = find_interrupted(journal, "slow")
    with ProcessExecutor() as executor:
        options = RunOptions(state=tmp_path / "state")
        prepared = prepare_run(load_plan(tmp_path / "plan.yaml"), {}, options, project=tmp_path, environment={})
        result = resume_run(run, prepared, Effects(executor, programs_here=True), journal)
    journal.close()
    assert (result.run, result.exit_code) == (run, 0)
    assert {task: record.attempt for task, record in result.state.tasks.items()} == {
        "A.quick": 1,
        "A.hang": 2,
        "A.last": 1,
    }
    assert find_attempt_processes(f"{run}/") == ()
    assert json.loads((tmp_path / "state" / "runs" / run / "A.hang" / "2" / "order.json").read_text())["attempt"] == 2


def wait_for(condition, seconds=120):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)
