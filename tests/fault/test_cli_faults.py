"""What goes wrong around a run, through the real command line."""

import os
import signal
import subprocess
import sys

import psutil
import pytest


def processes_that_say(word):
    """Those whose command line has the word."""
    found = []
    for process in psutil.process_iter():
        try:
            if word in process.cmdline():
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def test_after_kill_9_nothing_keeps_running_and_the_same_command_goes_on(shell, kit):
    mark = f"{os.getpid()}.4242"
    shell.plan(
        [
            {"id": "first", "command": ["sh", "-c", "echo first >> ${project}/ran"]},
            {
                "id": "second",
                "command": ["sh", "-c", f"echo second >> ${{project}}/ran; test -e ${{project}}/go || sleep {mark}"],
            },
        ]
    )
    running = shell.start("run", "plan.yaml")
    kit.wait_until(lambda: shell.lines("ran") == ["first", "second"] and processes_that_say(mark))
    running.send_signal(signal.SIGKILL)
    running.wait(timeout=120)
    kit.wait_until(lambda: not processes_that_say(mark))
    assert shell.runs()[-1]["condition"] == "died"
    (shell.folder / "go").touch()
    assert shell("run", "-q", "plan.yaml").returncode == 0
    assert shell.lines("ran") == ["first", "second", "second"]
    assert len(shell.runs()) == 1


def test_two_ctrl_c_end_a_task_that_will_not_stop(shell, kit):
    said = "trap 'echo told >> ${project}/ran' TERM; echo x >> ${project}/ran; while :; do sleep 0.1; done"
    shell.plan([{"id": "deaf", "command": ["sh", "-c", said]}])
    running = shell.start("run", "plan.yaml")
    kit.wait_until(lambda: shell.lines("ran") == ["x"])
    running.send_signal(signal.SIGINT)
    kit.wait_until(lambda: "told" in shell.lines("ran"))
    assert running.poll() is None
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=120) == 130


@pytest.mark.parametrize("folder", ["file/state", "/proc/orchestrate"])
def test_a_state_folder_that_cannot_be_written_is_a_fault_with_a_mend(shell, folder):
    (shell.folder / "file").touch()
    shell.plan([{"id": "a", "command": ["sh", "-c", "echo x >> ${project}/ran"]}])
    done = shell("run", "--state", folder, "plan.yaml")
    assert done.returncode == 4
    assert "mend: " in done.stderr
    assert "Traceback" not in done.stderr
    assert shell.lines("ran") == []


def test_a_reports_folder_that_cannot_be_written_is_a_fault_before_anything_starts(shell):
    (shell.folder / "file").touch()
    shell.plan([{"id": "a", "command": ["true"]}])
    done = shell("run", "-q", "--reports", "file/reports", "plan.yaml")
    assert done.returncode == 4
    assert "mend: " in done.stderr
    assert not (shell.folder / ".orchestrate").exists()


def test_a_journal_that_is_none_is_a_fault(shell):
    (shell.folder / ".orchestrate").mkdir()
    (shell.folder / ".orchestrate" / "journal.sqlite").write_bytes(b"this is not a database" * 100)
    done = shell("history")
    assert done.returncode == 4
    assert "mend: " in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--no-such-option",), 2),
        (("frobnicate",), 2),
        (("run",), 2),
        (("run", "-j", "0", "plan.yaml"), 2),
        (("run", "--durability", "eternal", "plan.yaml"), 2),
        (("run", "--executor", "magic", "plan.yaml"), 2),
        (("status",), 4),
    ],
)
def test_what_makes_no_sense_is_usage_and_where_nothing_ran_is_a_fault(shell, arguments, code):
    done = shell(*arguments)
    assert done.returncode == code
    assert done.stderr
    assert not (shell.folder / ".orchestrate").exists()


def test_a_reader_that_goes_away_is_no_error(shell):
    shell.plan([{"id": f"t{n}", "command": ["true"]} for n in range(200)])
    piped = f"{sys.executable} -m orchestrator schedule plan.yaml | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", piped], check=False, cwd=shell.folder, env=shell.env, capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_of_two_runs_in_the_same_instant_one_refuses_and_names_the_other(shell, kit):
    shell.plan([{"id": "long", "command": ["sh", "-c", "echo x >> ${project}/ran; sleep 60"]}])
    both = [shell.start("run", "-q", "plan.yaml") for _ in range(2)]
    kit.wait_until(lambda: any(process.poll() is not None for process in both))
    second = next(process for process in both if process.poll() is not None)
    first = next(process for process in both if process is not second)
    assert second.returncode == 4
    assert f"process {first.pid}" in second.stderr.read()
    kit.wait_until(lambda: shell.lines("ran") == ["x"])
    assert len(shell.runs()) == 1
    assert shell("cancel").returncode == 0


def test_a_disk_that_fills_up_ends_the_run_with_a_mend_and_no_verdict_and_the_run_goes_on_later(shell, kit):
    """A limit on the size of files stands for the disk: writes beyond it fail."""
    tasks = [{"id": f"t{number}", "needs": [], "command": ["true"]} for number in range(40)]
    shell.plan([*tasks, kit.measuring("count", "5")], [kit.criterion(">= 5 cases")])
    limited = f"ulimit -f 90; exec {sys.executable} -m orchestrator run -q plan.yaml"
    done = subprocess.run(
        ["bash", "-c", limited],
        cwd=shell.folder,
        env=shell.env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 4, done.stderr
    assert "mend: " in done.stderr
    assert "Traceback" not in done.stderr
    assert "PASS" not in done.stdout
    state = shell.status()
    assert (state["verdicts"], state["exit_code"]) == ([], None)
    assert shell("run", "-q", "plan.yaml").returncode == 0
    assert len(shell.runs()) == 1
