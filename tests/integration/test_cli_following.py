"""A run under way, followed from another process."""

import json
import signal

import pytest

GATE = 'while [ ! -e "$GO" ]; do sleep 0.05; done'


@pytest.fixture
def held(shell, kit):
    """A run whose first task fails once, then prints, waits for a file, and ends."""
    shell.env["GO"] = str(shell.folder / "go")
    script = f'echo "try"; [ -e "$GO.first" ] || {{ touch "$GO.first"; exit 1; }}; {GATE}; echo the end'
    shell.plan([{"id": "one", "command": ["sh", "-c", script], "retries": {"max": 1, "delay": "10ms"}}], [])
    shell.process = shell.start("run", "-q", "plan.yaml")
    kit.wait_until(lambda: (shell.folder / "go.first").exists() and shell("status").returncode == 0)
    return shell


def test_what_a_task_prints_is_followed_over_its_attempts_to_its_end(held):
    logs = held.start("logs", "-f", "A.one")
    (held.folder / "go").touch()
    out, err = logs.communicate(timeout=120)
    assert logs.returncode == 0, err
    assert "== attempt 2\n== stdout\ntry\n" in out
    assert out.rstrip().endswith("the end")


def test_events_are_followed_to_the_end_of_the_run(held):
    logs = held.start("logs", "-f", "--json")
    (held.folder / "go").touch()
    out, err = logs.communicate(timeout=120)
    kinds = [json.loads(line)["event"]["kind"] for line in out.splitlines()]
    assert (kinds[0], kinds[-1]) == ("run_started", "run_finished"), err


def test_a_run_is_watched_to_its_end_and_with_its_exit_code(held):
    watch = held.start("watch")
    (held.folder / "go").touch()
    out, err = watch.communicate(timeout=120)
    assert watch.returncode == held.process.wait(timeout=60)
    assert "done     A.one" in err
    assert "finished with exit code" in out


def test_watching_an_interrupted_run_ends_with_how_to_resume_it(held):
    watch = held.start("watch")
    held.process.send_signal(signal.SIGTERM)
    _, err = watch.communicate(timeout=120)
    assert watch.returncode == 130
    assert "resume with: orchestrate resume small-" in err
