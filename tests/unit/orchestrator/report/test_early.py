"""A criterion is decided once nothing later in the run can change its verdict, and then the end says the same."""

import pytest

from orchestrator.engine.judging import judge_run
from orchestrator.evidence.measurement import Artifact, Evidence, Measurement, Samples
from orchestrator.evidence.metric import Better, Form, Metric
from orchestrator.evidence.verdict import Outcome
from orchestrator.report import early as module
from orchestrator.report.early import Early
from orchestrator.report.outlook import waiting_of
from orchestrator.runner import Runner
from orchestrator.state import events as e
from orchestrator.state.fold import fold

METRICS = (Metric("pool.saved", "%", Better.HIGHER, Form.REDUCTION), Metric("pool.leaks", "leaks", Better.LOWER))
GROWTH = Metric("stream.growth", "MiB/GiB", Better.NEITHER, Form.SLOPE)
RUNNERS = {
    "pool.measure": Runner("pool.measure", print, METRICS),
    "pool.tune": Runner("pool.tune", print, ()),
    "stream.flow": Runner("stream.flow", print, (GROWTH,)),
    "final.merge": Runner("final.merge", print, ()),
}


@pytest.fixture
def early(plan, graph):
    return Early(plan, graph, RUNNERS)


def steps(journal, early):
    """How many verdicts are decided after each event, by the kind of event and its task."""
    found, known = [], {}
    for count in range(1, len(journal) + 1):
        for verdict in early.decided(fold(journal[:count]), known):
            known[verdict.criterion] = verdict
            event = journal[count - 1].event
            found.append((verdict.criterion, verdict.outcome, type(event), getattr(event, "task", "")))
    return found


def test_a_criterion_is_decided_when_the_last_task_that_may_measure_it_has_settled(journal, early):
    assert steps(journal, early) == [
        ("A.peak-memory", Outcome.PASS, e.TaskSucceeded, "A.measure"),
        ("A.leaks", Outcome.PASS, e.TaskSucceeded, "A.measure"),
        ("B.constant", Outcome.UNPROVEN, e.TaskFailed, "B.flow"),
    ]


def test_what_was_decided_early_is_what_the_end_says(plan, graph, journal, early):
    state = fold(journal)
    kept = {each.path: each.sha256 for one in state.tasks.values() if one.evidence for each in one.evidence.artifacts}
    metrics = {one.name: one for one in (*METRICS, GROWTH)}
    assert list(early.decided(state, {})) == list(judge_run(plan, graph, state, metrics, kept.get))


def test_what_nothing_tells_of_and_what_takes_long_is_not_judged_early(plan, graph, journal, monkeypatch):
    assert list(Early(plan, graph, {}).decided(fold(journal), {})) == []
    monkeypatch.setattr(module, "MOST_SAMPLES", 1)
    assert [one.criterion for one in Early(plan, graph, RUNNERS).decided(fold(journal), {})] == ["B.constant"]
    monkeypatch.setattr(module, "MOST_WORK", 1)
    assert list(Early(plan, graph, RUNNERS).decided(fold(journal), {})) == []


def test_a_known_verdict_is_not_judged_again(journal, early):
    state = fold(journal)
    known = {one.criterion: one for one in early.decided(state, {})}
    assert list(early.decided(state, known)) == []


def test_what_is_next_waits_for_a_task_for_its_agent_or_for_a_place(plan, graph, journal):
    place = next(n for n, one in enumerate(journal) if isinstance(one.event, e.TaskStarted))
    begun = fold(journal[: place + 1])  # A.measure runs
    assert {one.task: one.why for one in waiting_of(plan, graph, begun)} == {
        "A.tune": "after A.measure (VELOCITY)",
        "B.flow": "for a free place",
    }
    both = fold(journal[: place + 2])  # and B.flow, so that STREAM is busy
    idle = next(one for one in waiting_of(plan, graph, both))
    assert (idle.task, idle.agent) == ("A.tune", "VELOCITY")


def test_a_file_of_a_figure_counts_as_it_was_left(journal, early):
    kept = Artifact("figures.json", "A.measure/1/figures.json", "ab" * 32, 2048, "figures")
    measured = Measurement("pool.leaks", "leaks", Samples((0.0,)), "leases", artifacts=("figures.json",))
    state = fold(journal)
    state.tasks["A.measure"].evidence = Evidence((measured,), (kept,))
    assert [one.outcome for one in early.decided(state, {}) if one.criterion == "A.leaks"] == [Outcome.PASS]
