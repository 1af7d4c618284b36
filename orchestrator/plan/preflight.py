"""Preflight: the plan against what the registered runners offer, before anything starts."""

from collections.abc import Collection, Iterator, Mapping
from itertools import chain, islice
from typing import Final

from orchestrator.evidence.metric import Metric
from orchestrator.evidence.units import UnitError, parse_unit
from orchestrator.nearest import nearest
from orchestrator.plan.checks import group_path
from orchestrator.plan.handin_checks import UNREADABLE
from orchestrator.plan.model import Criterion, DeclaredMetric, Group, Plan, Task
from orchestrator.plan.needs import find_cycle, resolve_needs, task_ids
from orchestrator.plan.own_units import unit_problem
from orchestrator.plan.problem import PROBLEM_LIMIT, Problem, did_you_mean
from orchestrator.plan.source import Path, Source

KINDS: Final = 1_000  # different runners of one plan

Runners = Mapping[str, tuple[Metric, ...]]


def preflight(plan: Plan, runners: Runners, source: Source, places: Mapping[str, Path]) -> list[Problem]:
    """Every problem that shows only once the runners are known. plan: expanded; places: where each task is written."""
    tasks = task_ids(plan)
    named = {task.run for task in tasks.values() if task.run}
    meant = {run: runners[run] if run in runners else _meant(run, runners) for run in islice(named, KINDS)}
    declared = {full: declared_metrics(task, meant) for full, task in tasks.items()}
    known = chain(_runners(tasks, runners, source, places), _units(plan, tasks, source, places))
    every = chain(known, _criteria(plan, declared, source), _shared_paths(plan, tasks, source, places))
    return list(islice(every, PROBLEM_LIMIT))


def _criteria(plan: Plan, declared: Mapping[str, Mapping[str, Metric]], source: Source) -> Iterator[Problem]:
    for name, group in plan.groups.items():
        for index, criterion in enumerate(group.success_criteria):
            path = (*group_path(plan, name), "success_criteria", index)
            yield from _criterion(plan, name, criterion, path, declared, source)


def _only_briefs(group: Group) -> bool:
    """Whether agents do the group's work from briefs, so that a metric wants an instrument."""
    return any(task.brief is not None and task.writes for task in group.tasks)


def declared_metrics(task: Task, runners: Runners) -> dict[str, Metric]:
    """What a task promises to measure, by name: its runner's metrics and its own."""
    offered = runners.get(task.run, ()) if task.run else ()
    return {metric.name: metric for metric in (*offered, *(as_metric(metric) for metric in task.metrics))}


def _meant(run: str, runners: Runners) -> tuple[Metric, ...]:
    """The metrics of the runner that a misspelt name means. Its problem is reported once, not for each criterion."""
    near = nearest(run, runners)
    return runners[near] if near else ()


def as_metric(declared: DeclaredMetric) -> Metric:
    """A metric that a plan declares, as the one that a runner would."""
    return Metric(declared.name, declared.unit, declared.better, declared.form, declared.description, declared.exact)


def _runners(
    tasks: Mapping[str, Task], runners: Runners, source: Source, places: Mapping[str, Path]
) -> Iterator[Problem]:
    for full, task in tasks.items():
        if task.run is not None and task.run not in runners and task.run != UNREADABLE:
            what = f"no runner '{task.run}' is registered"
            yield source.problem((*places[full], "run"), what, did_you_mean(task.run, runners))


def _units(plan: Plan, tasks: Mapping[str, Task], source: Source, places: Mapping[str, Path]) -> Iterator[Problem]:
    for full, task in tasks.items():
        for index, metric in enumerate(task.metrics):
            yield from unit_problem(plan, metric.unit, (*places[full], "metrics", index, "unit"), source)


def _criterion(  # noqa: PLR0913, PLR0917 - one criterion, and all that it is held against
    plan: Plan,
    group: str,
    criterion: Criterion,
    path: Path,
    declared: Mapping[str, Mapping[str, Metric]],
    source: Source,
) -> Iterator[Problem]:
    if UNREADABLE in criterion.metric:
        return
    wanted = declared
    if criterion.from_:
        full = criterion.from_ if "." in criterion.from_ else f"{group}.{criterion.from_}"
        wanted = {full: declared.get(full, {})}
        if full not in declared:
            return
    offered = [metrics[criterion.metric] for metrics in wanted.values() if criterion.metric in metrics]
    if not offered:
        known = sorted({name for metrics in wanted.values() for name in metrics})
        what = f"no task declares the metric '{criterion.metric}'"
        near = nearest(criterion.metric, known)
        mend = f"did you mean '{near}'?" if near else "name a metric that a runner or a task's `metrics` declares"
        if _only_briefs(plan.groups[group]) and not near:
            mend = "add a task with `measures:` that measures it; an agent's own figures are claims"
        yield source.problem((*path, "metric"), what, mend)
    elif criterion.target.relative is None and not _fits(criterion.target.unit, offered[0].unit, plan.units):
        what = f"the target is in {criterion.target.unit}, the metric {criterion.metric} in {offered[0].unit}"
        yield source.problem(
            (*path, "target"), what, f"give the target in {offered[0].unit} or a unit of the same kind"
        )


def _fits(wanted: str, offered: str, own: Collection[str]) -> bool:
    """Whether a target can be in that unit. own: declared ones, which fit themselves alone; unknown ones are
    problems of their own.
    """
    try:
        return parse_unit(wanted, own).dimension == parse_unit(offered, own).dimension
    except UnitError:
        return True


def _shared_paths(
    plan: Plan, tasks: Mapping[str, Task], source: Source, places: Mapping[str, Path]
) -> Iterator[Problem]:
    writers: dict[str, list[str]] = {}
    in_place = {full: task for full, task in tasks.items() if task.brief is None}  # agents write in a worktree each
    for full, task in in_place.items():
        for path in dict.fromkeys(task.writes):
            writers.setdefault(path, []).append(full)
    shared = {path: names for path, names in writers.items() if len(names) > 1}
    needs = resolve_needs(plan) if shared else {}
    if not shared or find_cycle(needs):
        return
    for path, names in shared.items():
        for first, second in _unordered(names, needs):
            index = tasks[second].writes.index(path)
            what = f"{first} writes '{path}' too, and neither waits for the other"
            yield source.problem(
                (*places[second], "writes", index), what, "add a `needs` between them, or write elsewhere"
            )


def _unordered(names: list[str], needs: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """Writers of one path that are not in one chain: each with one that it is not ordered against."""
    above = {name: ancestors_of(name, needs) for name in names[:200]}
    for index, second in enumerate(above):
        for first in list(above)[:index]:
            if first not in above[second] and second not in above[first]:
                yield first, second
                break


def ancestors_of(task: str, needs: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """Every task that must be done before this one."""
    found: set[str] = set()
    open_ends = list(needs[task])
    while open_ends:
        one = open_ends.pop()
        if one not in found:
            found.add(one)
            open_ends += needs[one]
    return frozenset(found)
