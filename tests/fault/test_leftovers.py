"""What a dead orchestrator left is found by the processes that its journal names, and nobody else is hit."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.engine.finding import find_interrupted
from orchestrator.engine.options import RunOptions
from orchestrator.engine.prepared import prepare_run
from orchestrator.engine.runs import open_journal, resume_run
from orchestrator.engine.session import Effects
from orchestrator.executors.leftovers import end_launched, reap
from orchestrator.executors.processes import ProcessExecutor
from orchestrator.graph.load import load_plan
from orchestrator.process import Launch, ProcessId, alive, process_of, this_process
from orchestrator.state.events import AttemptLaunched, TaskStarted
from orchestrator.state.fold import fold

GONE = ProcessId("5e2f", 1, 1.0)

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
HIDE = (
    "test -e ${project}/again || { touch ${project}/again; env -i setsid sleep 60 & echo $! > ${project}/hidden; "
    "wait; }"
)


@pytest.fixture
def sleeper():
    """A process that carries no mark."""
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as process:
        yield process
        process.kill()


def test_a_process_that_the_journal_names_is_ended_without_any_mark(sleeper, tmp_path):
    assert reap(f"{tmp_path.name}-{os.getpid()}", [Launch(GONE, GONE, process_of(sleeper.pid))], grace=0) == 0
    assert sleeper.wait(timeout=120) == -signal.SIGKILL


def test_it_is_told_to_end_before_it_is_killed(sleeper, tmp_path):
    assert reap(f"{tmp_path.name}-{os.getpid()}", [Launch(GONE, GONE, process_of(sleeper.pid))], grace=20) == 0
    assert sleeper.wait(timeout=120) == -signal.SIGTERM


@pytest.mark.parametrize("other", [{"started": 1.0}, {"boot": "another boot"}])
def test_a_process_that_was_given_the_pid_since_is_left_alone(sleeper, tmp_path, other):
    named = replace(process_of(sleeper.pid), **other)
    assert reap(f"{tmp_path.name}-{os.getpid()}", [Launch(GONE, named, named)], grace=0) == 0
    assert sleeper.poll() is None
    assert alive(process_of(sleeper.pid))


def test_what_is_below_a_launcher_is_left_alone_while_its_owner_lives(sleeper):
    """The owner may have given the launcher to another attempt since."""
    me = this_process()
    assert end_launched([Launch(me, me, GONE)], grace=0) == 0
    assert sleeper.poll() is None


def test_a_launcher_whose_owner_is_gone_is_ended_with_all_below_it(kit):
    script = "import subprocess; subprocess.Popen(['sleep', '60'], start_new_session=True); print(flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as launcher:
        launcher.stdout.readline()
        (child,) = (process_of(int(pid)) for pid in children_of(launcher.pid))
        assert end_launched([Launch(GONE, process_of(launcher.pid), GONE)], grace=0) == 0
        assert launcher.wait(timeout=120) == -signal.SIGKILL
        kit.wait_until(lambda: not alive(child))


def children_of(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def events(folder, kind):
    """The events of that kind in the folder's journal."""
    journal = open_journal(folder / "state", readonly=True)
    try:
        return [each.event for run in journal.runs() for each in journal.read(run.run) if isinstance(each.event, kind)]
    finally:
        journal.close()


def test_what_a_stopped_launcher_keeps_from_every_search_is_ended_when_the_run_is_resumed(tmp_path, kit):
    """Its launcher cannot end it, and it carries no mark: only the journal knows where it is."""
    task = {"id": "hides", "title": "Hides", "command": ["sh", "-c", HIDE]}
    (tmp_path / "plan.yaml").write_text(json.dumps(kit.plan_data([task])))
    owner = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path)], env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    )
    try:
        kit.wait_until(lambda: (tmp_path / "hidden").exists() and (tmp_path / "hidden").read_text().endswith("\n"))
        kit.wait_until(lambda: events(tmp_path, AttemptLaunched))
        launch = events(tmp_path, AttemptLaunched)[0].launch
        assert launch.owner == process_of(owner.pid)
        hidden = process_of(int((tmp_path / "hidden").read_text()))
        os.kill(launch.launcher.pid, signal.SIGSTOP)
    finally:
        owner.kill()
        owner.wait()
    try:
        kit.wait_until(lambda: not alive(launch.process))  # the guard finds it by its mark, and not the hidden one
        assert alive(hidden)
        result = resumed(tmp_path)
    finally:
        with suppress(ProcessLookupError):
            os.kill(launch.launcher.pid, signal.SIGKILL)
    assert result.exit_code == 0
    assert not alive(hidden)
    assert not alive(launch.launcher)
    assert [event.attempt for event in events(tmp_path, TaskStarted)] == [1, 2]
    assert fold(journal_of(tmp_path)).tasks["A.hides"].launch is None


def resumed(folder):
    options = RunOptions(state=folder / "state")
    prepared = prepare_run(load_plan(folder / "plan.yaml"), {}, options, project=folder, environment={})
    journal = open_journal(options.state)
    try:
        with ProcessExecutor() as executor:
            run = find_interrupted(journal, prepared.loaded.plan.id)
            return resume_run(run, prepared, Effects(executor, programs_here=True), journal)
    finally:
        journal.close()


def journal_of(folder):
    journal = open_journal(folder / "state", readonly=True)
    try:
        assert find_interrupted(journal, "small") is None
        return journal.read(journal.runs()[-1].run)
    finally:
        journal.close()
