"""Between the last task and the report: nothing that happens there costs a task that is done, or hides a verdict."""

import json
import subprocess
import sys

import pytest

DIES_BEFORE_THE_REPORT = """
import os, sys
from pathlib import Path
from orchestrator.api.running import run
from orchestrator.engine.options import RunOptions
run("plan.yaml", options=RunOptions(announce=lambda _summary: os.kill(os.getpid(), 9)))
"""
ONE_TASK = {"id": "a", "command": ["sh", "-c", "echo a >> ${project}/ran"]}


def die_before_the_report(shell):
    argv = (sys.executable, "-c", DIES_BEFORE_THE_REPORT)
    assert subprocess.run(argv, cwd=shell.folder, env=shell.env, timeout=180, check=False).returncode == -9
    assert not list((shell.folder / "reports").glob("*.md"))


def test_a_run_killed_before_its_report_is_reported_by_the_same_command_and_nothing_runs_again(shell, kit):
    shell.plan([ONE_TASK, kit.measuring("m", "5")], [kit.criterion(">= 6 cases")])
    die_before_the_report(shell)
    again = shell("run", "plan.yaml")
    (run,) = shell.runs()
    assert (again.returncode, shell.lines("ran")) == (1, ["a"])
    assert f"report: reports/{run['run']}.md" in again.stdout
    assert "had finished before" in again.stderr
    assert shell("run", "-q", "plan.yaml").returncode == 1
    assert len(shell.runs()) == 2
    assert shell.lines("ran") == ["a", "a"]


def test_what_is_not_the_same_command_starts_a_new_run_and_resume_writes_the_report_too(shell):
    shell.plan([ONE_TASK])
    die_before_the_report(shell)
    assert shell("resume").returncode == 0
    assert len(list((shell.folder / "reports").glob("*.md"))) == 1
    assert shell("resume").returncode == 2
    shell.plan([{**ONE_TASK, "command": ["sh", "-c", "echo b >> ${project}/ran"]}])
    assert shell("run", "-q", "plan.yaml").returncode == 0
    assert shell.lines("ran") == ["a", "b"]


@pytest.mark.parametrize("option", ["--reports", "--junit"])
def test_an_output_that_cannot_be_written_is_found_before_any_task_starts(shell, option):
    shell.plan([ONE_TASK])
    (shell.folder / "notadir").touch()
    target = "notadir" if option == "--reports" else "notadir/verdicts.xml"
    done = shell("run", "plan.yaml", option, target)
    assert (done.returncode, shell.lines("ran")) == (4, [])
    assert "notadir: Not a directory" in done.stderr
    assert not (shell.folder / ".orchestrate").exists() or shell("history", "--json").stdout.strip() == "[]"


def test_a_report_that_cannot_be_written_at_the_end_comes_after_the_verdicts(shell, kit):
    task = kit.measuring("m", "5")
    task["command"][2] += "; rm -rf ${project}/out; touch ${project}/out"
    shell.plan([task], [kit.criterion(">= 5 cases")])
    done = shell("run", "plan.yaml", "--reports", "out")
    assert done.returncode == 4
    assert "A.enough" in done.stdout
    assert "PASS" in done.stdout
    assert "out: Not a directory" in done.stderr
    told = shell("run", "--new", "--json", "plan.yaml", "--junit", "verdicts")
    assert told.returncode == 0
    assert json.loads(told.stdout.splitlines()[-1])["event"]["kind"] == "run_finished"


def test_the_run_that_was_started_last_is_the_latest_whatever_the_clock_said(shell):
    (shell.folder / "shift").mkdir()
    (shell.folder / "shift" / "sitecustomize.py").write_text(
        "import time\n_now = time.time\ntime.time = lambda: _now() + 1e6\n"
    )
    shell.plan([ONE_TASK])
    known = dict(shell.env)
    shell.env["PYTHONPATH"] = f"{shell.folder / 'shift'}:{known['PYTHONPATH']}"
    assert shell("run", "-q", "plan.yaml").returncode == 0
    shell.env = known
    assert shell("run", "-q", "plan.yaml").returncode == 0
    first, last = shell.runs()
    assert first["started_at"] > last["started_at"]
    assert shell.status()["run"] == last["run"]
