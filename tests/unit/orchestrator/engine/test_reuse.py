"""What an earlier run of the plan did stands for what need not run again."""

import hashlib

import pytest
from scripted import Scripted, go, load, measured

from orchestrator.evidence.measurement import Artifact, Evidence
from orchestrator.journal.memory import MemoryJournal
from orchestrator.state.events import TaskReused

CONTENT = {"A.one": b"first", "A.two": b"second"}
TASKS = {"one": {}, "two": {"needs": ["one"]}, "timed": {"needs": ["one"]}, "after": {"needs": ["timed"]}}


class Writing(Scripted):
    """Tasks that leave a file; `timed` measures."""

    def submit(self, fn, /, order, stop, listener):
        content = CONTENT.get(order.task, b"other")
        order.home.mkdir(parents=True)
        (order.home / "out.txt").write_bytes(content)
        (order.home / "stdout.log").write_text("said")
        path = f"{order.task}/{order.attempt}/out.txt"
        artifact = Artifact("out.txt", path, hashlib.sha256(content).hexdigest(), len(content))
        figures = measured(9.0).measurements if order.task == "A.timed" else ()
        self.script = {order.task: [Evidence(figures, (artifact,))]}
        return super().submit(fn, order, stop, listener)


@pytest.fixture
def run(tmp_path):
    journal = MemoryJournal()

    def run(tasks=TASKS, **more):
        executor = Writing()
        given = {"reuse": "auto", "state": tmp_path, "project": tmp_path} | more
        result = go(load(tasks), executor, journal, **given)
        reused = [each.event for each in journal.read(result.run) if isinstance(each.event, TaskReused)]
        return result, {order.task for order in executor.orders}, {event.task: event for event in reused}

    run.journal = journal
    return run


def test_what_measured_nothing_stands_and_what_measured_runs_again_with_all_below_it(run):
    first, ran, _ = run()
    assert len(ran) == 4
    second, ran, reused = run()
    assert ran == {"A.timed", "A.after"}
    assert {event.source for event in reused.values()} == {first.run}
    assert set(reused) == {"A.one", "A.two"}
    record = second.state.tasks["A.two"]
    assert (str(record.status), record.attempt, record.reused) == ("succeeded", 0, (first.run, 1))


def test_its_files_are_brought_over_and_the_tasks_below_read_them_there(run, tmp_path):
    run()
    second, _, reused = run()
    path = reused["A.one"].evidence.artifacts[0].path
    assert path == "A.one/0/1/out.txt"
    assert (tmp_path / "runs" / second.run / path).read_bytes() == b"first"
    assert (tmp_path / "runs" / second.run / "A.one" / "0" / "stdout.log").read_text() == "said"
    third, _, reused = run()
    assert reused["A.one"].evidence.artifacts[0].path == path
    assert (tmp_path / "runs" / third.run / path).read_bytes() == b"first"


def test_the_report_says_what_was_reused_and_of_which_run(run):
    from orchestrator.report import build_report, render_markdown

    first, _, _ = run()
    second, _, _ = run()
    loaded = load(TASKS)
    text = render_markdown(build_report(loaded.plan, loaded.graph, run.journal.read(second.run)))
    assert f"`A.two`: reused from run {first.run}, attempt 1" in text


def test_a_measurement_stands_only_where_it_is_asked_for(run):
    run()
    assert run(reuse="all")[1] == set()
    asked = TASKS | {"timed": {"needs": ["one"], "reuse": "always"}}
    assert run(asked)[1] == set()


def test_a_measurement_of_another_machine_does_not_stand_even_then(run):
    run()
    assert run(reuse="all", environment={"cpu": "another"})[1] == {"A.timed", "A.after"}


def test_other_software_lets_nothing_stand(run):
    run()
    assert len(run(environment={"python": "another"})[1]) == 4


def test_nothing_stands_where_none_is_wanted_by_option_plan_or_force(run):
    run()
    assert len(run(reuse="none")[1]) == 4
    assert run(TASKS | {"two": {"needs": ["one"], "reuse": "never"}})[1] == {"A.two", "A.timed", "A.after"}
    assert len(run(force=["A.one"])[1]) == 4


def test_a_change_of_a_task_or_above_it_makes_it_run(run):
    run()
    assert "A.two" in run(TASKS | {"two": {"needs": ["one"], "with": {"n": 1}}})[1]
    assert len(run(TASKS | {"one": {"with": {"n": 1}}})[1]) == 4


def test_a_file_that_parameters_name_counts_by_its_content(run, tmp_path):
    (tmp_path / "in.txt").write_text("one")
    tasks = TASKS | {"two": {"needs": ["one"], "with": {"source": "in.txt"}}}
    run(tasks, state=tmp_path / "state")
    assert "A.two" not in run(tasks, state=tmp_path / "state")[1]
    (tmp_path / "in.txt").write_text("two")
    assert "A.two" in run(tasks, state=tmp_path / "state")[1]


def test_a_file_that_changed_or_is_gone_lets_its_task_run_again(run, tmp_path):
    first, _, _ = run()
    (tmp_path / "runs" / first.run / "A.two" / "1" / "out.txt").write_bytes(b"tampered")
    assert run()[1] == {"A.two", "A.timed", "A.after"}


def test_a_command_stands_only_where_its_plan_says_so(run):
    tasks = {"one": {"run": None, "command": ["true"]}}
    run(tasks)
    assert run(tasks)[1] == {"A.one"}
    tasks["one"]["reuse"] = "always"
    assert run(tasks)[1] == set()
