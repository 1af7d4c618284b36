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
from orchestrator.executors.order import order_to_json
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
