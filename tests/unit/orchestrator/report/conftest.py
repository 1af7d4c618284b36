"""A small plan and a journal of it, made by hand: nothing here reads a clock."""

import pytest

from orchestrator.evidence.criterion import Candidate, demand_of, judge
from orchestrator.evidence.measurement import (
    Artifact,
    Claim,
    Comparison,
    Evidence,
    Measurement,
    Origin,
    Samples,
    Trend,
    Usage,
)
from orchestrator.evidence.metric import Better, Form, Metric
from orchestrator.graph.build import build_graph
from orchestrator.plan.load import parse_plan
from orchestrator.state import events as e
from orchestrator.state.failure import Cause, Failure

PLAN = """
schema: 1
id: demo
title: "A *small* phase | with <marks>"
summary: Two workstreams and a stage.
agents:
  VELOCITY: {specialty: performance, duty: tunes buffers}
  STREAM: {specialty: streams}
workstreams:
  A:
    title: Buffers
    goal: Less memory.
    lead: VELOCITY
    supporting: [STREAM]
    estimate: 10m
    tasks:
      - {id: measure, title: Measure the pool, run: pool.measure}
      - {id: tune, title: Tune it, run: pool.tune}
    deliverables:
      - {title: The figures, artifact: figures.json, from: measure}
      - {title: The advice, artifact: advice.md, from: tune}
    success_criteria:
      - {id: peak-memory, title: Peak memory falls, metric: pool.saved, target: ">= 25 %", samples: 5}
      - {id: leaks, title: Nothing leaks, metric: pool.leaks, target: "== 0 leaks"}
  B:
    title: Streams
    lead: STREAM
    estimate: 5m
    tasks:
      - {id: flow, title: Let it flow, run: stream.flow, continue_on_error: true}
    success_criteria:
      - {id: constant, title: Constant memory, metric: stream.growth, target: "== 0 MiB/GiB", tolerance: 2}
stages:
  final:
    title: Integration
    lead: VELOCITY
    needs: [A]
    estimate: 5m
    tasks:
      - {id: merge, title: Merge, run: final.merge}
success_metrics:
  - {metric: Memory, target: "25 %", criteria: [A.peak-memory]}
  - {metric: Streams, target: constant, criteria: [B.constant]}
timeline:
  - {at: 0s, event: Launch}
  - {at: 10m, event: Buffers done, done: [A]}
  - {at: 15m, event: Streams done, done: [B]}
next_steps: [Look at the report, Plan the next phase]
"""

SAVED = Metric("pool.saved", "%", Better.HIGHER, Form.REDUCTION)
LEAKS = Metric("pool.leaks", "leaks", Better.LOWER)
GROWTH = Metric("stream.growth", "MiB/GiB", Better.NEITHER, Form.SLOPE)
METRICS = {metric.name: metric for metric in (SAVED, LEAKS, GROWTH)}
ARMS = Comparison(
    (60.0, 61.0, 59.0, 60.0, 60.0),
    (100.0, 102.0, 98.0, 101.0, 99.0),
    "MiB",
    (101.0, 101.0, 99.0, 100.0, 99.5),
)
MEASURED = Evidence(
    (
        Measurement("pool.saved", "%", ARMS, "peak of a fresh process | paired", None, (), ("figures.json",)),
        Measurement("pool.leaks", "leaks", Samples((0.0, 0.0)), "leases outstanding", cases=2),
        Measurement("pool.ratio", "1", Trend((1.0, 2.0, 3.0, 4.0), (1.0, 2.1, 2.9, 4.0), "MiB", "MiB"), "a line"),
    ),
    (Artifact("figures.json", "A.measure/1/figures.json", "ab" * 32, 2048, "figures"),),
    (),
    (Origin(1, ("python", "-m", "work | er"), 0.25, 1.5, 3.0),),
)
USAGE = Usage(seconds=3.0, cpu_seconds=2.5, peak_rss=50 * 2**20, samples=10)


@pytest.fixture
def plan():
    return parse_plan(PLAN, "plans/demo.yaml")


@pytest.fixture
def graph(plan):
    return build_graph(plan)


def verdict_of(plan, criterion_id, measurement, task):
    group, name = criterion_id.split(".")
    criterion = next(each for each in plan.groups[group].success_criteria if each.id == name)
    found = [Candidate(task, 1, measurement)] if measurement else []
    return judge(demand_of(criterion_id, criterion, METRICS[criterion.metric]), found)


def enveloped(events):
    return [e.Envelope(seq, 1_765_600_000.0 + seq, 100.0 + seq, 1, event) for seq, event in enumerate(events, 1)]


@pytest.fixture
def events(plan):
    prints = {"A.measure": "1", "A.tune": "2", "B.flow": "3", "final.merge": "4"}
    environment = {"python": "3.11.2", "cpu": "two | cores"}
    command = ("orchestrate", "run", "plans/demo.yaml", "--set", "corpus=a b")
    failure = Failure(Cause.EXCEPTION, "ValueError: `no` *good* | at all")
    return [
        e.RunStarted(
            "demo-20251213T042640Z-abcd", "demo", "cd" * 32, PLAN, "plans/demo.yaml", {"corpus": "a b"}, environment,
            command, prints,
        ),
        e.TaskStarted("A.measure", 1),
        e.TaskStarted("B.flow", 1),
        e.TaskNoted("A.measure", 1, "memory halved, <b>trust me</b> | really"),
        e.TaskNoted("A.measure", 1, "recommendation: ship *it*"),
        e.TaskNoted("A.measure", 1, "Bottleneck: the queue"),
        e.TaskNoted("A.measure", 1, "I saved more than half", Claim("pool.saved", 55.0, "%")),
        e.TaskNoted("A.measure", 1, "pool.saved is 40 %, and pool.unheard is 3 %; some pool.leaks 7"),
        e.TaskSucceeded("A.measure", 1, MEASURED, USAGE),
        e.TaskFailed("B.flow", 1, failure, USAGE, tolerated=True),
        e.TaskStarted("A.tune", 1),
        e.ProgressReported(2, 4, ("A.tune",)),
        e.TaskSucceeded("A.tune", 1, Evidence(), Usage(1.0, 0.5, 0, 0)),
        e.TaskSkipped("final.merge", "a condition was false"),
        e.CriterionJudged(verdict_of(plan, "A.peak-memory", MEASURED.measurements[0], "A.measure"), SAVED),
        e.CriterionJudged(verdict_of(plan, "A.leaks", MEASURED.measurements[1], "A.measure")),
        e.CriterionJudged(verdict_of(plan, "B.constant", None, "B.flow")),
        e.RunFinished(3),
    ]  # fmt: skip


@pytest.fixture
def journal(events):
    return enveloped(events)
