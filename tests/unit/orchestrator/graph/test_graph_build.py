import pytest

from orchestrator.graph.load import load_text

PLAN = """\
schema: 1
id: p
title: P
resources: {cpu: 2, bench: 1}
agents: {ONE: {specialty: x}, TWO: {specialty: y, capacity: 2}}
workstreams:
  A:
    title: First "quoted" <b>
    lead: ONE
    estimate: 90s
    tasks:
      - {id: a, title: a, command: [x]}
      - {id: b, title: b, command: [x], resources: {bench: 1}, estimate: 30s}
      - {id: c, title: c, command: [x], needs: [a], agent: TWO}
  B:
    title: Second
    lead: TWO
    tasks: [{id: a, title: a, command: [x], needs: []}, {id: b, title: b, command: [x], needs: [], resources: {cpu: 0}}]
stages:
  S:
    title: Stage
    lead: ONE
    needs: [A]
    tasks: [{id: m, title: m, command: [x]}, {id: n, title: n, command: [x], needs: [B.a]}, {id: o, title: o, command: [x], needs: [m, B]}]
"""  # noqa: E501


@pytest.fixture
def graph():
    return load_text(PLAN, "p.yaml").graph


def test_tasks_of_a_group_follow_each_other_unless_they_name_their_needs(graph):
    assert graph.needs["A.b"] == ("A.a",)
    assert graph.needs["A.c"] == ("A.a",)
    assert graph.needs["B.b"] == ()
    assert graph.dependents["A.a"] == ("A.b", "A.c")


def test_a_whole_group_stands_for_its_last_tasks(graph):
    assert graph.needs["S.m"] == ("A.b", "A.c")
    assert graph.needs["S.o"] == ("B.a", "B.b", "S.m")


def test_what_a_group_needs_is_needed_by_each_task_that_begins_it(graph):
    assert graph.needs["S.n"] == ("A.b", "A.c", "B.a")


def test_nodes_stand_in_topological_order_and_know_all_above_them(graph):
    order = list(graph.nodes)
    assert all(order.index(need) < order.index(task) for task, needs in graph.needs.items() for need in needs)
    assert graph.ancestors["S.m"] == {"A.a", "A.b", "A.c"}


def test_a_task_without_an_estimate_has_an_even_share_of_what_its_group_leaves(graph):
    assert [graph.nodes[f"A.{one}"].estimate for one in "abc"] == [30.0, 30.0, 30.0]
    assert graph.nodes["B.a"].estimate == 0.0


def test_a_task_holds_one_cpu_unless_it_says_otherwise(graph):
    assert graph.nodes["A.a"].demand == {"cpu": 1}
    assert graph.nodes["A.b"].demand == {"cpu": 1, "bench": 1}
    assert graph.nodes["B.b"].demand == {}


def test_the_agent_is_the_groups_lead_unless_the_task_names_one(graph):
    assert (graph.nodes["A.a"].agent, graph.nodes["A.c"].agent) == ("ONE", "TWO")
    assert (graph.nodes["A.a"].stage, graph.nodes["S.m"].stage) == (False, True)


def test_a_need_that_follows_from_another_is_left_out():
    text = PLAN.replace("{id: c, title: c, command: [x], needs: [a],", "{id: c, title: c, command: [x], needs: [a, b],")
    assert load_text(text, "p.yaml").graph.needs["A.c"] == ("A.b",)
