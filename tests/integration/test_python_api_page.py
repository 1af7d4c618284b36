"""The examples of docs/reference/python-api.md, run as they stand there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator import NotStopped, Runs

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "python-api.md"


def test_every_example_of_the_page_runs(shell):
    assert shell("init", "plan.yaml").returncode == 0
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) >= 5
    (shell.folder / "page.py").write_text("\n".join(blocks), encoding="utf-8")
    argv = [sys.executable, "-W", "error", "page.py"]
    done = subprocess.run(
        argv, cwd=shell.folder, env=os.environ | shell.env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_run_in_another_process_is_stopped_from_python_and_its_output_read(shell):
    shell.plan([{"id": "wait", "command": ["sh", "-c", "echo begun; exec sleep 600"]}])
    running = shell.start("run", "--json", "plan.yaml")
    while '"task_started"' not in running.stdout.readline():
        assert running.poll() is None
    runs = Runs(shell.folder / ".orchestrate")
    runs.cancel(runs.latest, wait=60)
    running.communicate(timeout=120)
    assert running.returncode == 130
    assert not runs.list()[-1].finished
    log = runs.logs(runs.latest, "A.wait")
    assert (log.attempt, set(log.stdout) <= {"begun"}, log.stderr) == (1, True, ())
    with pytest.raises(NotStopped, match="not under way"):
        runs.cancel(runs.latest)
