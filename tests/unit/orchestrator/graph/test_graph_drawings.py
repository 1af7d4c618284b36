import json
import re

import pytest

from orchestrator.graph.dot import to_dot
from orchestrator.graph.load import load_text
from orchestrator.graph.mermaid import escape, identifiers, to_mermaid, to_page
from orchestrator.graph.schedule import forecast
from orchestrator.graph.view import graph_view, schedule_view

PLAN = """\
schema: 1
id: p
title: P
agents: {ONE: {specialty: x}, TWO: {specialty: y}}
workstreams:
  A:
    title: 'Say "hi" <b> #1'
    lead: ONE
    tasks: [{id: a, title: 'x"]; click `z`', command: [x], estimate: 1m}, {id: b, title: b, command: [x], estimate: 30s}]
  B: {title: Side, lead: TWO, tasks: [{id: end, title: short, command: [x], estimate: 10s}]}
stages:
  S: {title: Join, lead: ONE, needs: [A, B], tasks: [{id: m, title: m, command: [x], estimate: 5s}]}
"""  # noqa: E501


def loaded(text=PLAN):
    return load_text(text, "p.yaml")


def test_each_group_is_a_subgraph_and_each_task_shows_its_estimate():
    one = loaded()
    text = to_mermaid(one.graph, one.plan)
    assert text.startswith("flowchart LR\n")
    assert text.count("  subgraph ") == 3
    assert 'n_A_b["A.b<br/>b<br/>30s"]' in text
    assert "  n_A_a --> n_A_b\n" in text


def test_the_critical_path_is_marked_on_boxes_and_arrows():
    one = loaded()
    text = to_mermaid(one.graph, one.plan)
    assert "  class n_A_a,n_A_b,n_S_m critical\n" in text
    assert re.search(r"linkStyle 0,1 ", text)


def test_labels_cannot_break_out_of_their_quotes():
    one = loaded()
    labels = re.findall(r"\[(.*)\]$", to_mermaid(one.graph, one.plan), re.MULTILINE)
    assert labels
    for label in labels:
        assert re.fullmatch(r'"[^"`\\]*"', label)
    assert escape('a"b\n<c> #') == "a#quot;b #lt;c#gt; #35;"


def test_identifiers_stay_apart_where_names_look_alike():
    assert len(set(identifiers(["A.a-b", "A.a_b", "A.a.b"]).values())) == 3


def test_outcomes_colour_the_boxes():
    one = loaded()
    text = to_mermaid(one.graph, one.plan, outcomes={"A.a": "succeeded", "A.b": "failed"})
    assert "  class n_A_a succeeded\n" in text
    assert "  class n_A_b failed\n" in text


def test_a_collapsed_view_shows_groups_with_their_worst_outcome():
    one = loaded()
    text = to_mermaid(one.graph, one.plan, outcomes={"A.a": "succeeded", "A.b": "failed"}, collapsed=True)
    assert "subgraph" not in text
    assert "2 tasks<br/>1m30s" in text
    assert "n_A --> n_S" in text
    assert "  class n_A failed\n" in text


def test_a_graph_of_more_than_200_arrows_is_collapsed():
    tasks = ", ".join(f"{{id: t{n}, title: t, command: [x]}}" for n in range(250))
    one = loaded(PLAN.replace("tasks: [{id: end, title: short, command: [x], estimate: 10s}]", f"tasks: [{tasks}]"))
    assert "250 tasks" in to_mermaid(one.graph, one.plan)


def test_dot_has_clusters_and_escaped_labels():
    one = loaded()
    text = to_dot(one.graph, one.plan)
    assert 'subgraph "cluster_A" {' in text
    assert r"x\"]; click" in text
    assert text.count("{") == text.count("}")
    assert '"A.a" -> "A.b" [color=red penwidth=2]' in text


def test_the_views_are_plain_data():
    one = loaded()
    view = json.loads(json.dumps(graph_view(one.graph, one.plan)))
    assert ["A.a", "A.b"] in view["edges"]
    assert view["critical_path"] == ["A.a", "A.b", "S.m"]
    times = json.loads(json.dumps(schedule_view(forecast(one.plan, one.graph))))
    assert times["makespan"] == 95.0


def test_the_forecast_knows_slack_latest_starts_and_load():
    one = loaded()
    times = forecast(one.plan, one.graph)
    assert times.length == 95.0
    side = times.tasks["B.end"]
    assert (side.earliest_start, side.latest_start, side.slack, side.critical) == (0.0, 80.0, 80.0, False)
    assert times.load["ONE"].busy == 95.0
    assert times.load["ONE"].share == 1.0
    assert times.load["TWO"].tasks == 1


def test_an_agent_who_is_busy_delays_a_task_that_is_ready():
    one = loaded(PLAN.replace("lead: TWO", "lead: ONE"))
    times = forecast(one.plan, one.graph)
    assert times.makespan == 105.0
    assert times.length == 95.0


def chain(tasks, groups):
    plan = json.loads(
        json.dumps({"schema": 1, "id": "p", "title": "P", "agents": {"ONE": {"specialty": "x"}}, "workstreams": {}})
    )
    for group in range(groups):
        rows = [{"id": f"t{n}", "title": f"t{n}", "command": ["x"], "estimate": "1s"} for n in range(tasks)]
        plan["workstreams"][f"G{group}"] = {"title": "g", "lead": "ONE", "tasks": rows}
    return load_text(json.dumps(plan), "p.yaml")


@pytest.mark.parametrize(
    ("tasks", "groups", "head", "boxes"),
    [(1, 4, "flowchart LR", 4), (6, 4, "flowchart TB", 24), (20, 4, "flowchart LR", 4), (1, 59, "flowchart LR", 59)],
    ids=["beside each other", "in chains", "too many", "all at once"],
)
def test_a_drawing_for_a_page_is_no_wider_than_twice_its_height(tasks, groups, head, boxes):
    one = chain(tasks, groups)
    text = to_page(one.graph, one.plan, {}, {"G0": "3 of 4 PASS"}, ())
    assert text.startswith(head)
    assert len(re.findall(r'^ +n_\w+\["', text, re.MULTILINE)) == boxes
    assert ("3 of 4 PASS" in text) == (boxes == groups and tasks > 1)
