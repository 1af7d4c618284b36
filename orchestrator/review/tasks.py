"""Compares tasks, and the order between them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from orchestrator.graph.model import TaskGraph, TaskNode
from orchestrator.plan.model import DeclaredMetric, Plan, Reuse, Task, TriggerRule
from orchestrator.plan.values import spell_duration
from orchestrator.review.change import Action, Change, Part
from orchestrator.review.freedoms import loosened_task
from orchestrator.review.pairing import Pairs, moved, pair
from orchestrator.review.spelled import differing, told
from orchestrator.review.weaker import Params, measures, weakened, weakened_command

STRICTNESS: Final = {
    TriggerRule.ALL_SUCCESS: 3,
    TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS: 2,
    TriggerRule.ANY_SUCCESS: 1,
    TriggerRule.ALL_DONE: 0,
}
"""How much each rule asks of the tasks above; a change to less lets a task run where it would not have."""

ESTIMATE: Final = "estimate"
ELSEWHERE: Final = frozenset({"id", "needs", ESTIMATE, "matrix", "agent"})
"""Fields that are compared otherwise: as the name, by who does it, as edges, as estimates, and as the tasks that a
matrix makes.
"""


def pair_tasks(old: TaskGraph, new: TaskGraph) -> Pairs:
    """Which task is which; one that only changed its id or its group is the same, also where it was edited on the
    way.
    """
    return pair(
        _tasks(old),
        _tasks(new),
        lambda task: task.model_copy(update={"id": "_"}),
        lambda task: (task.id, *_work(task)),
        lambda task: (task.id, task.title),
        lambda task: (task.title, *_work(task)),
    )


def _work(task: Task) -> tuple[object, ...]:
    return task.run, task.command, task.brief, task.merge


def compare_tasks(old: TaskGraph, new: TaskGraph, pairs: Pairs, plan: Plan, params: Params) -> Iterator[Change]:
    """What became of each task and its estimate. plan: the new one. params: which changed, before and after."""
    for name in pairs.removed:
        yield Change(Part.TASK, Action.REMOVED, name, before=old.nodes[name].task.title, loosens="its work is not done")
    for before, after in pairs.kept:
        if before != after:
            yield Change(Part.TASK, Action.MOVED if moved(before, after) else Action.RENAMED, before, after=after)
        yield from _agent(old.nodes[before], new.nodes[after])
        yield from _fields(after, old.nodes[before].task, new.nodes[after].task, plan, params)
        was, now = old.nodes[before].estimate, new.nodes[after].estimate
        if was != now:
            yield Change(Part.ESTIMATE, Action.CHANGED, after, "", spell_duration(was), spell_duration(now))
    for name in pairs.added:
        yield Change(Part.TASK, Action.ADDED, name, after=new.nodes[name].task.title)


def _agent(old: TaskNode, new: TaskNode) -> Iterator[Change]:
    """The agent's name, also if it is the group's lead. A new lead is reported once, for the group."""
    if old.agent != new.agent and (old.task.agent, old.group) != (new.task.agent, new.group):
        yield Change(Part.TASK, Action.CHANGED, new.id, "agent", old.agent, new.agent)


def compare_edges(old: TaskGraph, new: TaskGraph, pairs: Pairs) -> Iterator[Change]:
    """Orders between tasks that both plans have, which one of them no longer or newly guarantees.

    An edge that still follows from others is no change: what counts is who surely comes before whom.
    """
    now_named = dict(pairs.kept)
    was_named = {after: before for before, after in pairs.kept}
    for before, task in _edges(old):
        one, other = now_named.get(before), now_named.get(task)
        if one and other and one not in new.ancestors[other]:
            loosens = f"{other} may now run before {one} is done"
            yield Change(Part.EDGE, Action.REMOVED, f"{one} -> {other}", loosens=loosens)
    for before, task in _edges(new):
        one, other = was_named.get(before), was_named.get(task)
        if one and other and one not in old.ancestors[other]:
            yield Change(Part.EDGE, Action.ADDED, f"{before} -> {task}")


def _tasks(graph: TaskGraph) -> Mapping[str, Task]:
    return {name: node.task for name, node in graph.nodes.items()}


def _edges(graph: TaskGraph) -> Iterator[tuple[str, str]]:
    return ((need, task) for task, needs in graph.needs.items() for need in needs)


def _fields(name: str, old: Task, new: Task, plan: Plan, params: Params) -> Iterator[Change]:
    fields = {info.alias or field: field for field, info in Task.model_fields.items()}
    for key, before, after in differing(old, new):
        field = fields[key.partition(".")[0]]
        if field in ELSEWHERE:
            continue
        why = _loosens(field, getattr(old, field), getattr(new, field)) or loosened_task(old, new, key)
        if not why and measures(old, plan):
            why = _weaker(key, before, after, params)
        leeway = not why and field == "timeout" and _longer(old.timeout, new.timeout)
        why = "it may take longer" if leeway else why
        yield Change(Part.TASK, Action.CHANGED, name, key, told(key, before), told(key, after), why, leeway)


def _weaker(key: str, before: Any, after: Any, params: Params) -> str:  # noqa: ANN401 - values of a plan
    kind, _, name = key.partition(".")
    if kind == "command":
        return weakened_command(before, after, params)
    return weakened(name, before, after) if kind in {"with", "env"} else ""


def _longer(before: float | None, after: float | None) -> bool:
    return before is not None and (after is None or after > before)


def _loosens(field: str, before: object, after: object) -> str:
    match field, before, after:
        case "if_", _, False:
            return "the task is switched off"
        case "continue_on_error", _, True:
            return "its failure no longer fails the run"
        case "trigger_rule", TriggerRule(), TriggerRule() if STRICTNESS[after] < STRICTNESS[before]:
            return "it runs where it would not have"
        case "reuse", _, Reuse.ALWAYS:
            return "what an earlier run measured may stand for it"
    return _lost(field, before, after)


def _lost(field: str, before: object, after: object) -> str:
    """What the task had to leave and need not any more."""
    match field, before, after:
        case "artifacts", tuple(), tuple() if set(before) - set(after):
            return "a file need no longer be there"
        case "metrics", tuple(), tuple() if _declared(before) - _declared(after):
            return "what it promised to measure is measured otherwise, or not at all"
        case "metrics", tuple(), tuple() if _exact(after) - _exact(before):
            return "what it compares needs no control any more"
    return ""


def _declared(metrics: tuple[DeclaredMetric, ...]) -> set[tuple[str, str, str]]:
    return {(one.name, one.unit, one.form) for one in metrics}


def _exact(metrics: tuple[DeclaredMetric, ...]) -> set[str]:
    return {one.name for one in metrics if one.exact}
