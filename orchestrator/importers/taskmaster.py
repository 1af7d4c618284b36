"""task-master's tasks.json as a draft: https://github.com/eyaltoledano/claude-task-master, docs/task-structure.md.

Each top-level task with subtasks is a workstream of them; tasks without share one. A file with tags holds a list under
each tag, each with ids of its own. A task depends on tasks of its own tag.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from orchestrator.importers.draft import Concern, Draft, DraftGroup, DraftTask, identifier
from orchestrator.importers.durations import find_duration
from orchestrator.importers.finish import leave_given_up
from orchestrator.importers.format import Importer, Source
from orchestrator.importers.jsontext import Located, read_json
from orchestrator.importers.taskwords import is_done, is_given_up
from orchestrator.plan.problem import PlanError, Problem, did_you_mean

KNOWN: Final = frozenset({"id", "title", "description", "dependencies", "subtasks", "status"})
PROSE: Final = frozenset({"priority", "details", "testStrategy", "parentTaskId", "parentId"})
TIMES: Final = {
    "estimatedHours": "h",
    "estimated_hours": "h",
    "hours": "h",
    "estimate": "",
    "effort": "",
    "duration": "",
    "estimatedMinutes": "min",
    "estimatedDays": "d",
    "timeEstimate": "",
}
OPEN: Final = frozenset({"", "pending", "todo", "open", "ready", "in-progress", "in progress", "in_progress"})
LOOSE: Final = "TASKS"
LARGEST: Final = 20_000
LONGEST: Final = 300
Tasks = list[dict[str, Any]]


class TaskMaster(Importer):
    """Whatever JSON is of no other format is read as one of these, so that what is wrong with it is told."""

    suffixes = (".json",)
    settings = ("tag",)

    def read(self, source: Source) -> Draft:
        """Of one tag or of all. Raises PlanError."""
        return draft_of_tasks(source.data, source.name, source.settings.get("tag"))


def read_taskmaster(text: str, source: str, tag: str | None = None) -> Draft:
    """The draft of a tasks.json, of one tag or of all. Raises PlanError where it is no such file, or has no such
    tag.
    """
    return draft_of_tasks(read_json(text, source), source, tag)


def draft_of_tasks(data: Any, source: str, tag: str | None = None) -> Draft:  # noqa: ANN401 - whatever the file holds
    """As `read_taskmaster`, of what `read_json` has read."""
    lists = _task_lists(data)
    if not any(lists.values()):
        raise PlanError(
            [Problem(source, 1, 1, "no task found: no list of tasks", 'a task-master file has {"tasks": [...]}')]
        )
    if tag is not None and tag not in lists:
        raise PlanError([Problem(source, 1, 1, f"no tag {tag!r}", did_you_mean(tag, [name for name in lists if name]))])
    chosen = lists if tag is None else {tag: lists[tag]}
    if sum(1 + len(_subtasks(task)) for tasks in chosen.values() for task in tasks) > LARGEST:
        raise PlanError([Problem(source, 1, 1, f"more than {LARGEST:,} tasks", "split the file, or name one `--tag`")])
    draft = Draft(source, id="imported", title=_title(data, source))
    draft.id = identifier(tag, fallback="tag") if tag else draft.id
    several = sum(bool(tasks) for tasks in chosen.values()) > 1
    for name, tasks in chosen.items():
        _Tag(draft, name if several else "").take(tasks)
    leave_given_up(draft)
    if tag is not None and len(lists) > 1:
        others = ", ".join(f"{name} ({len(tasks)})" for name, tasks in lists.items() if name != tag)
        draft.note(1, Concern.LEFT_OUT, f"other tags, with so many tasks: {others}"[:LONGEST])
    return draft


def _task_lists(data: Any) -> dict[str, Tasks]:  # noqa: ANN401
    """The tasks of each tag; those of a file without tags under no name."""
    if isinstance(data, dict) and isinstance(data.get("tasks"), list):
        return {"": _titled(data["tasks"])}
    if isinstance(data, dict):
        return {
            str(name): _titled(tag["tasks"])
            for name, tag in data.items()
            if isinstance(tag, dict) and isinstance(tag.get("tasks"), list)
        }
    return {"": _titled(data)} if isinstance(data, list) else {}


def _titled(found: list[Any]) -> Tasks:
    return [task for task in found if isinstance(task, dict) and "title" in task]


def _list(data: Mapping[str, Any], key: str) -> list[Any]:
    found = data.get(key)
    return found if isinstance(found, list) else []


def _subtasks(task: Mapping[str, Any]) -> Tasks:
    return _titled(_list(task, "subtasks"))


def _title(data: Any, source: str) -> str:  # noqa: ANN401
    meta = data.get("meta") if isinstance(data, dict) else None
    name = meta.get("projectName") if isinstance(meta, dict) else None
    return str(name)[:LONGEST] if name else f"Tasks of {source}"


class _Tag:
    """The tasks of one tag. name: "" where it is the only one; else its groups bear it."""

    def __init__(self, draft: Draft, name: str) -> None:
        self.draft = draft
        self.name = name
        self.prefix = f"{identifier(name, fallback='tag')}-" if name else ""
        self.groups: dict[str, str] = {}

    def take(self, tasks: Tasks) -> None:
        """All tasks of the tag, and then what they depend on."""
        before = len(self.draft.groups)
        for task in tasks:
            self._take(task)
        for group in list(self.draft.groups.values())[before:]:
            group.needs = [self._meant(one) for one in group.needs]
            for one in group.tasks:
                one.needs = [self._meant(need) for need in one.needs or []]

    def _take(self, task: Mapping[str, Any]) -> None:
        subtasks, key = _subtasks(task), str(task.get("id", len(self.groups) + 1))[:48]
        for part in (task, *subtasks):
            self._tell(part, key)
        if not subtasks:
            self._loose().tasks.append(self._task(task, key, key))
            return
        group = self._group(f"T{re.sub(r'[^A-Za-z0-9_-]', '-', key)}", str(task["title"])[:LONGEST], _line(task))
        group.goal, group.needs = str(task.get("description", "")), [str(one) for one in _list(task, "dependencies")]
        group.estimate, group.done = _estimate(task), is_done(str(task.get("status", "")))
        self.groups[key] = group.id
        for place, one in enumerate(subtasks, 1):
            own = str(one.get("id", place))[:48]
            group.tasks.append(self._task(one, own if "." in own else f"{key}.{own}", key, done=group.done))

    def _group(self, name: str, title: str, line: int) -> DraftGroup:
        return self.draft.new_group(f"{self.prefix}{name}"[:56], title, line)

    def _loose(self) -> DraftGroup:
        name = self.groups.get("")
        if name is None:
            title = f"Tasks of {self.name}" if self.name else "Tasks"
            name = self.groups[""] = self._group(LOOSE, title, 1).id
        return self.draft.groups[name]

    def _task(self, task: Mapping[str, Any], key: str, parent: str, *, done: bool = False) -> DraftTask:
        """Its needs in the file's own numbering; a subtask's numbers without a point are its siblings."""
        needs = [str(one) for one in _list(task, "dependencies")]
        needs = [f"{parent}.{one}" if "." not in one and key != parent else one for one in needs]
        status = str(task.get("status") or "")
        if done and status and not is_done(status):
            said = f"task {key} is {status[:40]}, but the task that it is a part of is done"
            self.draft.note(_line(task), Concern.CONTRADICTION, said, "parts of done tasks")
        done = is_done(status) if status else done
        made = DraftTask(str(task["title"])[:LONGEST] or key, _line(task), key=key, needs=needs, done=done)
        made.given_up = is_given_up(status)
        made.estimate, made.ref = _estimate(task), self._reference(key)
        return made

    def _reference(self, key: str) -> str:
        return f"{self.name}\u001f{key}"

    def _meant(self, key: str) -> str:
        """The group of a task that became one, or the task of this tag."""
        return self.groups.get(key) or (self._reference(key) if self.name else key)

    def _tell(self, part: Mapping[str, Any], key: str) -> None:
        line, note = _line(part), self.draft.note
        for name in sorted(part.keys() - KNOWN - PROSE - TIMES.keys()):
            note(line, Concern.NOT_UNDERSTOOD, f"task {key}: {name}", f"field {name}"[:60])
        for name in sorted(TIMES.keys() & part.keys()):
            if part[name] is not None and _seconds(part[name], TIMES[name]) is None:
                note(
                    line,
                    Concern.NOT_UNDERSTOOD,
                    f"task {key}: {name} {str(part[name])[:40]!r}: no duration",
                    "estimate",
                )
        if part.get("testStrategy"):
            said = f"task {key}: testStrategy is prose, and no criterion: {str(part['testStrategy'])[:200]}"
            note(line, Concern.NOT_UNDERSTOOD, said, "testStrategy is prose, and no criterion")
        for name in ("details", "priority"):
            if part.get(name):
                note(line, Concern.LEFT_OUT, f"task {key}: {name}", f"{name}, for which a plan has no place")
        status = str(part.get("status", "")).strip()[:40]
        if status.lower() not in OPEN and not is_done(status) and not is_given_up(status):
            note(line, Concern.NOT_UNDERSTOOD, f"task {key}: status {status}", "status")


def _line(part: Mapping[str, Any]) -> int:
    return part.line if isinstance(part, Located) else 0


def _estimate(task: Mapping[str, Any]) -> float | None:
    found: Iterator[float] = (
        seconds for name, unit in TIMES.items() if name in task and (seconds := _seconds(task[name], unit)) is not None
    )
    return next(found, None)


def _seconds(value: Any, unit: str) -> float | None:  # noqa: ANN401
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    found = find_duration(str(value)[:60], unit)
    return found[0] if found else None
