"""Random graphs with random outcomes, driven through the frontier alone: no clock, no thread, no disk."""

import itertools
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.engine.decide import Frontier, Requeue, Skip, Start
from orchestrator.engine.resources import Slots
from orchestrator.engine.triggers import Ended, ended, satisfied
from orchestrator.evidence.measurement import Evidence, Usage
from orchestrator.graph.model import TaskGraph, TaskNode
from orchestrator.plan.model import Task, TriggerRule
from orchestrator.state import events as e
from orchestrator.state.failure import Cause, Failure
from orchestrator.state.fold import apply
from orchestrator.state.run import RunState
from orchestrator.state.transitions import SETTLED, Status

USED = Usage(1.0, 1.0, 1, 1)
BROKEN = Failure(Cause.EXIT, "broke", 1)
CAPS = {"cpu": 3, "bench": 1}


@st.composite
def graphs(draw):
    count = draw(st.integers(1, 12))
    nodes, needs = {}, {}
    for number in range(count):
        task = f"A.t{number}"
        needs[task] = tuple(each for each in nodes if draw(st.booleans()))
        spec = Task(
            id=f"t{number}", title="t", run="r", trigger_rule=draw(st.sampled_from(TriggerRule)),
            **{"if": draw(st.integers(0, 5)) > 0},
        )  # fmt: skip
        demand = {name: draw(st.integers(0, cap)) for name, cap in CAPS.items()}
        nodes[task] = TaskNode(task, "A", False, spec, "X", draw(st.floats(0, 100)), demand)
    below = {task: tuple(each for each in nodes if task in needs[each]) for task in nodes}
    above = {}
    for task in nodes:
        above[task] = frozenset(needs[task]).union(*(above[need] for need in needs[task]))
    return TaskGraph(nodes, needs, below, above)


class Simulation:
    """Carries out what the frontier decides; `draw` chooses who ends next and how."""

    def __init__(self, graph, draw):
        self.graph, self.draw = graph, draw
        self.demands = {
            task: tuple(sorted((name, amount) for name, amount in node.demand.items() if amount))
            for task, node in graph.nodes.items()
        }
        self.state = RunState()
        self.record(e.RunStarted("r", "p", "d", "t", "s", {}, {}, (), dict.fromkeys(graph.nodes, "")))
        self.frontier = Frontier(graph, self.state, self.demands)
        self.slots = Slots(dict(CAPS))
        self.running = []
        self.settlings = Counter()

    def record(self, event):
        self.state = apply(self.state, e.Envelope(self.state.seq + 1, 0.0, float(self.state.seq), 1, event))

    def settle(self, event):
        self.record(event)
        self.settlings[event.task] += 1
        self.frontier.changed(event.task)

    def carry_out(self, instruction):
        task = instruction.task
        assert all(self.state.tasks[need].status in SETTLED for need in self.graph.ancestors[task])
        if isinstance(instruction, Start):
            self.record(e.TaskStarted(task, instruction.attempt))
            self.slots.take(self.demands[task])
            self.running.append(task)
            assert min(self.slots.free.values()) >= 0
        elif isinstance(instruction, Skip):
            self.settle(e.TaskSkipped(task, instruction.reason, instruction.culprit))
        else:
            self.record(e.TaskRequeued(task))
            self.frontier.changed(task)

    def end_one(self):
        task = self.running.pop(self.draw(st.integers(0, len(self.running) - 1)))
        self.slots.give(self.demands[task])
        attempt = self.state.tasks[task].attempt
        how = self.draw(st.sampled_from(["win", "win", "fail", "tolerate", "again"]))
        if how == "win":
            self.settle(e.TaskSucceeded(task, attempt, Evidence(), USED))
        elif how == "again" and attempt < 3:
            self.record(e.AttemptFailed(task, attempt, BROKEN, USED, 1.0))
            self.frontier.changed(task)
        else:
            self.settle(e.TaskFailed(task, attempt, BROKEN, USED, tolerated=how == "tolerate"))

    def run(self):
        for _ in range(1000):
            while decided := self.frontier.decide(self.slots, float("inf")):
                for instruction in decided:
                    self.carry_out(instruction)
            if not self.running:
                return
            self.end_one()


@settings(max_examples=150, deadline=None)
@given(graphs(), st.data())
def test_every_task_settles_exactly_once_after_its_needs_and_within_the_caps(graph, data):
    simulation = Simulation(graph, data.draw)
    simulation.run()
    assert simulation.state.settled == len(graph.nodes)
    assert simulation.settlings == dict.fromkeys(graph.nodes, 1)
    assert simulation.slots.free == CAPS
    for task, node in graph.nodes.items():
        ran = simulation.state.tasks[task].attempt > 0
        ends = [ended(simulation.state.tasks[need]) for need in graph.needs[task]]
        assert ran == (node.task.if_ and satisfied(node.task.trigger_rule, ends))


@settings(max_examples=100, deadline=None)
@given(graphs(), st.data())
def test_a_frontier_built_afresh_decides_what_the_kept_one_decides(graph, data):
    simulation = Simulation(graph, data.draw)
    for _ in range(200):
        decided = simulation.frontier.decide(simulation.slots, float("inf"))
        fresh = Frontier(graph, simulation.state, simulation.demands).decide(simulation.slots, float("inf"))
        assert sorted(map(repr, decided)) == sorted(map(repr, fresh))
        for instruction in decided:
            simulation.carry_out(instruction)
        if not decided:
            if not simulation.running:
                break
            simulation.end_one()
    assert simulation.state.settled == len(graph.nodes)


S, F, K = Ended.SUCCESS, Ended.UPSTREAM, Ended.SKIPPED
TRUTH = {
    # ends of one need and of two: all_success, all_done, any_success, none_failed_min_one_success
    (S,): (True, True, True, True),
    (F,): (False, True, False, False),
    (K,): (False, True, False, False),
    (S, S): (True, True, True, True),
    (S, F): (False, True, True, False),
    (S, K): (False, True, True, True),
    (F, F): (False, True, False, False),
    (F, K): (False, True, False, False),
    (K, K): (False, True, False, False),
}


@pytest.mark.parametrize("ends", TRUTH)
def test_trigger_rules_follow_their_truth_table(ends):
    for order in itertools.permutations(ends):
        assert tuple(satisfied(rule, order) for rule in TriggerRule) == TRUTH[ends]


@pytest.mark.parametrize("rule", TriggerRule)
def test_a_task_that_needs_nothing_runs_under_every_rule(rule):
    assert satisfied(rule, ())


def test_a_requeue_comes_only_when_it_is_due():
    graph = TaskGraph(
        {"A.t": TaskNode("A.t", "A", False, Task(id="t", title="t", run="r"), "X", 1.0, {})},
        {"A.t": ()},
        {"A.t": ()},
        {"A.t": frozenset()},
    )
    simulation = Simulation(graph, None)
    simulation.carry_out(Start("A.t", 1))
    simulation.record(e.AttemptFailed("A.t", 1, BROKEN, USED, 5.0))
    frontier = Frontier(graph, simulation.state, simulation.demands)
    due = frontier.next_due()
    assert simulation.state.tasks["A.t"].status is Status.WAITING
    assert frontier.decide(simulation.slots, due - 0.1) == []
    assert frontier.decide(simulation.slots, due) == [Requeue("A.t")]
