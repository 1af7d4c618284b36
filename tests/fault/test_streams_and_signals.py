"""A run whose progress cannot be written, and signals in the first moments: the exit code is the verdicts', or the
signal's.
"""

import json
import os
import pty
import signal
import subprocess
import sys
import time

import pytest

ENDED = (128 + signal.SIGTERM, -signal.SIGTERM, 128 + signal.SIGINT)
LEFT = (
    "import os, signal; {start}\ntry:\n    os.kill(os.getpid(), signal.{name}); {long}\nexcept BaseException: "
    "print('swallowed')"
)


def in_shell(shell, redirected, *verb, **env):
    said = f'{sys.executable} -m orchestrator "$@" {redirected}'
    return subprocess.run(
        ("sh", "-c", said, "sh", *verb), cwd=shell.folder, env=shell.env | env, capture_output=True, text=True,
        errors="replace", timeout=180, check=False
    )  # fmt: skip


@pytest.mark.parametrize("redirected", ["<&- >&- 2>&-", "2>&-", "2>/dev/full", ">/dev/full 2>&1"])
def test_progress_that_cannot_be_written_changes_neither_run_nor_exit_code(shell, kit, redirected):
    shell.plan([kit.measuring("count", "4")], [kit.criterion(">= 5 cases")])
    assert in_shell(shell, redirected, "run", "plan.yaml").returncode == 1
    assert shell.status()["verdicts"][0]["outcome"] == "FAIL"


def test_results_that_were_lost_are_told_and_a_reader_that_went_away_is_not(shell):
    shell.plan([{"id": "a", "command": ["true"]}])
    assert shell("run", "-q", "plan.yaml").returncode == 0
    lost = in_shell(shell, ">/dev/full", "status")
    assert (lost.returncode, "No space left" in lost.stderr) == (4, True)
    assert in_shell(shell, ">&-", "status").returncode == 0
    assert in_shell(shell, "| true", "history").stderr == ""


def test_a_stream_of_few_characters_gets_escapes(shell):
    shell.plan([{"id": "a", "title": "Größe → klein", "command": ["sh", "-c", "echo é"]}])
    done = in_shell(shell, "", "run", "--json", "plan.yaml", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert (
        json.loads(json.loads(done.stdout.splitlines()[0])["event"]["plan_text"])["workstreams"]["A"]["tasks"][0][
            "title"
        ]
        == "Größe → klein"
    )
    assert "\\u00e9" in in_shell(shell, "", "logs", "A.a", PYTHONIOENCODING="ascii").stdout
    assert in_shell(shell, "", "report", PYTHONIOENCODING="latin-1:strict").returncode == 0


def test_a_terminal_that_goes_away_does_not_take_the_run_with_it(shell, kit):
    shell.plan(
        [
            {
                "id": "a",
                "command": ["sh", "-c", "touch ${project}/begun; while ! test -e ${project}/go; do sleep 0.05; done"],
            }
        ]
    )
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        (sys.executable, "-m", "orchestrator", "run", "plan.yaml"),
        cwd=shell.folder, env=shell.env | {"TERM": "xterm"}, stdin=theirs, stdout=theirs, stderr=theirs,
    )  # fmt: skip
    shell.started.append(running)
    os.close(theirs)
    os.set_blocking(ours, False)
    kit.wait_until((shell.folder / "begun").exists)
    os.close(ours)
    (shell.folder / "go").touch()
    assert running.wait(120) == 0
    assert len(list((shell.folder / "reports").glob("*.md"))) == 1


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_before_a_run_is_under_way_ends_with_its_number_and_not_a_word(name):
    code = LEFT.format(start="import orchestrator.cli.start", name=name, long="import time; time.sleep(60)")
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (128 + getattr(signal, name), "", "")


@pytest.mark.parametrize("module", ["signal", "enum", "orchestrator.leaving"])
def test_an_interrupt_while_the_start_itself_loads_a_module_is_silent(module):
    code = (
        "import os, sys\n"
        "for name in ('signal', 'enum'): sys.modules.pop(name, None)\n"
        "class Interrupted:\n"
        "    def find_spec(name, *_):\n"
        f"        if name == {module!r}: os.kill(os.getpid(), 2); [None for _ in range(99)]\n"
        "sys.meta_path.insert(0, Interrupted)\n"
        "import orchestrator.cli.start\n"
    )
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, b"", b"")


@pytest.mark.parametrize("delay", [0.1, 0.3, 0.6, 1.0])
def test_a_signal_at_any_moment_of_the_start_ends_the_command(shell, delay):
    shell.plan([{"id": "a", "command": ["sleep", "60"]}])
    running = shell.start("run", "-q", "plan.yaml")
    time.sleep(delay)
    running.terminate()
    _, said = running.communicate(timeout=120)
    assert running.returncode in ENDED
    assert "Traceback" not in said
    assert "rror" not in said


def test_a_file_half_written_goes_with_a_signal(tmp_path):
    code = (
        "import os, signal; from pathlib import Path; from orchestrator.leaving import leave_on_signals; "
        "from orchestrator.atomic_write import write_whole; leave_on_signals(); "
        f"os.fsync = lambda _: os.kill(os.getpid(), signal.SIGTERM); write_whole(Path({str(tmp_path / 'x')!r}), 'text')"
    )
    assert subprocess.run((sys.executable, "-c", code), timeout=120, check=False).returncode == 143
    assert list(tmp_path.iterdir()) == []
