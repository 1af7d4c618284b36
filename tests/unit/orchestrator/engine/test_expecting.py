import json

import pytest

from orchestrator.engine.expecting import (
    BY_ESTIMATES,
    REFERENCE,
    Times,
    calibrate,
    expect,
    expected_seconds,
    likely,
    times_of,
    times_text,
)
from orchestrator.evidence.measurement import Evidence, Usage
from orchestrator.graph.load import load_text
from orchestrator.journal.memory import MemoryJournal
from orchestrator.state import events as e

HERE = {"cpu": "this", "cores": "2"}
THERE = {"cpu": "other", "cores": "8"}


def plan(estimates, *, capacity=4, jobs_cpu=None, source="plan.json"):
    tasks = [
        {"id": name, "title": name, "command": ["true"], "needs": [], "estimate": f"{seconds}s"}
        for name, seconds in estimates.items()
    ]
    text = {
        "schema": 1, "id": "p", "title": "p", "agents": {"ME": {"specialty": "x", "driver": "command",
        "capacity": capacity}},
        "workstreams": {"A": {"title": "A", "lead": "ME", "tasks": tasks}},
    }  # fmt: skip
    if jobs_cpu is not None:
        text["resources"] = {"cpu": jobs_cpu}
    return load_text(json.dumps(text), source)


def story(took, environment=HERE, pace=0.004, settings=None):
    events = [
        e.RunStarted("r", "p", "", "", "", settings or {}, environment, (), dict.fromkeys(took, "")),
        e.RunExpected(1.0, "", pace),
    ]
    for task, seconds in took.items():
        events += [e.TaskStarted(task, 1), e.TaskSucceeded(task, 1, Evidence(), Usage(seconds, 0.0, 0, 0))]
    return [e.Envelope(seq, 0.0, 0.0, 1, event) for seq, event in enumerate([*events, e.RunFinished(0)], 1)]


def test_a_task_takes_the_median_of_what_it_took_here():
    graph = plan({"a": 60}).graph
    runs = [Times({"A.a": seconds}) for seconds in (1.0, 9.0, 2.0)]
    assert likely(graph, runs, 0.004) == {"A.a": 2.0}


def test_what_another_machine_took_is_scaled_by_the_calculation():
    graph = plan({"a": 60}).graph
    assert likely(graph, [Times({"A.a": 10.0}, pace=0.002)], 0.005) == {"A.a": pytest.approx(25.0)}


def test_a_task_that_no_run_knows_takes_its_estimate_as_far_off_as_the_others_are():
    graph = plan({"a": 60, "b": 120}).graph
    assert likely(graph, [Times({"A.a": 6.0})], 0.004) == {"A.a": 6.0, "A.b": pytest.approx(12.0)}
    assert likely(graph, [], 2 * REFERENCE)["A.b"] == pytest.approx(240.0)


def test_tasks_wait_for_their_agents_and_for_the_number_at_once():
    seconds = {"A.a": 3.0, "A.b": 3.0, "A.c": 3.0}
    estimates = dict.fromkeys("abc", 1)
    assert expected_seconds(plan(estimates), seconds, jobs=3) == 3.0
    assert expected_seconds(plan(estimates), seconds, jobs=1) == 9.0
    assert expected_seconds(plan(estimates, capacity=2), seconds, jobs=3) == 6.0
    assert expected_seconds(plan(estimates), {"A.a": 3.0}, jobs=1) == 3.0


def test_only_what_succeeded_with_the_same_settings_is_told_with_all_its_attempts():
    told = times_of(story({"A.a": 2.0}), {}, HERE)
    assert told == Times({"A.a": 2.0}, 0.0)
    assert times_of(story({"A.a": 2.0}, THERE, pace=0.003), {}, HERE) == Times({"A.a": 2.0}, 0.003)
    assert times_of(story({"A.a": 2.0}, settings={"size": "1"}), {}, HERE) is None
    assert times_of(story({}), {}, HERE) is None


def test_earlier_runs_come_before_the_file_of_times_and_that_before_estimates(tmp_path):
    loaded = plan({"a": 60}, source=str(tmp_path / "plan.yaml"))
    assert expect(loaded, None, HERE, 1).basis == BY_ESTIMATES
    (tmp_path / "plan.times.json").write_text(times_text(story({"A.a": 7.0}, pace=calibrate())))
    by_file = expect(loaded, None, HERE, 1)
    assert by_file.basis == "the plan's file of times"
    assert 0.7 < by_file.seconds < 70
    journal = MemoryJournal()
    fence = journal.acquire("r")
    journal.append("r", [e.Envelope(one.seq, one.at, one.mono, fence, one.event) for one in story({"A.a": 5.0})])
    by_run = expect(loaded, journal, HERE, 1)
    assert (by_run.seconds, by_run.basis) == (5.0, "1 earlier run")


@pytest.mark.parametrize(
    "text", ["", "[", "[]", '{"seconds": 3, "pace": 1}', '{"seconds": {"A.a": NaN}, "pace": true}', "[" * 100_000]
)
def test_a_file_of_times_that_is_none_tells_nothing(tmp_path, text):
    loaded = plan({"a": 60}, source=str(tmp_path / "plan.yaml"))
    (tmp_path / "plan.times.json").write_text(text)
    assert expect(loaded, None, HERE, 1).basis == BY_ESTIMATES


def test_nothing_is_said_where_nothing_tells():
    assert expect(plan({"a": 0}), None, HERE, 1) is None
