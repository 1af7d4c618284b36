"""What the shell completes, asked for as bash does it."""

import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def shell(shell_in, tmp_path_factory):
    shell = shell_in(tmp_path_factory.mktemp("completed"))
    task = {
        "id": "count",
        "command": ["true"],
        "metrics": [{"name": "m.count", "unit": "cases", "better": "higher"}],
    }
    shell.plan([task, {"id": "sweep", "command": ["true"]}])
    shell("run", "-q", "plan.yaml")
    return shell


def completed(shell, line):
    words = line.split(" ")
    asked = {"_ORCHESTRATE_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    code = "import sys; sys.argv = ['orchestrate']; from orchestrator.cli.start import main; main()"
    done = subprocess.run(
        (sys.executable, "-c", code),
        cwd=shell.folder,
        env=shell.env | asked,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("orchestrate run --executor ", ["dask", "inline", "processes", "threads"]),
        ("orchestrate run plan.yaml --only A.", ["A.count", "A.sweep"]),
        ("orchestrate run plan.yaml --until ", ["A", "A.count", "A.sweep"]),
        ("orchestrate logs A.s", ["A.sweep"]),
        ("orchestrate report --group ", ["A"]),
        ("orchestrate history --metric ", ["m.count"]),
        ("orchestrate graph -f s", ["svg"]),
    ],
)
def test_executors_tasks_groups_and_metrics_are_completed(shell, line, found):
    assert completed(shell, line) == found


def test_runs_are_completed_and_where_nothing_ran_nothing_is(shell, tmp_path):
    (run,) = (one["run"] for one in shell.runs())
    assert completed(shell, "orchestrate status sm") == [run]
    assert completed(shell, f"orchestrate status --state {tmp_path} ") == []
