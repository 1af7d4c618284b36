"""A worker that dies is a failed attempt, whatever it died of, and the retry rule decides."""

import subprocess
import sys

import pytest

SIGNALS = ("KILL", "SEGV", "ABRT")
EAT = "import resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 28, 1 << 28)); x = bytearray(1 << 30)"


def test_deaths_are_failed_attempts_and_the_next_one_may_succeed(shell):
    retries = {"max": 1, "delay": "10ms"}
    dying = [
        {"id": name, "needs": [], "retries": retries,
         "command": ["sh", "-c", f"test -e ${{project}}/{name} || {{ touch ${{project}}/{name}; kill -{name} $$; }}"]}
        for name in SIGNALS
    ]  # fmt: skip
    eating = {"id": "eats", "needs": [], "retries": retries, "command": ["python3", "-c", EAT]}
    shell.plan([*dying, eating])
    assert shell("run", "-q", "plan.yaml").returncode == 1
    tasks = {task["id"]: task for task in shell.status()["tasks"]}
    for name in SIGNALS:
        task = tasks[f"A.{name}"]
        assert (task["status"], task["attempt"]) == ("succeeded", 2)
        assert [failure["cause"] for failure in task["failures"]] == ["signal"]
        assert f"SIG{name}" in task["failures"][0]["message"]
    ate = tasks["A.eats"]
    assert (ate["status"], ate["attempt"], len(ate["failures"])) == ("failed", 2, 2)
    assert "MemoryError" in shell("logs", "A.eats").stdout


def test_hundred_thousand_lines_and_bytes_that_are_no_text_can_be_looked_at(shell):
    script = (
        "i=0; while [ $i -lt 100000 ]; do echo line $i; i=$((i+1)); done; printf '\\377\\376 odd\\n'; printf '\\300' "
        ">&2"
    )
    shell.plan([{"id": "loud", "command": ["sh", "-c", script]}])
    assert shell("run", "-q", "plan.yaml").returncode == 0
    told = shell("logs", "A.loud", "-n", "2")
    assert told.returncode == 0
    assert "line 99999" in told.stdout
    assert "odd" in told.stdout
    whole = shell("logs", "A.loud").stdout.splitlines()
    assert sum(line.startswith("line ") for line in whole) == 100_000


@pytest.mark.slow
def test_a_gigabyte_of_output_is_drained_within_bounded_memory_and_said_to_be_cut(shell):
    shell.plan([{"id": "huge", "command": ["head", "-c", str(2**30), "/dev/zero"]}])
    limited = (
        "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_DATA, (2**28, 2**28)); sys.argv[0] = "
        "'orchestrate'; "
    )
    shell.command = ("-c", limited + "runpy.run_module('orchestrator', run_name='__main__')")
    done = subprocess.run(
        [sys.executable, *shell.command, "run", "-q", "plan.yaml"],
        cwd=shell.folder, env=shell.env, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (log,) = (shell.folder / ".orchestrate" / "runs").rglob("stdout.log")
    assert log.stat().st_size < 17 * 2**20
    assert log.read_bytes().endswith(b"[orchestrate: %d more bytes were not kept]\n" % (2**30 - 16 * 2**20))
