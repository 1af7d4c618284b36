"""What tasks and groups of a draft need, from the names that the document calls them by."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import translate
from types import MappingProxyType
from typing import Any, Final

from orchestrator.importers.draft import (
    Concern,
    Draft,
    DraftGroup,
    place_name,
    task_ids,
)

NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})
FEW: Final = 5_000  # names among which a pattern is looked for
SPAN: Final = re.compile(
    r"(?P<stem>[a-z_-]{0,20}?)(?P<first>\d{1,6})(?:\.\.|\s?[-\u2013\u2026]\s?|\s(?:to"
    r"|through)\s)(?P=stem)?(?P<last>\d{1,6})"
)
"""Several names as one: "T1-T4", "P1-001..P1-004"."""


@dataclass(frozen=True, slots=True)
class _Names:
    """What the document calls groups and tasks, lower case, with their ids."""

    groups: dict[str, str]
    tasks: dict[str, str]


def resolve_needs(draft: Draft, groups: dict[str, dict[str, Any]]) -> None:
    """Put ids in place of the names that `needs` of groups and tasks have; the draft gets a note of each unknown one.

    groups: the plan's groups as data, by id, with their tasks in the draft's order. They are changed in place.
    """
    names = _Names(_group_names(draft), _task_names(draft))
    for group_id, data in groups.items():
        if "needs" in data:
            needs = _resolved(draft, data["needs"], names, draft.groups[group_id].line)
            data["needs"] = [one for one in needs if one != group_id and not one.startswith(f"{group_id}.")]
        own_names = _own_names(draft.groups[group_id], data["tasks"])
        for task, source in zip(data["tasks"], draft.groups[group_id].tasks, strict=True):
            if "needs" in task:
                full = _resolved(draft, task["needs"], names, source.line, own_names)
                own = f"{group_id}.{task['id']}"
                task["needs"] = [one.removeprefix(f"{group_id}.") for one in full if one not in {own, group_id}]


def _own_names(group: DraftGroup, tasks: list[dict[str, Any]]) -> dict[str, str]:
    """What the tasks of a group are called in it: their numbers may begin again in the next group."""
    found: dict[str, str] = {}
    for data, task in zip(tasks, group.tasks, strict=True):
        numbered = (f"task {task.key}", f"step {task.key}") if task.key.isdigit() else ()
        for said in (task.key, task.title, *numbered):
            found.setdefault(said.lower(), f"{group.id}.{data['id']}") if said else None
    return found


def _resolved(draft: Draft, said: list[str], names: _Names, line: int, own: Mapping[str, str] = NO_NAMES) -> list[str]:
    """own: names that count before all others."""
    groups, tasks = names.groups, names.tasks
    found: dict[str, None] = {}
    for name in said:
        meant = own.get(name.lower()) or groups.get(name.lower()) or tasks.get(name.lower())
        several = [] if meant else _several(name.lower(), tasks)
        if meant is None and not several:
            shown = name.rpartition("\u001f")[2]  # without the tag that a reader put before it
            said_so = f"depends on {shown!r}, which nothing here is called"
            draft.note(line, Concern.NOT_UNDERSTOOD, said_so, "unknown names")
        found |= dict.fromkeys([meant] if meant else several)
    return list(found)


def _task_names(draft: Draft) -> dict[str, str]:
    """Full task ids by what the document calls them, lower case: their numbers, and their titles."""
    names: dict[str, str] = {
        place_name(group.id, place).lower(): f"{group.id}.{name}"
        for group in draft.groups.values()
        for place, name in enumerate(task_ids(draft, group))
    }
    for group in draft.groups.values():
        for name, task in zip(task_ids(draft, group), group.tasks, strict=True):
            for said in (task.ref, task.key, task.title, name):
                names.setdefault(said.lower(), f"{group.id}.{name}") if said else None
    return names


def _group_names(draft: Draft) -> dict[str, str]:
    """Ids of groups by what a document calls them, lower case: their ids, titles, numbers, and names such as "phase
    1".
    """
    names: dict[str, str] = {}
    for name, one in draft.groups.items():
        spaced = re.sub(r"(?<=[a-z])(?=[0-9])", " ", name.lower())
        said = (name.lower(), one.title.lower(), spaced, f"workstream {name.lower()}", *_short(one.title))
        said = (*said, *_called(one.key))
        for each in said:
            if each:
                names.setdefault(each, name)
    return names


def _called(key: str) -> list[str]:
    """What a group of a number may be called: "wp1" and "wp 1" of a heading "WP1", and of "Work package 1" as well."""
    *nouns, number = key.split() or [""]
    initials = "".join(noun[0] for noun in nouns) if len(nouns) > 1 else "".join(nouns)
    return [key, f"{initials}{number}", f"{initials}-{number}"] if nouns else [key]


def _short(title: str) -> list[str]:
    """A title without the remark in brackets behind it."""
    return [title.partition("(")[0].strip().lower()] if "(" in title else []


def _several(name: str, names: dict[str, str]) -> list[str]:
    """As in "all P1-*", "P1-001..P1-004", "T1-T3": every task whose name fits."""
    pattern = name.removeprefix("all ").removeprefix("of ").strip()
    if pattern != name and pattern in {"above", "previous", "tasks", "others"}:
        return []
    if "*" in pattern and len(names) <= FEW and len(pattern) <= 40 and pattern.count("*") == 1:
        fits = re.compile(translate(pattern))
        return list(dict.fromkeys(full for said, full in names.items() if fits.match(said)))
    if found := SPAN.fullmatch(pattern):
        first, last = int(found["first"]), int(found["last"])
        width = len(found["first"])
        spelled = [f"{found['stem']}{number:0{width}}" for number in range(first, min(last, first + 500) + 1)]
        return [names[one] for one in spelled if one in names]
    return []
