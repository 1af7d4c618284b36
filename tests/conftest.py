"""The real command line in a folder of its own, for the tests that drive it from outside."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

import orchestrator

settings.register_profile("patient", settings(), deadline=None, suppress_health_check=(HealthCheck.too_slow,))
settings.load_profile("patient")  # how long an example takes says how busy the machine is, and nothing about the code

if (
    signal.getsignal(signal.SIGINT) is signal.SIG_IGN
):  # a shell's background job; what the tests start would ignore it too
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:  # `nohup pytest`; a handler of ours is not inherited
    signal.signal(signal.SIGHUP, lambda *_: None)

for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
    os.environ.pop(name, None)  # what the tests start would tell GitHub of their runs

os.environ["PYTHONSAFEPATH"] = (
    "1"  # what the tests start imports the package under test too, not what lies in the folder
)

_CONFIG = tempfile.TemporaryDirectory(prefix="orchestrate-config-")
os.environ["XDG_CONFIG_HOME"] = _CONFIG.name  # the keys of the tests' runs are not the user's

ROOT = Path(orchestrator.__file__).parents[1]
COMMAND = (sys.executable, "-m", "orchestrator")


class Shell:
    """Runs `orchestrate` in `folder` as a user would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        self.env = os.environ | {"PYTHONPATH": path, "NO_COLOR": "1", "COLUMNS": "120"}
        self.started: list[subprocess.Popen[str]] = []

    def __call__(self, *args: str | Path, timeout: float = 180) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            (*COMMAND, *map(str, args)),
            cwd=self.folder, env=self.env, capture_output=True, text=True, timeout=timeout, check=False,
        )  # fmt: skip

    def start(self, *args: str | Path) -> subprocess.Popen[str]:
        """In the background; ended with the test."""
        process = subprocess.Popen(
            (*COMMAND, *map(str, args)),
            cwd=self.folder, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.started.append(process)
        return process

    def plan(
        self, tasks: Sequence[dict[str, Any]], criteria: Sequence[dict[str, Any]] = (), name: str = "plan.yaml"
    ) -> Path:
        """Write a plan of one workstream with these tasks (JSON is YAML)."""
        path = self.folder / name
        path.write_text(json.dumps(plan_data(tasks, criteria)), encoding="utf-8")
        return path

    def status(self) -> dict[str, Any]:
        """The latest run, by `orchestrate status --json`."""
        return json.loads(self("status", "--json").stdout)

    def runs(self) -> list[dict[str, Any]]:
        """By `orchestrate history --json`."""
        return json.loads(self("history", "--json").stdout)

    def lines(self, name: str) -> list[str]:
        """The lines of a file that tasks wrote; none where it is missing."""
        path = self.folder / name
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def plan_data(tasks: Sequence[dict[str, Any]], criteria: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """A plan of one workstream as plain data."""
    group = {"title": "Work", "lead": "ONE", "tasks": [{"title": task["id"], **task} for task in tasks]}
    return {
        "schema": 1,
        "id": "small",
        "title": "A small plan",
        "agents": {"ONE": {"specialty": "Work", "driver": "command", "capacity": 4}},
        "workstreams": {"A": group | ({"success_criteria": list(criteria)} if criteria else {})},
    }


def measuring(task: str, value: str) -> dict[str, Any]:
    """A task that reports `value`, as JSON spells it, of the metric m.count."""
    line = f'{{"kind": "measurement", "metric": "m.count", "unit": "cases", "values": [{value}], "method": "counted"}}'
    return {
        "id": task,
        "command": ["sh", "-c", f"echo '{line}' >> \"$ORCHESTRATE_EVIDENCE\""],
        "metrics": [{"name": "m.count", "unit": "cases", "better": "higher"}],
    }


def criterion(target: str) -> dict[str, Any]:
    """A criterion on m.count."""
    return {"id": "enough", "title": "Enough", "metric": "m.count", "target": target}


def wait_until(condition: Callable[[], bool], seconds: float = 120) -> None:
    """Poll until it holds; fails the test when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@pytest.fixture(scope="session")
def shell_in():
    """Opens a shell in a folder, for a test module that shares one run among its tests."""
    return Shell


@pytest.fixture
def shell(tmp_path):
    opened = Shell(tmp_path)
    yield opened
    for process in opened.started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def kit():
    """What tests build small plans from: `kit.measuring(...)`, `kit.criterion(...)`, `kit.wait_until(...)`."""

    class Kit:
        measuring = staticmethod(measuring)
        criterion = staticmethod(criterion)
        wait_until = staticmethod(wait_until)
        plan_data = staticmethod(plan_data)

    return Kit
