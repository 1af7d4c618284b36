"""What every task waits for, by full id: the plan's order within groups and its `needs`, resolved."""

import graphlib
from collections.abc import Mapping
from typing import Final

from orchestrator.plan.handins import with_hand_in_needs
from orchestrator.plan.model import Group, Plan, Task

EDGE_LIMIT: Final = 1_000_000

Needs = Mapping[str, tuple[str, ...]]


def task_ids(plan: Plan) -> dict[str, Task]:
    """Every task by its full id "A.sweep", in the plan's order."""
    return {f"{name}.{task.id}": task for name, group in plan.groups.items() for task in group.tasks}


def resolve_needs(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Direct needs of every task, by full id, in the plan's order. Names that mean nothing are left out.

    A task without `needs` waits for the one before it in its group. A task that waits for nothing in its own group
    waits for what its group needs. A whole group stands for its last tasks, those that no other task of it waits for.
    Hand-ins bring needs of their own (`handins.with_hand_in_needs`).
    """
    known = task_ids(plan)
    last = {name: _last_tasks(name, group) for name, group in plan.groups.items()}
    resolved: dict[str, tuple[str, ...]] = {}
    for name, group in plan.groups.items():
        entry = _named(name, group.needs, known, last)
        alike: dict[tuple[str, ...], tuple[str, ...]] = {}  # often many tasks wait for the same ones
        before: tuple[str, ...] = ()
        for task in group.tasks:
            full = f"{name}.{task.id}"
            if task.needs is None:
                resolved[full] = _entered(name, entry, before)
            else:
                if task.needs not in alike:
                    alike[task.needs] = _entered(name, entry, _named(name, task.needs, known, last))
                resolved[full] = alike[task.needs]
            before = (full,)
    return with_hand_in_needs(plan, resolved)


def _entered(group: str, entry: tuple[str, ...], own: tuple[str, ...]) -> tuple[str, ...]:
    """A task's own needs, and those of its group where none of them is within it."""
    inside = any(need.startswith(f"{group}.") for need in own)
    return own if inside else tuple(dict.fromkeys((*entry, *own)))


def count_edges(plan: Plan) -> int:
    """How many needs `resolve_needs` would list at the most, without listing them."""
    sizes = {name: len(group.tasks) for name, group in plan.groups.items()}
    total = 0
    for group in plan.groups.values():
        entry = sum(sizes.get(need, 1) for need in group.needs)
        total += sum(entry + sum(sizes.get(need, 1) for need in task.needs or ("",)) for task in group.tasks)
    return total


def in_order(needs: Needs) -> bool:
    """Whether every task comes after all that it needs, as in most plans: then there is neither a cycle nor
    anything to sort.
    """
    seen: set[str] = set()
    for task, above in needs.items():
        if not seen.issuperset(above):
            return False
        seen.add(task)
    return True


def find_cycle(needs: Needs) -> tuple[str, ...]:
    """A cycle as its path, first task repeated at the end (a waits for b waits for a), or nothing."""
    if in_order(needs):
        return ()
    try:
        graphlib.TopologicalSorter(needs).prepare()
    except graphlib.CycleError as error:
        path: list[str] = error.args[1]  # each comes before the next, so reading backwards gives who waits for whom
        return tuple(reversed(path))
    return ()


def _named(
    group: str, references: tuple[str, ...], known: Mapping[str, Task], last: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for reference in references:
        inside = reference if "." in reference else f"{group}.{reference}"
        if inside in known:
            found[inside] = None
        elif reference in last and reference != group:
            found |= dict.fromkeys(last[reference])
    return tuple(found)


def _last_tasks(name: str, group: Group) -> tuple[str, ...]:
    waited: set[str] = set()
    before: tuple[str, ...] = ()
    for task in group.tasks:
        own = before if task.needs is None else task.needs
        waited |= {need if "." in need else f"{name}.{need}" for need in own}
        before = (task.id,)
    ids = [f"{name}.{task.id}" for task in group.tasks]
    return tuple(full for full in ids if full not in waited) or tuple(ids)
