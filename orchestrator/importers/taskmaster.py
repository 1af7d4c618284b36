"""task-master's tasks.json as a draft: https://github.com/eyaltoledano/claude-task-master, docs/task-structure.md.

Each top-level task with subtasks is a workstream of them; tasks without share one. Files with tags hold a list under each tag.
"""

import json
from typing import Any, Final

from orchestrator.importers.draft import Concern, Draft, DraftGroup, DraftTask
from orchestrator.plan.problem import PlanError, Problem

KNOWN: Final = frozenset(
    {"id", "title", "description", "dependencies", "subtasks", "status", "priority", "details", "testStrategy"}
)
LOOSE: Final = "TASKS"
LARGEST: Final = 20_000


def read_taskmaster(text: str, source: str) -> Draft:
    """The draft of a tasks.json. Raises PlanError where it is no such file."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PlanError(
            [Problem(source, 1, 1, f"not JSON: {error}", "name a tasks.json, or a Markdown file")]
        ) from error
    tasks = _task_lists(data)
    if not tasks:
        raise PlanError([Problem(source, 1, 1, "no list of tasks", 'a task-master file has {"tasks": [...]}')])
    if sum(1 + len(_list(task, "subtasks")) for task in tasks) > LARGEST:
        raise PlanError([Problem(source, 1, 1, f"more than {LARGEST:,} tasks", "split the file")])
    draft = Draft(source, id="imported", title=_title(data, source))
    draft.note(0, Concern.READ_AS, "JSON has no line numbers here: tasks are named by their ids")
    for task in tasks:
        _take(draft, task)
    _point_into_groups(draft)
    return draft


def _task_lists(data: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - whatever the file holds
    """The tasks, of all tags one after the other."""
    if isinstance(data, dict) and isinstance(data.get("tasks"), list):
        found = data["tasks"]
    elif isinstance(data, dict):
        found = [task for tag in data.values() if isinstance(tag, dict) for task in _list(tag, "tasks")]
    else:
        found = data if isinstance(data, list) else []
    return [task for task in found if isinstance(task, dict) and "title" in task]


def _list(data: dict[str, Any], key: str) -> list[Any]:
    found = data.get(key)
    return found if isinstance(found, list) else []


def _title(data: Any, source: str) -> str:  # noqa: ANN401
    meta = data.get("meta") if isinstance(data, dict) else None
    name = meta.get("projectName") if isinstance(meta, dict) else None
    return str(name) if name else f"Tasks of {source}"


def _take(draft: Draft, task: dict[str, Any]) -> None:
    subtasks = [one for one in _list(task, "subtasks") if isinstance(one, dict) and "title" in one]
    key = str(task.get("id", len(draft.groups) + 1))
    for part in [task, *subtasks]:
        for field in part.keys() - KNOWN:
            draft.note(0, Concern.NOT_UNDERSTOOD, f"task {key}: {field}")
        if part.get("testStrategy"):
            draft.note(
                0,
                Concern.NOT_UNDERSTOOD,
                f"task {key}: testStrategy is prose, and no criterion: {part['testStrategy']}",
            )
    if not subtasks:
        group = draft.groups.setdefault(LOOSE, DraftGroup(LOOSE, "Tasks", 0))
        group.tasks.append(_task(task, key, key))
        return
    group = draft.groups[f"T{key}"] = DraftGroup(
        f"T{key}", str(task["title"]), 0, goal=str(task.get("description", ""))
    )
    group.needs = [str(one) for one in _list(task, "dependencies")]
    for one in subtasks:
        own = str(one.get("id", len(group.tasks) + 1))
        group.tasks.append(_task(one, f"{key}.{own}" if "." not in own else own, key))


def _task(task: dict[str, Any], key: str, parent: str) -> DraftTask:
    """Its needs in the file's own numbering; a subtask's numbers without a point are its siblings."""
    needs = [str(one) for one in _list(task, "dependencies")]
    needs = [f"{parent}.{one}" if "." not in one and key != parent else one for one in needs]
    return DraftTask(str(task["title"]), 0, key=key, needs=needs)


def _point_into_groups(draft: Draft) -> None:
    """A dependency on a task that became a workstream is one on the whole workstream."""
    for group in draft.groups.values():
        group.needs = [_meant(draft, one) for one in group.needs]
        for task in group.tasks:
            task.needs = [_meant(draft, one) for one in task.needs or []]


def _meant(draft: Draft, key: str) -> str:
    return f"T{key}" if f"T{key}" in draft.groups else key
