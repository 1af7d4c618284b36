"""task-master's tasks.json as plans."""

import json

import pytest

from orchestrator.importers.draft import Draft
from orchestrator.importers.taskmaster import read_taskmaster
from orchestrator.importers.write import write_plan
from orchestrator.plan.load import parse_plan
from orchestrator.plan.needs import resolve_needs
from orchestrator.plan.problem import PlanError

FILE = {
    "meta": {"projectName": "Shop"},
    "tasks": [
        {"id": 1, "title": "Schema", "status": "done", "dependencies": []},
        {
            "id": 2,
            "title": "Server",
            "dependencies": [1],
            "testStrategy": "Call it.",
            "subtasks": [
                {"id": 1, "title": "Routes", "dependencies": []},
                {"id": 2, "title": "Handlers", "dependencies": [1]},
            ],
        },
        {"id": 3, "title": "Ship", "dependencies": [2], "colour": "red"},
    ],
}


def read(text: str, tag: str | None = None) -> Draft:
    return read_taskmaster(text, "tasks.json", tag)


def test_tasks_with_subtasks_are_workstreams_and_dependencies_are_kept() -> None:
    draft = read(json.dumps(FILE))
    plan = parse_plan(write_plan(draft), "imported")
    assert plan.title == "Shop"
    assert resolve_needs(plan) == {
        "TASKS.t1": (),
        "TASKS.t3": ("T2.t2-2",),
        "T2.t2-1": ("TASKS.t1",),
        "T2.t2-2": ("T2.t2-1",),
    }
    notes = [note.text for note in draft.notes]
    assert "task 3: colour" in notes
    assert any("testStrategy" in note for note in notes)


def test_a_tagged_file_gives_every_tags_tasks() -> None:
    tagged = {"main": {"tasks": [{"id": 1, "title": "One"}]}, "other": {"tasks": [{"id": 5, "title": "Five"}]}}
    plan = parse_plan(write_plan(read(json.dumps(tagged))), "imported")
    assert {name: [task.title for task in group.tasks] for name, group in plan.workstreams.items()} == {
        "main-TASKS": ["One"],
        "other-TASKS": ["Five"],
    }


@pytest.mark.parametrize("text", ["", "[", "{}", '{"tasks": 3}', "null", '{"tasks": [1, 2]}', "[" * 100_000])
def test_what_is_no_list_of_tasks_is_refused_with_a_mend(text: str) -> None:
    with pytest.raises(PlanError, match="mend"):
        read(text)


def test_what_is_cancelled_is_left_out_and_told_and_no_sign_of_ours_is_in_a_note() -> None:
    tasks = [
        {"id": 1, "title": "Keep", "status": "pending", "dependencies": [9]},
        {"id": 2, "title": "Gone", "status": "cancelled", "dependencies": []},
    ]
    draft = read(json.dumps({"a": {"tasks": tasks}, "b": {"tasks": [{"id": 1, "title": "Other"}]}}))
    plan = parse_plan(write_plan(draft), "imported")
    assert [task.title for group in plan.groups.values() for task in group.tasks] == ["Keep", "Other"]
    notes = [note.text for note in draft.notes]
    assert "Gone: given up" in notes
    assert "depends on '9', which nothing here is called" in notes
