"""Which tasks leave hand-ins, what measures them and what joins them, and which wait for people, by full id. Pure."""

from collections.abc import Mapping

from orchestrator.plan.base import TaskReference
from orchestrator.plan.drivers import Driver
from orchestrator.plan.model import Plan, Task


def full_id(group: str, reference: TaskReference) -> str:
    """A reference made in a group, as "A.sweep"."""
    return reference if "." in reference else f"{group}.{reference}"


def briefed(plan: Plan) -> dict[str, Task]:
    """The tasks that an agent does from a brief, in the plan's order: each leaves a hand-in."""
    return {
        f"{name}.{task.id}": task
        for name, group in plan.groups.items()
        for task in group.tasks
        if task.brief is not None and not by_person(plan, name, task)
    }


def by_person(plan: Plan, group: str, task: Task) -> bool:
    """Whether it is done by a person, or is a person's yes: it waits in the journal, and no program is started."""
    if task.approve is not None:
        return True
    agent = plan.agents.get(task.agent or plan.groups[group].lead)
    return task.brief is not None and agent is not None and agent.driver == Driver.HUMAN


def for_people(plan: Plan) -> dict[str, Task]:
    """The tasks that wait for people, in the plan's order."""
    return {
        f"{name}.{task.id}": task
        for name, group in plan.groups.items()
        for task in group.tasks
        if by_person(plan, name, task)
    }


def gates(plan: Plan) -> dict[str, str]:
    """For each gate that is about another task that one, in the plan's order."""
    return {
        f"{name}.{task.id}": full_id(name, task.approve.of)
        for name, group in plan.groups.items()
        for task in group.tasks
        if task.approve is not None and task.approve.of is not None
    }


def measured_by(plan: Plan) -> dict[str, str]:
    """For each instrument the task whose hand-in it measures, in the plan's order."""
    return {
        f"{name}.{task.id}": full_id(name, task.measures)
        for name, group in plan.groups.items()
        for task in group.tasks
        if task.measures is not None
    }


def instruments(plan: Plan) -> dict[str, tuple[str, ...]]:
    """For each task with a hand-in the instruments that measure it, in the plan's order; empty where there are none."""
    found: dict[str, tuple[str, ...]] = dict.fromkeys(briefed(plan), ())
    for instrument, task in measured_by(plan).items():
        found[task] = (*found.get(task, ()), instrument)
    return found


def joined(plan: Plan) -> dict[str, tuple[str, ...]]:
    """For each merge task the tasks whose hand-ins it joins, in their order."""
    return {
        f"{name}.{task.id}": tuple(full_id(name, each) for each in task.merge)
        for name, group in plan.groups.items()
        for task in group.tasks
        if task.merge is not None
    }


def with_hand_in_needs(plan: Plan, needs: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The needs with those that hand-ins bring.

    An instrument waits for what it measures, a merge for what it joins and for the instruments of those, a gate for
    what it is about. Who waits for an instrument waits for the task that it measures too: the figures of a round that
    is not accepted are not the last.
    """
    measured, merges, measuring, asking = measured_by(plan), joined(plan), instruments(plan), gates(plan)
    if not measured and not merges and not asking:
        return dict(needs)
    full: dict[str, tuple[str, ...]] = {}
    for task, direct in needs.items():
        more = [measured[task]] if task in measured else [asking[task]] if task in asking else []
        for each in merges.get(task, ()):
            more += [each, *measuring.get(each, ())]
        own = measured.get(task)
        more += [measured[need] for need in (*direct, *more) if need in measured and measured[need] != own]
        full[task] = tuple(dict.fromkeys((*direct, *(each for each in more if each in needs and each != task))))
    return full
