"""Every problem of briefs, hand-ins, instruments and merges is told at its place and with its mend."""

import copy

import pytest
import yaml

from orchestrator.graph.load import load_text
from orchestrator.plan.handins import instruments, joined, with_hand_in_needs
from orchestrator.plan.problem import PlanError

PLAN = {
    "schema": 1,
    "id": "demo",
    "title": "Demo",
    "agents": {"X": {"specialty": "tests", "driver": "acp", "program": ["agent"]}, "P": {"specialty": "runs"}},
    "workstreams": {
        "A": {
            "title": "A",
            "lead": "X",
            "tasks": [
                {
                    "id": "write",
                    "title": "W",
                    "brief": "Do it.",
                    "writes": ["src/**"],
                    "pinned": ["bench/**"],
                    "until": ["A.fast"],
                    "rounds": 3,
                },
                {"id": "other", "title": "O", "brief": "Do it.", "writes": ["src/**"], "needs": []},
                {
                    "id": "measure",
                    "title": "M",
                    "measures": "write",
                    "command": ["true"],
                    "metrics": [{"name": "speed", "unit": "s", "better": "lower"}],
                },
                {"id": "join", "title": "J", "merge": ["write", "other"], "into": "main"},
            ],
            "success_criteria": [{"id": "fast", "title": "F", "metric": "speed", "target": "< 5 s"}],
        }
    },
}


def text(*changes):
    """The plan with some places changed: a path of keys, and the value (None: removed)."""
    said = copy.deepcopy(PLAN)
    for *path, key, value in changes:
        place = said
        for step in path:
            place = place[step]
        if value is None:
            del place[key]
        else:
            place[key] = value
    return yaml.safe_dump(said, sort_keys=False)


def told(*changes):
    with pytest.raises(PlanError) as raised:
        load_text(text(*changes), "demo.yaml")
    return str(raised.value)


TASKS = ("workstreams", "A", "tasks")


@pytest.mark.parametrize(
    ("changes", "what", "mend"),
    [
        ([("agents", "X", "program", None)], "the driver acp has no program to start", "write `program: ["),
        ([("agents", "X", "specialty", None)], "has no specialty", "or `from:` the agent's file"),
        ([(*TASKS, 0, "agent", "P")], "its agent has no driver that can work on a brief", "driver: acp"),
        (
            [("agents", "P", "driver", "human"), (*TASKS, 0, "agent", "P")],
            "`writes` means nothing for a task that waits for a person",
            "remove it",
        ),
        (
            [(*TASKS, 1, {"id": "ok", "title": "OK", "approve": {"ask": "?", "of": "wrte"}, "timeout": "2m"})],
            "`timeout` means nothing",
            "within: 2d",
        ),
        (
            [(*TASKS, 1, {"id": "ok", "title": "OK", "approve": {"ask": "?", "of": "wrte"}})],
            "'wrte' is neither a task nor a group",
            "write",
        ),
        (
            [(*TASKS, 1, {"id": "ok", "title": "OK", "approve": {"ask": "?", "of": "ok"}})],
            "it is about itself",
            "name the task",
        ),
        ([(*TASKS, 0, "brief", "  ")], "is empty", "write what is to be done"),
        ([(*TASKS, 0, "writes", None)], "says nothing of what it may change", "writes: ["),
        (
            [(*TASKS, 0, "metrics", [{"name": "own", "unit": "s", "better": "lower"}])],
            "an agent's own figures are claims",
            "measures:",
        ),
        ([(*TASKS, 0, "until", ["A.fst"])], "'A.fst' is not a criterion", "A.fast"),
        ([(*TASKS, 2, "measures", "wrte")], "wrte", "write"),
        ([(*TASKS, 2, "measures", "join")], "'join' leaves no hand-in: it has no `brief`", "mend"),
        ([(*TASKS, 2, "pinned", ["x"])], "this task leaves none", "give it to the task with the `brief`"),
        ([(*TASKS, 2, "rounds", 2)], "only a task with a brief has rounds", "retries"),
        ([(*TASKS, 3, "merge", [])], "joins nothing", "name the tasks"),
        ([(*TASKS, 3, "merge", ["measure"])], "'measure' leaves no hand-in", "mend"),
        ([(*TASKS, 3, "merge", ["write", "A.write"])], "stands twice", "name each hand-in once"),
        (
            [(*TASKS, 1, "workspace", {"base": "else"})],
            "start at different bases or repositories",
            "give the tasks one `workspace`",
        ),
    ],
)
def test_each_problem_is_told_with_its_mend(changes, what, mend):
    message = told(*changes)
    assert what in message
    assert mend in message


RUN = [(*TASKS, 2, "command", None), (*TASKS, 2, "run", "some.runner")]


@pytest.mark.parametrize("place", [(*TASKS, 2, "env"), ("env",)])
@pytest.mark.parametrize("name", ["PYTHONPATH", "LD_PRELOAD"])
def test_a_runner_that_would_import_what_it_measures_is_a_problem(place, name):
    message = told(*RUN, (*place, {name: "/x:${checkout}/src"}))
    assert f"{name} would have the runner itself import what was handed in" in message
    assert "start a process on `context.checkout`" in message


@pytest.mark.parametrize("place", [(*TASKS, 2, "env"), ("env",)])
def test_a_variable_that_would_load_what_is_measured_outside_the_sandbox_is_a_problem(place):
    message = told((*place, {"LD_PRELOAD": "${checkout}/malloc.so"}))
    assert "LD_PRELOAD would load what was handed in outside the sandbox, too" in message
    assert "`env LD_PRELOAD=… PROGRAM`" in message


@pytest.mark.parametrize(
    "changes",
    [
        [(*TASKS, 2, "env", {"PYTHONPATH": "${checkout}", "LD_PRELOAD": "/usr/lib/own.so"})],
        [*RUN, (*TASKS, 2, "env", {"PYTHONPATH": "/x", "WHERE": "${checkout}"})],
    ],
)
def test_a_program_may_import_what_it_likes_and_a_runner_be_told_where_it_is(changes):
    assert load_text(text(*changes), "demo.yaml")


def test_the_plan_itself_is_valid_and_its_needs_bring_the_hand_ins():
    loaded = load_text(text(), "demo.yaml")
    assert instruments(loaded.plan) == {"A.write": ("A.measure",), "A.other": ()}
    assert joined(loaded.plan) == {"A.join": ("A.write", "A.other")}
    needs = with_hand_in_needs(loaded.plan, {"A.write": (), "A.other": (), "A.measure": (), "A.join": ()})
    assert needs == {
        "A.write": (),
        "A.other": (),
        "A.measure": ("A.write",),
        "A.join": ("A.write", "A.measure", "A.other"),
    }


def test_a_criterion_that_only_the_agents_own_task_could_measure_is_a_problem():
    said = copy.deepcopy(PLAN)
    group = said["workstreams"]["A"]
    group["tasks"] = [each for each in group["tasks"] if each["id"] not in {"measure", "join"}]
    with pytest.raises(PlanError, match="measures:"):
        load_text(yaml.safe_dump(said, sort_keys=False), "demo.yaml", runners={})
