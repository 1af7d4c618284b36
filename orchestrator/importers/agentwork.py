"""Turn an imported plan into one for agents. Its tasks become briefs. What nobody measures yet is listed, not promised.
Pure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from orchestrator.importers.draft import Concern, Draft

LEFT: Final = (
    "Its tasks are briefs for agents. Nothing measures them yet: add tasks with `measures:`, then `success_criteria` "
    "and `until:`; "
    "narrow `writes:`, and pin what measures."
)
"""What is left to do, for the head of the plan."""
ALL_FILES: Final = "**"
TASK_KEYS: Final = ("id", "title", "agent", "estimate", "needs")


@dataclass(frozen=True, slots=True)
class Workers:
    """How the agents work. driver: its name; program: how it is started; writes: what a hand-in may change."""

    driver: str
    program: tuple[str, ...]
    writes: tuple[str, ...]


def as_briefs(draft: Draft, document: Mapping[str, Any], workers: Workers) -> dict[str, Any]:
    """The plan with a brief for each task that is to be done. Adds a note for each criterion that no instrument
    measures.

    Criteria, deliverables and the table of success metrics go into the briefs' words: a plan that promised them could
    not hold it.
    """
    agents = {
        name: {**agent, "driver": workers.driver, "program": list(workers.program)}
        for name, agent in document["agents"].items()
    }
    plan = {key: value for key, value in document.items() if key != "success_metrics"} | {"agents": agents}
    for part in ("workstreams", "stages"):
        if part in plan:
            plan[part] = {name: _group(draft, name, group, workers) for name, group in plan[part].items()}
    return plan


def _group(draft: Draft, name: str, group: Mapping[str, Any], workers: Workers) -> dict[str, Any]:
    for line, criterion in _criteria(draft, name, group):
        told = f"{name}.{criterion['id']}: {criterion['title']} ({criterion['target']}): add a task with `measures:`"
        draft.note(line, Concern.TO_MEASURE, told)
    kept = {key: value for key, value in group.items() if key not in {"deliverables", "success_criteria"}}
    return kept | {"tasks": [_task(task, group, workers) for task in group["tasks"]]}


def _criteria(draft: Draft, name: str, group: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    lines = [one.line for one in draft.groups[name].criteria]
    return zip(lines, group.get("success_criteria", ()), strict=True)


def _task(task: Mapping[str, Any], group: Mapping[str, Any], workers: Workers) -> dict[str, Any]:
    """A task with its brief; what is done already stays as it is."""
    if "run" not in task:
        return dict(task)
    brief = {"brief": _brief(task, group), "writes": list(workers.writes)}
    return {key: task[key] for key in TASK_KEYS if key in task} | brief


def _brief(task: Mapping[str, Any], group: Mapping[str, Any]) -> str:
    """The title as a sentence, then what is to be left behind and what the group is held to."""
    owed = [one["title"] for one in group.get("deliverables", ()) if one["from"] == task["id"]]
    held = [f"{one['title']} ({one['target']})" for one in group.get("success_criteria", ())]
    parts = [f"{str(task['title']).rstrip('.')}."]
    parts += [f"Leave behind: {'; '.join(owed)}."] if owed else []
    parts += [f"All tasks of this part together are held to: {'; '.join(held)}."] if held else []
    return " ".join(parts)
