"""An owner that was stopped, taken for dead and continued delivers too late: its fencing token is an old one."""

import json
import os
import signal
import subprocess
import sys

from orchestrator.engine.options import RunOptions
from orchestrator.engine.prepared import prepare_run
from orchestrator.engine.runs import JOURNAL_FILE, open_journal, resume_run
from orchestrator.engine.session import Effects
from orchestrator.executors.processes import ProcessExecutor
from orchestrator.executors.tree import find_attempt_processes
from orchestrator.graph.load import load_plan
from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.state.events import AttemptLaunched, RunFinished, TaskSucceeded

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
WAIT = "echo $$ >> ${project}/begun; until test -e ${project}/go; do sleep 0.02; done"


def test_a_result_of_an_owner_that_was_stopped_and_replaced_is_refused(tmp_path, kit):
    task = {"id": "slow", "title": "Slow", "command": ["sh", "-c", WAIT]}
    (tmp_path / "plan.yaml").write_text(json.dumps(kit.plan_data([task])))
    former = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        kit.wait_until((tmp_path / "begun").exists)
        kit.wait_until(lambda: launched(tmp_path))  # stopped within a commit, it would keep the journal locked
        os.kill(former.pid, signal.SIGSTOP)
        (tmp_path / "go").touch()
        run = only_run(tmp_path)
        kit.wait_until(lambda: find_attempt_processes(f"{run}/A.slow/1") == ())  # it ended well, and nobody was told
        taken = SqliteJournal(tmp_path / "state" / JOURNAL_FILE, alive=lambda _owner: False)
        with ProcessExecutor() as executor:
            options = RunOptions(state=tmp_path / "state")
            plan = load_plan(tmp_path / "plan.yaml")
            prepared = prepare_run(plan, {}, options, project=tmp_path, environment={})
            result = resume_run(run, prepared, Effects(executor, programs_here=True), taken)
        before = taken.read(run)
        os.kill(former.pid, signal.SIGCONT)
        said = former.communicate(timeout=120)[1]
    finally:
        former.kill()
        former.wait()
    assert result.exit_code == 0
    assert former.returncode != 0
    assert "LeaseLost" in said
    assert taken.read(run) == before
    assert [each.event.attempt for each in before if isinstance(each.event, TaskSucceeded)] == [2]
    assert isinstance(before[-1].event, RunFinished)
    taken.close()


def only_run(folder):
    journal = open_journal(folder / "state", readonly=True)
    try:
        return journal.runs()[0].run
    finally:
        journal.close()


def launched(folder):
    journal = open_journal(folder / "state", readonly=True)
    try:
        return any(isinstance(each.event, AttemptLaunched) for each in journal.read(journal.runs()[0].run))
    finally:
        journal.close()
