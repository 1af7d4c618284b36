"""An instrument in its sandbox: what it sees, what it records, and what of it stays."""

import json
import os
import shutil
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.agents.merging import carry_instrument
from orchestrator.evidence.metric import Better, Metric
from orchestrator.executors.agentwork import Checkout
from orchestrator.executors.order import WorkOrder
from orchestrator.runner import Runner, TaskInput

landlockpy = pytest.importorskip("landlockpy")
KINDS = [
    pytest.param(
        "bubblewrap", marks=pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed")
    ),
    pytest.param(
        "landlock", marks=pytest.mark.skipif(not landlockpy.supported(), reason="this kernel has no landlock")
    ),
    "none",
]
SIZE = Metric("size", "B", Better.LOWER)
LINE = '{"kind": "measurement", "metric": "size", "unit": "B", "values": [%s], "cases": 1, "method": "m"}'


def run(context):
    """A runner as a package offers it: it tells what it sees, and measures."""
    (given,) = context.inputs.values()
    context.note(
        json.dumps(
            {"checkout": (context.checkout / "src/pack.py").read_text(), "given": given.artifacts["a"].read_text()}
        )
    )
    context.samples(SIZE, [7.0], method="counted")


RUNNERS = (Runner("caged.size", metrics=(SIZE,), run=run),)


@pytest.fixture
def measure(repo):
    """Measure the base by a program or runner in a sandbox, and give back the result and the notes."""

    def go(kind, *command, **more):
        commit = repo.git("rev-parse", "main")
        folder = repo.state / "work/r/A.measure/1/checkout"
        order = WorkOrder(
            run="r",
            task="A.measure",
            attempt=1,
            folder=repo.state / "runs/r/A.measure/1",
            project=repo.folder,
            cache=repo.state / "cache",
            command=command or None,
            metrics=(SIZE,),
            checkout=Checkout(repo.folder, commit, commit, (), folder, kind),
        )
        notes = []
        return carry_instrument(replace(order, **more), threading.Event(), notes.append), notes

    return go


def values(result):
    return [each.data.values for each in result.evidence.measurements]


@pytest.mark.parametrize("kind", KINDS)
def test_what_it_records_is_evidence_and_nothing_of_it_is_left(measure, repo, kind):
    result, _ = measure(
        kind,
        "sh",
        "-c",
        f"echo '{LINE % 3}' >> $ORCHESTRATE_EVIDENCE; cat $ORCHESTRATE_CHECKOUT/src/pack.py; touch $HOME/x $TMPDIR/y "
        f"left",
    )
    assert (result.failure, values(result)) == (None, [(3.0,)])
    assert (repo.state / "runs/r/A.measure/1/stdout.log").read_text() == "plain\n"
    assert (repo.state / "runs/r/A.measure/1/left").exists()
    assert not list((repo.state / "work/r/A.measure/1").iterdir())


@pytest.mark.parametrize("kind", KINDS[:2])
def test_it_gets_nothing_of_our_environment_but_what_the_plan_says(measure, repo, monkeypatch, kind):
    monkeypatch.setenv("CANARY_KEY", "canary")
    monkeypatch.setenv("NAMED", "named")
    measure(kind, "env", env={"SAID": "said"}, env_from={"TAKEN": "NAMED"})
    told = (repo.state / "runs/r/A.measure/1/stdout.log").read_text()
    assert ("canary" in told, "SAID=said" in told, "TAKEN=" in told) == (False, True, True)
    assert f"HOME={Path.home()}\n" not in told


@pytest.mark.parametrize("kind", KINDS[:2])
def test_its_checkout_and_the_project_can_be_read_and_not_be_written(measure, repo, kind):
    result, _ = measure(
        kind,
        "sh",
        "-c",
        'for f in "$ORCHESTRATE_CHECKOUT" "$1"; do (echo x > "$f/src/pack.py") 2>/dev/null && echo WRITTEN; done; cat '
        '"$1/src/pack.py"',
        "sh",
        str(repo.folder),
    )
    assert result.failure is None
    assert (repo.state / "runs/r/A.measure/1/stdout.log").read_text() == "plain\n"


@pytest.mark.parametrize("kind", KINDS[:2])
def test_what_was_recorded_once_cannot_be_changed(measure, kind):
    code = f"""
import os
path = os.environ["ORCHESTRATE_EVIDENCE"]
open(path, "a").write({LINE % 9!r} + chr(10))
try:
    with open(path, "r+b") as file:
        file.seek(0)
        file.write(b" ")
except OSError:
    pass
try:
    os.truncate(path, 0)
except OSError:
    pass
"""
    result, _ = measure(kind, sys.executable, "-I", "-c", code)
    assert values(result) == [(9.0,)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_runner_measures_with_files_of_the_tasks_above(measure, repo, kind):
    artifact = repo.state / "runs/r/A.above/1/a"
    artifact.parent.mkdir(parents=True)
    artifact.write_text("from above")
    above = TaskInput("A.above", "A", "Above", "X", {"a": artifact}, (), None, None)
    (repo.folder / "caged_runners.py").write_text(Path(__file__).read_text())
    result, notes = measure(
        kind, runner="caged.size", offer="caged_runners:RUNNERS", inputs=(above,), env={"PYTHONPATH": str(repo.folder)}
    )
    assert (result.failure, values(result)) == (None, [(7.0,)])
    assert json.loads(next(each.text for each in notes if getattr(each, "text", "").startswith("{"))) == {
        "checkout": "plain\n",
        "given": "from above",
    }


def test_that_there_is_no_sandbox_is_told(measure):
    assert "without a sandbox" in measure("none", "true")[1][0].text


@pytest.mark.parametrize("kind", KINDS)
def test_how_its_program_ended_is_told(measure, kind):
    assert "exit code 3" in measure(kind, "sh", "-c", "exit 3")[0].failure.message
    assert measure(kind, "no-such-program")[0].failure is not None


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_ended_at_its_timeout(measure, kind):
    result, _ = measure(kind, "sleep", "60", timeout=0.5, grace=0.2)
    assert "timeout" in result.failure.message


@pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed")
@pytest.mark.parametrize("call", ["true", '"$ORCHESTRATE_APART" true'])
def test_a_hand_in_on_the_path_of_a_plan_is_not_taken_for_the_sandbox(measure, repo, tmp_path, call):
    (repo.folder / "bin").mkdir()
    (repo.folder / "bin/bwrap").touch(mode=0o755)
    repo.commit({"bin/bwrap": f"#!/bin/sh\ntouch {tmp_path}/outside\n"})
    path = f"{repo.state}/work/r/A.measure/1/checkout/bin:{os.environ['PATH']}"
    text = f"{call} && echo '{LINE % 3}' >> $ORCHESTRATE_EVIDENCE"
    result, _ = measure("bubblewrap", "sh", "-c", text, env={"PATH": path})
    assert not (tmp_path / "outside").exists()
    assert values(result) == [(3.0,)]
