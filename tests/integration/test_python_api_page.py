"""What docs/reference/python-api.md says of another process, which its examples cannot show."""

import pytest

from orchestrator import NotStopped, Runs


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
