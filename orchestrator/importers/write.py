"""Write a draft as a plan: valid, complete except for its runners, with the notes as comments at the top."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from orchestrator.importers.accounting import spelled_lines, told
from orchestrator.importers.circles import open_circles
from orchestrator.importers.criteria import criteria_of
from orchestrator.importers.draft import (
    Concern,
    Draft,
    DraftDeliverable,
    DraftGroup,
    DraftTask,
    Names,
    Note,
    task_ids,
)
from orchestrator.importers.finish import done_tasks
from orchestrator.importers.needs import resolve_needs
from orchestrator.importers.plantext import Remarked, literal, plan_yaml
from orchestrator.plan.values import spell_duration

LEFT: Final = "Its runners are still to be written: `orchestrate validate` names each."
NOBODY: Final = "SOMEBODY"


def write_plan(draft: Draft, account: str = "") -> str:
    """The plan as YAML. Tasks name runners that somebody has to write; `orchestrate validate` lists them.

    account: where the lines of the source went, for the head. Raises nothing; what the draft lacks (a lead, a title)
    gets a placeholder and a note.
    """
    return written(draft, plan_document(draft), account)


def written(draft: Draft, document: Mapping[str, Any], account: str = "", left: str = LEFT) -> str:
    """The text of a document that `plan_document` made, with the notes at its head. left: what is left to do."""
    return "\n".join([*_head(draft, account, left), plan_yaml(document)])


def _head(draft: Draft, account: str, left: str) -> Iterator[str]:
    yield f"# Imported from {' '.join(draft.source.split())}. {left}"
    if account:
        yield f"# {account}"
    for note in told(draft.notes):
        yield f"# {_where(note)}{note.concern}: {_one_line(note.text)}"


def _where(note: Note) -> str:
    if not note.line:
        return ""
    return f"line {note.line}: " if not note.rest else f"lines {spelled_lines(note)}: "


def _one_line(text: str) -> str:
    """Without what would end a comment, and without what no plan may hold."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text[:500]).split())


def plan_document(draft: Draft) -> dict[str, Any]:
    """The plan as data. Adds to the draft what it lacks."""
    for task in done_tasks(draft):
        draft.note(task.line, Concern.DONE, f"{task.title[:80]}: done already, so nothing runs for it", "done")
    return dict(literal(_document(draft)))


def _document(draft: Draft) -> dict[str, Any]:
    groups = {name: _group(draft, group) for name, group in _with_tasks(draft).items()}  # first: it may add agents
    resolve_needs(draft, groups)
    open_circles(draft, groups)
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
            draft.note(
                group.line,
                Concern.MISSING,
                f"{group.title}: no tasks; one of its name stands for them",
                "groups without tasks",
            )
            group.tasks.append(DraftTask(group.title, group.line, done=group.done))
    return draft.groups


def _group(draft: Draft, group: DraftGroup) -> dict[str, Any]:
    if not group.lead:
        group.lead = next((task.agent for task in group.tasks if task.agent), "") or draft.lead
        group.lead = group.lead or draft.agent(NOBODY, specialty="not said")
        if group.lead != draft.lead:
            draft.note(
                group.line,
                Concern.MISSING,
                f"{group.title}: no lead; {group.lead} stands for it",
                "groups without a lead",
            )
    data: dict[str, Any] = {"title": group.title}
    data |= {"goal": group.goal} if group.goal else {}
    data["lead"] = group.lead
    supporting = [name for name in dict.fromkeys(group.supporting) if name != group.lead]
    data |= {"supporting": supporting} if supporting else {}
    data |= {"estimate": spell_duration(group.estimate)} if group.estimate else {}
    data |= {"needs": list(group.needs)} if group.needs else {}
    data["tasks"] = _tasks(draft, group)
    data |= {"deliverables": _deliverables(draft, group)} if _owed(group) else {}
    data |= {"success_criteria": _criteria(group)} if group.criteria else {}
    return data


def _tasks(draft: Draft, group: DraftGroup) -> list[dict[str, Any]]:
    tasks = []
    owed = {id(_maker(group, one.task)) for one in _owed(group)}
    for name, task in zip(task_ids(draft, group), group.tasks, strict=True):
        data: dict[str, Any] = {"id": name, "title": Remarked(task.title, "done") if task.done else task.title}
        idle = task.done and id(task) not in owed
        data |= {"command": ["true"]} if idle else {"run": f"{group.id.lower()}.{name}"}
        data |= {"agent": task.agent} if task.agent and task.agent != group.lead else {}
        data |= {"estimate": spell_duration(task.estimate)} if task.estimate is not None else {}
        data |= {"needs": list(task.needs)} if task.needs is not None else {}
        tasks.append(data)
    return tasks


def _owed(group: DraftGroup) -> list[DraftDeliverable]:
    """The deliverables that are still to be made: of what is done, nothing runs that could leave a file behind."""
    return [one for one in group.deliverables if not (one.done or _maker(group, one.task).done)]


def _maker(group: DraftGroup, task: DraftTask | None) -> DraftTask:
    """The task that leaves a deliverable behind: the one that names it, or the last."""
    if task is not None and any(one is task for one in group.tasks):
        return task
    return next((one for one in reversed(group.tasks) if not one.done), group.tasks[-1])


def _deliverables(draft: Draft, group: DraftGroup) -> list[dict[str, str]]:
    names = {id(task): name for name, task in zip(task_ids(draft, group), group.tasks, strict=True)}
    named = Names()
    files = [named.give_title(one.title) for one in _owed(group)]
    return [
        {"title": one.title, "artifact": f"{file}.md", "from": names[id(_maker(group, one.task))]}
        for one, file in zip(_owed(group), files, strict=True)
    ]


def _criterion_ids(group: DraftGroup) -> list[str]:
    names = Names()
    return [names.give_title(one.title, words=3) for one in group.criteria]


def _criteria(group: DraftGroup) -> list[dict[str, str]]:
    return [
        {"id": name, "title": one.title, "metric": f"{group.id.lower()}.{name}", "target": one.target}
        for name, one in zip(_criterion_ids(group), group.criteria, strict=True)
    ]


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
