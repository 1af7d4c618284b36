"""Compares a whole plan with another version of it. Pure."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from orchestrator.graph.load import LoadedPlan
from orchestrator.graph.model import TaskGraph
from orchestrator.graph.schedule import Schedule, forecast
from orchestrator.plan.agent_model import Agent
from orchestrator.plan.model import Deliverable, Group, Plan, SuccessMetric
from orchestrator.plan.values import spell_duration
from orchestrator.review.change import Action, Change, Part, in_order
from orchestrator.review.criteria import compare_criteria, pair_criteria
from orchestrator.review.freedoms import loosened_agent, more_of
from orchestrator.review.pairing import Pairs, group_of, pair
from orchestrator.review.spelled import differing, spell, told
from orchestrator.review.tasks import compare_edges, compare_tasks, pair_tasks
from orchestrator.review.weaker import FEWER, LESS, SMALLER, WIDER, weakened
from orchestrator.secrets import mask

T = TypeVar("T")

UNASKED: Final = "the summary no longer asks for it"


@dataclass(frozen=True, slots=True)
class Review:
    """What a review found: changes, what loosens the contract first; the forecast of either version; who is who."""

    old: LoadedPlan
    new: LoadedPlan
    changes: tuple[Change, ...]
    before: Schedule
    after: Schedule
    tasks: Pairs

    @property
    def loosened(self) -> tuple[Change, ...]:
        """The changes by which the new plan asks for less than the old one."""
        return tuple(one for one in self.changes if one.loosens)


def review_plans(old: LoadedPlan, new: LoadedPlan) -> Review:
    """Hold two versions of a plan against each other."""
    changes = changes_between(old.plan, old.graph, new.plan, new.graph)
    before, after = forecast(old.plan, old.graph), forecast(new.plan, new.graph)
    return Review(old, new, changes, before, after, pair_tasks(old.graph, new.graph))


def changes_between(old: Plan, old_graph: TaskGraph, new: Plan, new_graph: TaskGraph) -> tuple[Change, ...]:
    """Everything that differs, what loosens the contract first."""
    tasks = pair_tasks(old_graph, new_graph)
    criteria = pair_criteria(old.criteria, new.criteria)
    changes = [
        *compare_criteria(old.criteria, new.criteria, criteria),
        *compare_edges(old_graph, new_graph, tasks),
        *compare_tasks(old_graph, new_graph, tasks, new, _changed_params(old, new)),
        *_parts(Part.DELIVERABLE, _deliverables(old), _deliverables(new), _promise, lost="nobody promises it"),
        *_parts(Part.SUCCESS_METRIC, _rows(old), _rows(new), _row, lost=UNASKED, less=_fewer(criteria)),
        *_parts(Part.AGENT, old.agents, new.agents, _agent, less=loosened_agent, leeway=frozenset({"capacity"})),
        *_parts(Part.GROUP, old.groups, new.groups, _group),
        *_plan_fields(old, new),
    ]
    renamed = {(before, after) for before, after in pair(old.groups, new.groups, _group).kept if before != after}
    return in_order([*_once(_with_params(changes, old, new), renamed)])


def _once(changes: Iterable[Change], renamed: Collection[tuple[str, str]]) -> Iterator[Change]:
    """Without the moves that follow from a group's new name: the group reports that."""
    for one in changes:
        if one.action is not Action.MOVED or (group_of(one.name), group_of(one.after)) not in renamed:
            yield one


def _changed_params(old: Plan, new: Plan) -> dict[str, tuple[object, object]]:
    both = [name for name in old.params if name in new.params]
    return {name: (old.params[name], new.params[name]) for name in both if old.params[name] != new.params[name]}


def _with_params(changes: Sequence[Change], old: Plan, new: Plan) -> Iterator[Change]:
    """A parameter of the plan loosens where what it became makes a measuring task weaker."""
    felt = {one.loosens for one in changes if one.part is Part.TASK} & {FEWER, SMALLER, WIDER, LESS}
    for one in changes:
        kind, _, name = one.name.partition(".")
        if one.part is not Part.PLAN or kind != "params" or not felt:
            yield one
            continue
        why = weakened(name, old.params.get(name), new.params.get(name))
        yield replace(one, loosens=why if why in felt else "")


def _deliverables(plan: Plan) -> dict[str, Deliverable]:
    return {f"{name}: {one.title}": one for name, group in plan.groups.items() for one in group.deliverables}


def _rows(plan: Plan) -> dict[str, SuccessMetric]:
    return {one.metric: one for one in plan.success_metrics}


def _promise(one: Deliverable) -> dict[str, str]:
    return {"artifact": one.artifact, "from": one.from_}


def _row(one: SuccessMetric) -> dict[str, str]:
    return {"target": one.target, "criteria": spell(one.criteria)}


def _fewer(criteria: Pairs) -> Callable[[SuccessMetric, SuccessMetric], Mapping[str, str]]:
    """Whether a row of the summary rests on less: on criteria that are still there, but no longer on all that it
    did.
    """
    named = dict(criteria.kept)

    def judge(old: SuccessMetric, new: SuccessMetric) -> Mapping[str, str]:
        lost = {named[one] for one in old.criteria if one in named} - {*new.criteria}
        return {"criteria": UNASKED} if lost else {}

    return judge


def _agent(one: Agent) -> dict[str, str]:
    """Every key with its value as a plan has it; those that say nothing new are the same on both sides."""
    plain = one.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    known = {info.alias or name: info.get_default() for name, info in Agent.model_fields.items()}
    return {key: mask(spell(plain.get(key, default))) for key, default in known.items()}


def _group(one: Group) -> dict[str, str]:
    estimate = "" if one.estimate is None else spell_duration(one.estimate)
    supporting = spell(one.supporting)
    return {"title": one.title, "goal": one.goal, "lead": one.lead, "supporting": supporting, "estimate": estimate}


def _parts(  # noqa: PLR0913 - what one kind of part is compared by
    part: Part,
    old: Mapping[str, T],
    new: Mapping[str, T],
    fields: Callable[[T], Mapping[str, str]],
    *,
    lost: str = "",
    leeway: Collection[str] = (),
    less: Callable[[T, T], Mapping[str, str]] = lambda _old, _new: {},
) -> Iterator[Change]:
    """lost: why a removed part loosens the contract. less: why a changed one does, by the key that changed."""
    pairs = pair(old, new, fields)
    yield from (Change(part, Action.REMOVED, name, loosens=lost) for name in pairs.removed)
    for before, after in pairs.kept:
        if before != after:
            yield Change(part, Action.RENAMED, before, after=after)
        was, now = fields(old[before]), fields(new[after])
        why = less(old[before], new[after])
        for key in [each for each in now if was[each] != now[each]]:
            loosens = why.get(key, "")
            yield Change(part, Action.CHANGED, after, key, was[key], now[key], loosens, bool(loosens) and key in leeway)
    yield from (Change(part, Action.ADDED, name) for name in pairs.added)


ELSEWHERE: Final = frozenset({"agents", "workstreams", "stages", "success_metrics"})


def _plan_fields(old: Plan, new: Plan) -> Iterator[Change]:
    for key, before, after in differing(old, new):
        kind, _, name = key.partition(".")
        if kind not in ELSEWHERE:
            why = more_of(old.budget, new.budget, name) if kind == "budget" else ""
            yield Change(Part.PLAN, Action.CHANGED, key, "", told(key, before), told(key, after), why)
