"""`orchestrate import` through the real command line."""

import json

WORKFLOW = {
    "name": "tiny",
    "schemaVersion": "1.5",
    "workflow": {
        "specification": {
            "tasks": [
                {"name": "a", "id": "a", "parents": [], "children": ["b"]},
                {"name": "b", "id": "b", "parents": ["a"], "children": []},
            ]
        },
        "execution": {"tasks": [{"id": "a", "runtimeInSeconds": 2}]},
    },
}


def test_a_markdown_document_becomes_a_plan_and_what_is_unclear_goes_to_standard_error(shell):
    (shell.folder / "work.md").write_text(
        "# Work\n## Workstream A: One\n- [ ] Do it (2h)\n\n**Success Criteria:**\n- nice\n"
    )
    done = shell("import", "work.md", "-o", "plan.yaml")
    assert done.returncode == 0, done.stderr
    assert "work.md:6: not understood: nice: a criterion without a figure" in done.stderr
    assert "'a.t" in shell("validate", "plan.yaml").stderr or shell("validate", "plan.yaml").returncode == 2
    again = shell("import", "work.md", "-o", "plan.yaml")
    assert again.returncode == 2
    assert "exists already" in again.stderr


def test_tasks_of_task_master_and_a_workflow_are_told_apart(shell):
    (shell.folder / "tasks.json").write_text(json.dumps({"tasks": [{"id": 1, "title": "One", "dependencies": []}]}))
    (shell.folder / "flow.json").write_text(json.dumps(WORKFLOW))
    assert "title: One" in shell("import", "tasks.json").stdout
    shell("import", "flow.json", "-o", "flow.yaml")
    assert shell("run", "flow.yaml", "--no-page").returncode == 0


def test_what_cannot_be_read_is_said_with_a_mend(shell):
    (shell.folder / "binary.md").write_bytes(b"\xff\xfe\x00")
    for name in ("nowhere.md", "binary.md", "plan.doc"):
        done = shell("import", name)
        assert done.returncode == 2
        assert "mend:" in done.stderr
