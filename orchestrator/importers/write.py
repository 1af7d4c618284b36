"""A draft as a plan's text: strict, complete but for its runners, with the notes as comments at its head."""

import re
from collections.abc import Iterator
from typing import Any, Final

import yaml

from orchestrator.importers.breakdown import criteria_of
from orchestrator.importers.draft import Concern, Draft, DraftGroup, DraftTask, Note, identifier, place_name
from orchestrator.plan.spelling import PlanDumper
from orchestrator.plan.values import spell_duration

NOBODY: Final = "SOMEBODY"
WIDTH: Final = 120


def write_plan(draft: Draft) -> str:
    """The plan as YAML. Tasks name runners that somebody has to write; `orchestrate validate` lists them.

    Raises nothing; what the draft lacks (a lead, a title) gets a placeholder and a note.
    """
    document = _document(draft)
    body = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH)
    return "\n".join([*_head(draft), body])


class _Dumper(PlanDumper):
    """Indents lists, as people write them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:  # noqa: ANN401, ARG002, FBT001, FBT002 - the library's signature
        return super().increase_indent(flow, False)


def in_order(notes: list[Note]) -> list[Note]:
    """Contradictions first, then what was not understood; by line."""
    rank = {concern: index for index, concern in enumerate(Concern)}
    return sorted(notes, key=lambda note: (rank[note.concern], note.line))


def _head(draft: Draft) -> Iterator[str]:
    yield f"# Imported from {draft.source}. Its runners are still to be written: `orchestrate validate` names each."
    for note in in_order(draft.notes):
        yield f"# line {note.line}: {note.concern}: {' '.join(note.text.split())}"


def _document(draft: Draft) -> dict[str, Any]:
    groups = {name: _group(draft, group) for name, group in _with_tasks(draft).items()}  # first: it may add agents
    names = _task_names(draft)
    _resolve_needs(draft, groups, names)
    document: dict[str, Any] = {"schema": 1, "id": draft.id, "title": draft.title or draft.source}
    document |= {key: value for key, value in (("summary", draft.summary), ("date", draft.date)) if value}
    if draft.estimate:
        document["estimate"] = spell_duration(draft.estimate)
    document["agents"] = {
        name: {"specialty": agent.specialty or agent.duty or "not said"} | ({"duty": agent.duty} if agent.duty else {})
        for name, agent in draft.agents.items()
    }
    document["workstreams"] = {name: groups[name] for name in groups if not draft.groups[name].stage}
    stages = {name: groups[name] for name in groups if draft.groups[name].stage}
    document |= {"stages": stages} if stages else {}
    document |= _closing(draft)
    return document


def _with_tasks(draft: Draft) -> dict[str, DraftGroup]:
    for group in draft.groups.values():
        if not group.tasks:
            draft.note(group.line, Concern.MISSING, f"{group.title}: no tasks; one of its name stands for them")
            group.tasks.append(DraftTask(group.title, group.line))
    return draft.groups


def _group(draft: Draft, group: DraftGroup) -> dict[str, Any]:
    if not group.lead:
        group.lead = next((task.agent for task in group.tasks if task.agent), "") or draft.agent(
            NOBODY, specialty="not said"
        )
        draft.note(group.line, Concern.MISSING, f"{group.title}: no lead; {group.lead} stands for it")
    data: dict[str, Any] = {"title": group.title}
    data |= {"goal": group.goal} if group.goal else {}
    data["lead"] = group.lead
    supporting = [name for name in dict.fromkeys(group.supporting) if name != group.lead]
    data |= {"supporting": supporting} if supporting else {}
    data |= {"estimate": spell_duration(group.estimate)} if group.estimate else {}
    data |= {"needs": list(group.needs)} if group.needs else {}
    data["tasks"] = _tasks(draft, group)
    data |= {"deliverables": _deliverables(draft, group)} if group.deliverables else {}
    data |= {"success_criteria": _criteria(group)} if group.criteria else {}
    return data


def _ids(draft: Draft, group: DraftGroup) -> list[str]:
    """Ids of a group's tasks; none is a group's, which would then be out of reach from inside."""
    taken = list(draft.groups)
    for task in group.tasks:
        own = re.sub(r"[^A-Za-z0-9_-]", "-", task.key)
        own = own if own[:1].isalpha() else f"t{own}"
        taken.append(own if task.key and own not in taken else identifier(task.title, taken, fallback="t"))
    return taken[len(draft.groups) :]


def _tasks(draft: Draft, group: DraftGroup) -> list[dict[str, Any]]:
    tasks = []
    for name, task in zip(_ids(draft, group), group.tasks, strict=True):
        data: dict[str, Any] = {"id": name, "title": task.title, "run": f"{group.id.lower()}.{name}"}
        data |= {"agent": task.agent} if task.agent and task.agent != group.lead else {}
        data |= {"estimate": spell_duration(task.estimate)} if task.estimate else {}
        data |= {"needs": list(task.needs)} if task.needs is not None else {}
        tasks.append(data)
    return tasks


def _deliverables(draft: Draft, group: DraftGroup) -> list[dict[str, str]]:
    last = _ids(draft, group)[-1]
    files: list[str] = []
    for title, _ in group.deliverables:
        files.append(identifier(title, files))
    return [
        {"title": title, "artifact": f"{file}.md", "from": last}
        for (title, _), file in zip(group.deliverables, files, strict=True)
    ]


def _criterion_ids(group: DraftGroup) -> list[str]:
    taken: list[str] = []
    for one in group.criteria:
        taken.append(identifier(one.title, taken, words=3))
    return taken


def _criteria(group: DraftGroup) -> list[dict[str, str]]:
    return [
        {"id": name, "title": one.title, "metric": f"{group.id.lower()}.{name}", "target": one.target}
        for name, one in zip(_criterion_ids(group), group.criteria, strict=True)
    ]


def _task_names(draft: Draft) -> dict[str, str]:
    """Full task ids by what the document calls them, lower case: their numbers, and their titles."""
    names: dict[str, str] = {
        place_name(group.id, place).lower(): f"{group.id}.{name}"
        for group in draft.groups.values()
        for place, name in enumerate(_ids(draft, group))
    }
    for group in draft.groups.values():
        for name, task in zip(_ids(draft, group), group.tasks, strict=True):
            for said in (task.key, task.title, name):
                names.setdefault(said.lower(), f"{group.id}.{name}") if said else None
    return names


def _resolve_needs(draft: Draft, groups: dict[str, dict[str, Any]], names: dict[str, str]) -> None:
    for group_id, data in groups.items():
        if "needs" in data:
            data["needs"] = _resolved(draft, data["needs"], names, draft.groups[group_id].line)
        for task, source in zip(data["tasks"], draft.groups[group_id].tasks, strict=True):
            if "needs" in task:
                full = _resolved(draft, task["needs"], names, source.line)
                task["needs"] = [one.removeprefix(f"{group_id}.") for one in full]


def _resolved(draft: Draft, said: list[str], names: dict[str, str], line: int) -> list[str]:
    groups = {name.lower(): name for name in draft.groups} | {
        one.title.lower(): name for name, one in draft.groups.items()
    }
    found = []
    for name in said:
        meant = groups.get(name.lower()) or names.get(name.lower())
        if meant is None:
            draft.note(line, Concern.NOT_UNDERSTOOD, f"depends on {name!r}, which nothing here is called")
        else:
            found.append(meant)
    return found


def _closing(draft: Draft) -> dict[str, Any]:
    document: dict[str, Any] = {}
    rows = [(metric, target, _criterion_names(draft, metric, target)) for metric, target, _ in draft.metrics]
    kept = [{"metric": metric, "target": target, "criteria": criteria} for metric, target, criteria in rows if criteria]
    document |= {"success_metrics": kept} if kept else {}
    if draft.timeline:
        document["timeline"] = [
            {"at": spell_duration(at), "event": event} | ({"done": done} if done else {})
            for at, event, done, _ in draft.timeline
        ]
    if draft.progress:
        every, most = draft.progress
        document["progress_reports"] = {"every": spell_duration(every)} | (
            {"at_most": spell_duration(most)} if most else {}
        )
    document |= {"next_steps": draft.next_steps} if draft.next_steps else {}
    return document


def _criterion_names(draft: Draft, metric: str, target: str) -> list[str]:
    found = criteria_of(draft, metric, target)
    own = [(name, one) for name, group in draft.groups.items() for one in group.criteria if one.title == metric]
    return [
        f"{name}.{_criterion_ids(draft.groups[name])[draft.groups[name].criteria.index(one)]}"
        for name, one in found or own
    ]
