import json

import pytest

from orchestrator.graph.load import load_text
from orchestrator.graph.schedule import forecast
from orchestrator.plan.problem import PlanError

INSTANCE = {
    "name": "1000genome-small",
    "schemaVersion": "1.5",
    "workflow": {
        "specification": {
            "tasks": [
                {"name": "individuals", "id": "individuals_ID01", "parents": [], "children": ["merge.1"]},
                {"name": "individuals", "id": "individuals_ID02", "parents": [], "children": ["merge.1"]},
                {"name": "merge", "id": "merge.1", "parents": ["individuals_ID01", "individuals_ID02"], "children": []},
                {"name": "merge_b", "id": "merge_1", "parents": ["merge.1"], "children": []},
            ],
            "files": [{"id": "a.txt", "sizeInBytes": 1}],
        },
        "execution": {
            "makespanInSeconds": 12.5,
            "executedAt": "2020-01-01T00:00:00Z",
            "tasks": [
                {
                    "id": "individuals_ID01",
                    "runtimeInSeconds": 61.25,
                    "command": {"program": "x", "arguments": ["${y}"]},
                },
                {"id": "merge.1", "runtimeInSeconds": 2},
            ],
        },
    },
}


def load(instance):
    return load_text(json.dumps(instance), "w.json")


def test_a_workflow_instance_is_read_as_a_plan_of_its_graph_and_runtimes():
    loaded = load(INSTANCE)
    assert (loaded.plan.id, loaded.plan.title) == ("t1000genome-small", "1000genome-small")
    assert loaded.graph.needs["W.merge_1"] == ("W.individuals_ID01", "W.individuals_ID02")
    assert [node.estimate for node in loaded.graph.nodes.values()] == [61.25, 0.0, 2.0, 0.0]
    assert [node.task.title for node in loaded.graph.nodes.values()] == [
        "individuals",
        "individuals",
        "merge",
        "merge_b",
    ]


def test_ids_that_become_alike_stay_apart():
    graph = load(INSTANCE).graph
    (last,) = (task for task in graph.nodes if task.startswith("W.merge_1-"))
    assert graph.needs[last] == ("W.merge_1",)


def test_ids_that_become_like_one_made_up_stay_apart_too():
    tasks = [{"id": "x.y"}, {"id": "x_y-2"}, {"id": "x:y"}]
    assert len(load({"name": "w", "schemaVersion": "1.5", "workflow": {"tasks": tasks}}).graph.nodes) == 3


@pytest.mark.parametrize("name", [[], {}, 1, None])
def test_a_name_that_is_no_text_names_nothing(name):
    tasks = [{"id": "a", "name": name}, {"id": "b", "parents": ["a"]}]
    graph = load({"name": "w", "schemaVersion": "1.5", "workflow": {"tasks": tasks}}).graph
    assert graph.needs["W.b"] == ("W.a",)


def test_the_earlier_form_names_parents_and_keeps_runtimes_with_the_tasks():
    tasks = [{"name": "a", "runtime": 1.5}, {"name": "b", "id": "ID2", "parents": ["a"], "runtimeInSeconds": 3}]
    graph = load({"name": "w", "schemaVersion": "1.3", "workflow": {"tasks": tasks}}).graph
    assert graph.needs["W.ID2"] == ("W.a",)
    assert [node.estimate for node in graph.nodes.values()] == [1.5, 3.0]


@pytest.mark.parametrize(
    ("workflow", "words"),
    [
        ({"tasks": []}, "no list of tasks"),
        ({"tasks": [{"id": 1}]}, "no list of tasks"),
        ({"specification": {"tasks": [{"id": "a", "parents": ["b"]}]}}, "'b' is not a task"),
        ({"tasks": [{"id": "a", "parents": ["b"]}, {"id": "b", "parents": ["a"]}]}, "wait for each other"),
        ({"tasks": [{"id": "a", "parents": ["a"]}]}, "wait for each other"),
    ],
)
def test_an_instance_without_usable_tasks_is_a_plan_with_problems(workflow, words):
    with pytest.raises(PlanError, match=words):
        load({"name": "w", "schemaVersion": "1.5", "workflow": workflow})


def test_runtimes_that_are_no_times_count_as_none():
    tasks = [{"id": "a", "runtimeInSeconds": value} for value in ("1", True, -1, 1e300)]
    tasks = [task | {"id": f"a{index}"} for index, task in enumerate(tasks)]
    graph = load({"name": "", "schemaVersion": "1.4", "workflow": {"tasks": tasks}}).graph
    assert [node.estimate for node in graph.nodes.values()] == [0.0, 0.0, 0.0, 3.6e8]


def recorded(makespan, cores, *, seconds=100.0, wide=8, core_count=1):
    tasks = [{"id": f"t{place}", "parents": []} for place in range(wide)]
    done = [
        {"id": one["id"], "runtimeInSeconds": seconds, "coreCount": core_count, "machines": ["box 1"]} for one in tasks
    ]
    machines = [{"nodeName": "box 1", "cpu": {"coreCount": cores}}]
    execution = {"makespanInSeconds": makespan, "tasks": done, "machines": machines}
    return {
        "name": "w",
        "schemaVersion": "1.5",
        "workflow": {"specification": {"tasks": tasks}, "execution": execution},
    }


@pytest.mark.parametrize(
    ("makespan", "cores", "core_count"),
    [
        (810, 1, 1),  # one after the other
        (205, 4, 1),
        (410, 8, 1),  # the machine could do more than it did
        (900, 1, 1),  # it waited
        (205, 4, 4),  # tasks held less than they say
        (150, 8, 1),
    ],
)
def test_a_forecast_ends_when_the_recorded_run_did(makespan, cores, core_count):
    loaded = load(recorded(makespan, cores, core_count=core_count))
    assert forecast(loaded.plan, loaded.graph).makespan == pytest.approx(makespan, rel=0.1)
    assert loaded.plan.estimate == makespan


def test_what_a_task_held_of_its_machine_is_a_counter():
    plan = load(recorded(410, 4, core_count=2)).plan
    assert plan.resources == {"box_1": 4}
    assert plan.workstreams["W"].tasks[0].resources == {"box_1": 2}


@pytest.mark.parametrize(
    "machines", [None, 3, [], [{}], [{"nodeName": "a"}], [{"nodeName": "a", "cpu": {"coreCount": -1}}]]
)
def test_machines_that_say_nothing_limit_nothing(machines):
    instance = recorded(100, 4)
    instance["workflow"]["execution"]["machines"] = machines
    assert load(instance).plan.resources == {}
