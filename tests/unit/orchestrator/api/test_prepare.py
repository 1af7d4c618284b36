import pytest

from orchestrator.api.explaining import explain_prepared
from orchestrator.api.loading import load_any
from orchestrator.api.prepare import prepare
from orchestrator.api.running import resume_prepared, run_prepared
from orchestrator.engine.options import RunOptions
from orchestrator.engine.selection import UnknownTask
from orchestrator.executors.spec import ExecutorError
from orchestrator.plan.model import Plan


@pytest.fixture
def ready(tmp_path, monkeypatch):
    """Prepares a plan of two commands, the second after the first, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    tasks = [{"id": name, "title": name, "command": ["true"], "reuse": "always"} for name in ("one", "two")]
    group = {"title": "A", "lead": "X", "tasks": tasks}
    agents = {"X": {"specialty": "x", "driver": "command"}}
    plan = Plan(schema=1, id="p", title="P", agents=agents, workstreams={"A": group})

    def ready(**more):
        runners = {}
        return prepare(load_any(plan, None, runners), runners, RunOptions(page=False, **more))

    return ready


def done(prepared):
    """What a run recorded of each task."""
    from orchestrator.runs import Runs

    runs = Runs(prepared.options.state)
    return {task: str(record.status) for task, record in runs.state(runs.latest).tasks.items()}


@pytest.mark.parametrize("more", [{}, {"only": ("A.one",)}, {"until": ("A.one",)}, {"force": ("A.two",)}])
def test_what_is_explained_is_what_is_then_done(ready, more):
    run_prepared(ready(), new=False)
    prepared = ready(**more)
    told = {one.task: str(one.fate) for one in explain_prepared(prepared, new=True)}
    run_prepared(prepared, new=True)
    assert {"run": "succeeded", "reuse": "succeeded", "skip": "skipped"}.keys() >= set(told.values())
    assert done(prepared) == {task: "skipped" if fate == "skip" else "succeeded" for task, fate in told.items()}


def test_a_resumed_run_goes_by_what_was_prepared_too(ready):
    first = run_prepared(ready(only=("A.one",)), new=True)
    prepared = ready()
    fates = {one.task: str(one.fate) for one in explain_prepared(prepared, run=first.run)}
    assert fates == {"A.one": "keep", "A.two": "run"}
    assert resume_prepared(first.run, prepared).run == first.run
    assert done(prepared) == {"A.one": "succeeded", "A.two": "succeeded"}


def test_the_command_line_is_what_repeats_a_run_where_nobody_says_another(ready):
    assert ready().options.command
    assert ready(command=("make", "it")).options.command == ("make", "it")


def test_a_name_that_the_plan_does_not_have_is_told_before_anything_is_made(ready, tmp_path):
    with pytest.raises(UnknownTask):
        ready(only=("A.three",))
    with pytest.raises(ExecutorError, match="use one of dask, inline, processes, threads"):
        run_prepared(ready(executor="nowhere"), new=True)
    with pytest.raises(ExecutorError, match="only with --executor dask"):
        run_prepared(ready(executor_settings={"store": "x"}), new=True)
    assert not list(tmp_path.glob("reports/*"))
