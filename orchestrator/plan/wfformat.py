"""Workflow instances of WfCommons, read as plans: the graphs of real scientific workflows, to schedule, draw and try
out.

A task becomes a command that does nothing (`true`), with its recorded runtime as its estimate and what it ran as its
title; all of them form one workstream. Machines become counters of cores, which tasks hold as they did, and the
recorded makespan says how much ran at once (`wfmachines`). Files and the programs themselves are left out. Read are
schema versions 1.5 and 1.6, with tasks in `workflow.specification` and runtimes in `workflow.execution`, and the
earlier form with both in `workflow.tasks`. Source of the format: https://github.com/wfcommons/WfFormat
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import count, islice
from typing import Any, Final

from orchestrator.plan.problem import PROBLEM_LIMIT, PlanError, Problem, did_you_mean
from orchestrator.plan.values import shown, spell_duration
from orchestrator.plan.wfmachines import Fleet, read_fleet

GROUP: Final = "W"
AGENT: Final = "WORKFLOW"
LONGEST: Final = 3.6e8  # seconds; 100,000 hours


def is_wfformat(data: object) -> bool:
    """Whether parsed JSON is a workflow instance and no plan."""
    return isinstance(data, dict) and "schemaVersion" in data and isinstance(data.get("workflow"), dict)


def plan_data(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The plan's data for an instance. name: of the file, for messages. Raises PlanError where tasks cannot be read."""
    workflow = data["workflow"]
    parts = workflow.get("specification") if isinstance(workflow.get("specification"), dict) else workflow
    tasks = parts.get("tasks")
    if not (isinstance(tasks, list) and tasks and all(isinstance(each, dict) and _own(each) for each in tasks)):
        raise PlanError([Problem(name, 1, 1, "the workflow has no list of tasks with ids", "give each task an `id`")])
    title = data.get("name") if isinstance(data.get("name"), str) else ""
    ids = _identifiers(tasks)
    problems = list(islice(_strangers(tasks, ids, name), PROBLEM_LIMIT))
    if problems:
        raise PlanError(problems)
    seconds = _runtimes(workflow, tasks)
    fleet = _fleet(workflow, tasks, ids, seconds)
    rows = [_task(each, ids, seconds, fleet, held) for each, held in zip(tasks, fleet.holds, strict=True)]
    head = {"schema": 1, "id": _identifier(title or "workflow"), "title": title or "workflow"}
    head |= {"summary": fleet.told()} if fleet.told() else {}
    head |= {"estimate": spell_duration(min(fleet.makespan, LONGEST))} if fleet.makespan else {}
    head |= {"resources": dict(fleet.cores)} if fleet.cores else {}
    return head | {
        "agents": {AGENT: {"specialty": "Workflow", "capacity": fleet.at_once}},
        "workstreams": {GROUP: {"title": title or "workflow", "lead": AGENT, "tasks": rows}},
    }


def _fleet(
    workflow: Mapping[str, Any], tasks: list[Any], ids: Mapping[str, str], seconds: Mapping[str, float]
) -> Fleet:
    """The record's machines; without one, as much at once as an agent can do."""
    execution = workflow.get("execution")
    record = execution if isinstance(execution, dict) else workflow
    order = [_own(task) for task in tasks]
    place = {ids[own]: index for index, own in enumerate(order)}
    needs = [tuple(dict.fromkeys(place[ids[parent]] for parent in _parents(task))) for task in tasks]
    return read_fleet(record, order, [seconds.get(own, 0.0) for own in order], needs)


def _task(
    task: Mapping[str, Any],
    ids: Mapping[str, str],
    seconds: Mapping[str, float],
    fleet: Fleet,
    held: tuple[str, int] | None,
) -> dict[str, Any]:
    own = _own(task)
    data = {
        "id": ids[own],
        "title": str(task.get("name", own))[:200] or own,
        "command": ["true"],
        "needs": list(dict.fromkeys(ids[parent] for parent in _parents(task))),
        "estimate": spell_duration(min(seconds.get(own, 0.0) * fleet.stretch, LONGEST)),
    }
    return data | ({"resources": {held[0]: held[1]}} if held and fleet.cores else {})


def _own(task: Mapping[str, Any]) -> str:
    """What the task is called by others: its id, or in early versions its name."""
    own = task.get("id", task.get("name"))
    return own if isinstance(own, str) else ""


def _parents(task: Mapping[str, Any]) -> list[str]:
    parents = task.get("parents")
    return [each for each in parents if isinstance(each, str)] if isinstance(parents, list) else []


def _strangers(tasks: list[Any], ids: Mapping[str, str], name: str) -> Iterator[Problem]:
    for task in tasks:
        for parent in _parents(task):
            if parent not in ids:
                what = f"task {shown(_own(task))}: its parent {shown(parent)} is not a task"
                yield Problem(name, 1, 1, what, did_you_mean(parent, ids))


def _runtimes(workflow: Mapping[str, Any], tasks: list[Any]) -> dict[str, float]:
    """Seconds by task, of those that have a recorded runtime that is a plain number."""
    execution = workflow.get("execution")
    told = execution.get("tasks") if isinstance(execution, dict) else tasks
    found = {}
    for each in told if isinstance(told, list) else ():
        value = each.get("runtimeInSeconds", each.get("runtime")) if isinstance(each, dict) else None
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            found[_own(each)] = min(max(float(value), 0.0), LONGEST)
    return found


def _identifiers(tasks: list[Any]) -> dict[str, str]:
    """For each task's id, and its name where no other task has that, an identifier of a plan; no two the same."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for task in tasks:
        own = _own(task)
        base = identifier = _identifier(own)
        further = count(len(taken))
        while identifier in taken:
            identifier = f"{base[:50]}-{next(further)}"
        taken.add(identifier)
        found[own] = identifier
    names = Counter(task["name"] for task in tasks if isinstance(task.get("name"), str))
    return {
        name: found[_own(task)] for task in tasks if isinstance(name := task.get("name"), str) and names[name] == 1
    } | found


def _identifier(text: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", text)[:60]
    return plain if re.match(r"[A-Za-z]", plain) else f"t{plain}"[:60]
