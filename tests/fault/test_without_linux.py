"""What stands in for Linux' own calls: attempts are watched, measured and ended without them too."""

import os
import signal
import subprocess
import sys
import threading
from collections import deque

import pytest

from orchestrator import kernel
from orchestrator.executors import launch
from orchestrator.executors.orderfile import order_to_json
from orchestrator.executors.tree import find_attempt_processes
from orchestrator.state.failure import Cause
from tests.fault.test_attempt_trees import STUBBORN, SUPERVISOR


@pytest.fixture
def elsewhere(monkeypatch):
    monkeypatch.setenv(kernel.VARIABLE, "portable")  # for the launchers
    monkeypatch.setattr(kernel, "LINUX", False)
    idle = deque()
    monkeypatch.setattr(launch, "_idle", idle)
    yield
    while idle:
        idle.pop().close()


@pytest.mark.usefixtures("elsewhere")
def test_a_timeout_ends_the_whole_tree_without_linux(attempts):
    result = attempts.shell(STUBBORN + "sleep 60", timeout=0.6)
    assert result.failure.cause is Cause.TIMEOUT


@pytest.mark.usefixtures("elsewhere")
def test_what_a_command_leaves_running_is_ended_without_linux(attempts):
    assert attempts.shell(STUBBORN + "sleep 0.1").failure is None


@pytest.mark.usefixtures("elsewhere")
def test_memory_and_evidence_of_a_tree_are_taken_without_linux(attempts):
    hold = "import time; held = bytearray(48 << 20); time.sleep(0.6)"
    line = '{"kind":"note","text":"seen"}'
    result = attempts.shell(f"echo '{line}' >> \"$ORCHESTRATE_EVIDENCE\"; {sys.executable} -c '{hold}'; true")
    assert result.failure is None
    assert result.usage.peak_rss > 48 << 20
    assert attempts.notes == ["seen"]
    assert attempts.file("evidence.jsonl").decode().strip() == line


@pytest.mark.usefixtures("elsewhere")
def test_a_stop_ends_an_attempt_without_linux(attempts):
    threading.Timer(0.3, attempts.stop.set).start()
    assert attempts.shell("sleep 60").stopped


def test_a_killed_orchestrator_leaves_nothing_running_without_linux(attempts, kit):
    order = attempts.order(command=("sh", "-c", STUBBORN + "sleep 60"))
    environment = {**os.environ, kernel.VARIABLE: "portable"}
    root = subprocess.Popen([sys.executable, "-c", SUPERVISOR, order_to_json(order)], env=environment)
    kit.wait_until(lambda: len(find_attempt_processes(order.marker)) >= 3)
    os.kill(root.pid, signal.SIGKILL)
    root.wait()
    kit.wait_until(lambda: find_attempt_processes(order.marker) == ())


TAKEN_AWAY = """\
import os, select, signal
for module, names in (
    (os, "pidfd_open eventfd memfd_create sched_getaffinity sched_setaffinity O_PATH O_TMPFILE copy_file_range"),
    (select, "epoll"),
    (signal, "pidfd_send_signal"),
):
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)
"""
"""A `sitecustomize` for Python: what other systems lack is not there, in any process of the run."""

SLOW = "import time; held = bytearray(32 << 20); time.sleep(60)"


@pytest.fixture
def another_system(shell):
    """The command line on a system that has none of what only Linux has."""
    site = shell.folder / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(TAKEN_AWAY)
    shell.env |= {kernel.VARIABLE: "portable", "PYTHONPATH": f"{site}{os.pathsep}{shell.env['PYTHONPATH']}"}
    return shell


def test_a_plan_runs_to_its_verdicts_without_linux(another_system, kit):
    shell = another_system
    once = shell.folder / "once"
    shell.plan(
        [
            kit.measuring("count", "9"),
            {
                "id": "again",
                "command": ["sh", "-c", f"[ -e '{once}' ] || ! touch '{once}'"],
                "retries": {"max": 2, "delay": "0s"},
                "needs": [],
            },
            {"id": "hangs", "command": [sys.executable, "-c", SLOW], "timeout": "1s", "needs": []},
            {"id": "below", "command": ["true"], "needs": ["hangs"]},
        ],
        [kit.criterion(">= 5 cases")],
    )
    done = shell("run", "--executor", "processes", "plan.yaml")
    assert done.returncode == 1, done.stderr
    tasks = {one["id"]: one for one in shell.status()["tasks"]}
    assert {name: one["status"] for name, one in tasks.items()} == {
        "A.count": "succeeded",
        "A.again": "succeeded",
        "A.hangs": "failed",
        "A.below": "skipped",
    }
    assert "1 PASS, 0 FAIL, 0 UNPROVEN" in done.stdout
    assert "timeout" in done.stdout
    assert "matches  A.enough" in shell("verify").stdout


def test_a_run_that_is_killed_is_resumed_to_its_verdicts_without_linux(another_system, kit):
    shell = another_system
    go, began = shell.folder / "go", shell.folder / "began"
    wait = {"id": "wait", "command": ["sh", "-c", f"[ -e '{go}' ] || {{ touch '{began}'; sleep 60; }}"]}
    shell.plan([wait, {**kit.measuring("count", "9"), "needs": ["wait"]}], [kit.criterion(">= 5 cases")])
    first = shell.start("run", "plan.yaml")
    kit.wait_until(began.exists)
    first.kill()
    first.wait()
    go.touch()
    done = shell("run", "plan.yaml")
    assert done.returncode == 0, done.stderr
    assert "1 PASS" in done.stdout
