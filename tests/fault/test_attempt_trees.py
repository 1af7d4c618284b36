"""Whatever an attempt started ends with it: at a timeout, at a stop, at its end, and when the orchestrator is
killed.
"""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from orchestrator.executors.launch import Launcher
from orchestrator.executors.leftovers import reap
from orchestrator.executors.order import Note
from orchestrator.executors.orderfile import order_to_json
from orchestrator.executors.tree import find_attempt_processes
from orchestrator.process import alive, process_started
from orchestrator.state.failure import Cause

STUBBORN = "(setsid sh -c 'trap \"\" TERM; sleep 60; sleep 60' &) ; "


def test_a_timeout_ends_the_whole_tree_also_what_took_a_session_of_its_own(attempts):
    result = attempts.shell(STUBBORN + "sleep 60", timeout=0.6)
    assert result.failure.cause is Cause.TIMEOUT
    assert "timeout of 0.6 s" in result.failure.message
    assert result.usage.seconds < 60


def test_what_a_command_leaves_running_is_ended_after_it(attempts):
    result = attempts.shell(STUBBORN + "sleep 0.1")
    assert result.failure is None


def test_a_stop_holds_where_the_launcher_itself_was_stopped(attempts, kit, monkeypatch):
    monkeypatch.setattr("orchestrator.executors.supervision.LONGEST_KILL", 0.2)
    order = attempts.order(command=("sh", "-c", "echo $PPID > launcher; kill -STOP $PPID; touch stopped; sleep 60"))
    ended = []
    waiting = threading.Thread(target=lambda: ended.append(attempts.carry_out(order)), daemon=True)
    waiting.start()
    kit.wait_until((order.folder / "stopped").exists)
    attempts.stop.set()
    waiting.join(120)
    launcher = int(attempts.file("launcher"))
    if waiting.is_alive():
        os.kill(launcher, signal.SIGKILL)
    assert [result.stopped for result in ended] == [True]
    assert process_started(launcher) is None


def test_a_launcher_that_was_stopped_is_closed_all_the_same(monkeypatch):
    monkeypatch.setattr("orchestrator.executors.launch.LONGEST_CLOSE", 0.1)
    launcher = Launcher()
    os.kill(launcher.pid, signal.SIGSTOP)
    launcher.close()
    assert process_started(launcher.pid) is None


def test_a_process_that_was_stopped_past_its_timeout_is_ended_and_says_nothing_afterwards(attempts):
    """It ends by SIGKILL, which needs no continuing: there is no process left that could deliver late."""
    late = 'kill -STOP $$; echo \'{"kind": "note", "text": "late"}\' >> $ORCHESTRATE_EVIDENCE'
    result = attempts.shell(late, timeout=0.3)
    assert result.failure.cause is Cause.TIMEOUT
    assert attempts.notes == []
    assert not any(alive(launch.process) for launch in attempts.launches)


def test_a_process_that_hides_its_environment_is_ended_too(attempts):
    seconds = f"61{os.getpid()}"
    result = attempts.shell(f"(env -i setsid sleep {seconds} &) ; echo $$; sleep 60", timeout=0.6)
    assert result.failure.cause is Cause.TIMEOUT
    assert sleeping(seconds) == []


def test_notes_arrive_while_the_task_runs_and_a_stop_ends_it(attempts):
    said = []

    def listen(told):
        if isinstance(told, Note):
            said.append(told.text)
            attempts.stop.set()

    attempts.listen = listen
    result = attempts.runner("speaks_and_waits")
    assert said == ["working"]
    assert (result.stopped, result.failure) == (True, None)
    assert result.usage.seconds < 60


def test_a_listener_that_raises_leaves_nothing_running(attempts):
    def listen(_told):
        raise RuntimeError("the listener broke")

    attempts.listen = listen
    order = attempts.order(
        command=("sh", "-c", 'echo \'{"kind":"note","text":"x"}\' >> $ORCHESTRATE_EVIDENCE; sleep 60')
    )
    try:
        attempts.carry_out(order)
        raised = False
    except RuntimeError:
        raised = True
    assert raised
    assert find_attempt_processes(order.marker) == ()


SUPERVISOR = """
import sys, threading
from orchestrator.executors.carry_out import carry_out
from orchestrator.executors.orderfile import order_from_json
carry_out(order_from_json(sys.argv[1]), threading.Event(), print)
"""


def test_an_orchestrator_that_is_killed_leaves_nothing_running(attempts):
    order = attempts.order(command=("sh", "-c", STUBBORN + "sleep 60"))
    root = subprocess.Popen([sys.executable, "-c", SUPERVISOR, order_to_json(order)])
    _until(lambda: len(find_attempt_processes(order.marker)) >= 3)
    os.kill(root.pid, signal.SIGKILL)
    root.wait()
    _until(lambda: find_attempt_processes(order.marker) == ())
    assert find_attempt_processes(order.marker) == ()


@pytest.mark.parametrize("kind", ["command", "runner"])
def test_what_hides_from_every_search_ends_with_a_killed_orchestrator_too(attempts, kind):
    seconds = f"6{os.getpid()}"
    if kind == "command":
        order = attempts.order(command=("sh", "-c", f"(env -i setsid sleep {seconds} &) ; sleep 60"))
    else:
        order = attempts.order(runner="hides", offer="attempt_runners:RUNNERS", params={"seconds": seconds})
    root = subprocess.Popen([sys.executable, "-c", SUPERVISOR, order_to_json(order)])
    _until(lambda: sleeping(seconds))
    os.kill(root.pid, signal.SIGKILL)
    root.wait()
    _until(lambda: not sleeping(seconds) and find_attempt_processes(order.marker) == ())
    assert sleeping(seconds) == []
    assert find_attempt_processes(order.marker) == ()


def sleeping(seconds):
    return subprocess.run(["pgrep", "-f", f"^sleep {seconds}$"], capture_output=True, check=False).stdout.split()


def test_a_stop_ends_what_hides_too(attempts):
    seconds = f"7{os.getpid()}"
    attempts.listen = lambda told: isinstance(told, Note) and attempts.stop.set()
    result = attempts.runner("hides", params={"seconds": seconds})
    assert (result.stopped, result.failure) == (True, None)
    assert sleeping(seconds) == []


def test_reap_ends_what_a_run_left_behind_and_nothing_of_another(attempts):
    def start(run):
        return subprocess.Popen(["sleep", "60"], env={**os.environ, "ORCHESTRATE_ATTEMPT": f"{run}/A.task/1"})

    run = attempts.run
    with start(run) as mine, start(run + "0") as other:
        threading.Thread(target=mine.wait).start()
        assert reap(run, grace=1) == 0
        assert mine.wait() == -signal.SIGTERM
        assert other.poll() is None
        other.kill()


def _until(condition):
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
