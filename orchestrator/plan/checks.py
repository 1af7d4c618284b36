"""Checks across a plan: every name resolves, nothing waits for itself, no task demands more than there is."""

from collections.abc import Iterator, Mapping
from itertools import chain, islice

from orchestrator.evidence.sequential import FEWEST_SAMPLES, MOST_LOOKS
from orchestrator.plan.handin_checks import UNREADABLE, hand_in_problems
from orchestrator.plan.matrix import expand_matrices, instance_ids
from orchestrator.plan.model import Criterion, Group, Plan, Task
from orchestrator.plan.names import Names
from orchestrator.plan.needs import EDGE_LIMIT, count_edges, find_cycle, resolve_needs
from orchestrator.plan.own_units import unit_problems
from orchestrator.plan.problem import PROBLEM_LIMIT, Problem, did_you_mean
from orchestrator.plan.promises import wider_promises
from orchestrator.plan.source import Path, Source
from orchestrator.plan.task_checks import _environment, _file, _matrix, _resources, _work


def check_plan(plan: Plan, source: Source) -> list[Problem]:
    """Problems of a plan whose parts are each well formed, at most PROBLEM_LIMIT. Its matrices are not yet expanded."""
    known = Names(plan)
    twice = list(islice(_twice(plan, source), PROBLEM_LIMIT)) or list(islice(_collisions(plan, source), PROBLEM_LIMIT))
    shape = [] if twice else _shape(plan, source)
    return [*twice, *islice(chain(_names(plan, known, source), shape), PROBLEM_LIMIT)]


def _names(plan: Plan, known: "Names", source: Source) -> Iterator[Problem]:
    yield from _environment(plan.env, ("env",), source)
    for name, group in plan.groups.items():
        path = group_path(plan, name)
        yield from _agents(group, path, plan, source)
        yield from _group_needs(name, group, path, known, source)
        yield from _deliverables(name, group, path, known, source)
        yield from _criteria(name, group, path, known, source)
        for index, task in enumerate(group.tasks):
            place = (*path, "tasks", index)
            yield from _references(name, task, place, known, source)
            yield from _work(task, place, source)
            yield from _environment(task.env, (*place, "env"), source)
            for number, artifact in enumerate(task.artifacts):
                yield from _file(artifact, (*place, "artifacts", number), source)
            yield from _resources(task, place, plan, source)
            yield from _matrix(task, place, source)
    yield from unit_problems(plan, source)
    yield from hand_in_problems(plan, source, known.problem_of)
    yield from _summary(plan, known, source)
    yield from wider_promises(plan, source)


def group_path(plan: Plan, name: str) -> Path:
    """Where a group stands in the plan."""
    return ("workstreams" if name in plan.workstreams else "stages", name)


def _twice(plan: Plan, source: Source) -> Iterator[Problem]:
    for name in plan.stages:
        if name in plan.workstreams:
            yield source.problem(("stages", name), "a workstream has this id too", "rename one of the two", key=True)
    for name, group in plan.groups.items():
        path = group_path(plan, name)
        lists = (
            ("tasks", [task.id for task in group.tasks]),
            ("success_criteria", [c.id for c in group.success_criteria]),
        )
        for field, ids in lists:
            first: dict[str, int] = {}
            for index, one in enumerate(ids):
                if first.setdefault(one, index) != index and UNREADABLE not in one:
                    line = source.place((*path, field, first[one], "id"))[0]
                    what = f"'{one}' is the id of another one on line {line}"
                    yield source.problem((*path, field, index, "id"), what, "give each an id of its own")


def _collisions(plan: Plan, source: Source) -> Iterator[Problem]:
    """Ids that two tasks share after the matrices are expanded; each is reported at both."""
    for name, group in plan.groups.items():
        if not any(task.matrix for task in group.tasks):
            continue
        tasks = (*group_path(plan, name), "tasks")
        owner: dict[str, int] = {}
        for index, task in enumerate(group.tasks):
            for one in instance_ids(task):
                first = owner.setdefault(one, index)
                if first != index:
                    yield _collision(one, (*tasks, index), (*tasks, first), plan, source)
                    yield _collision(one, (*tasks, first), (*tasks, index), plan, source)


def _collision(made: str, path: Path, other_path: Path, plan: Plan, source: Source) -> Problem:
    """An id that two tasks at these paths come to, told at the first."""
    task, other = (plan.groups[str(place[1])].tasks[int(place[3])] for place in (path, other_path))
    line = source.place((*other_path, "id"))[0]
    whose = (
        f"a task that the matrix of '{other.id}' on line {line} makes" if other.matrix else f"the task on line {line}"
    )
    what = f"its matrix makes '{made}', which is the id of {whose}" if task.matrix else f"'{made}' is the id of {whose}"
    return source.problem((*path, "matrix" if task.matrix else "id"), what, "rename one of the two tasks")


def _agents(group: Group, path: Path, plan: Plan, source: Source) -> Iterator[Problem]:
    named: list[tuple[Path, str]] = [((*path, "lead"), group.lead)]
    named += [((*path, "supporting", index), agent) for index, agent in enumerate(group.supporting)]
    named += [((*path, "tasks", index, "agent"), task.agent) for index, task in enumerate(group.tasks) if task.agent]
    for place, agent in named:
        if agent not in plan.agents and UNREADABLE not in agent:
            yield source.problem(place, f"'{agent}' is not an agent of the plan", did_you_mean(agent, plan.agents))


def _group_needs(name: str, group: Group, path: Path, known: Names, source: Source) -> Iterator[Problem]:
    for index, reference in enumerate(group.needs):
        wrong = known.problem_of(name, reference)
        if wrong is None and reference.startswith(f"{name}."):
            wrong = (f"'{reference}' is a task of the group itself", "write it in the `needs` of a task")
        if wrong:
            yield source.problem((*path, "needs", index), *wrong)


def _deliverables(name: str, group: Group, path: Path, known: Names, source: Source) -> Iterator[Problem]:
    for index, deliverable in enumerate(group.deliverables):
        yield from _from(name, deliverable.from_, (*path, "deliverables", index, "from"), known, source)
        yield from _file(deliverable.artifact, (*path, "deliverables", index, "artifact"), source)


def _criteria(name: str, group: Group, path: Path, known: Names, source: Source) -> Iterator[Problem]:
    for index, criterion in enumerate(group.success_criteria):
        if criterion.from_:
            yield from _from(name, criterion.from_, (*path, "success_criteria", index, "from"), known, source)
        yield from _limit(criterion, (*path, "success_criteria", index, "max_samples"), source)
        if criterion.target.relative is not None and criterion.max_samples is not None:
            what = "a target that rests on earlier runs is judged once"
            mend = "remove it, or give the target a figure"
            yield source.problem((*path, "success_criteria", index, "max_samples"), what, mend)


def _limit(criterion: Criterion, path: Path, source: Source) -> Iterator[Problem]:
    """A limit of samples that is below what is demanded, or so far above that no look could decide."""
    fewest, most = criterion.samples, criterion.max_samples
    if most is not None and fewest < FEWEST_SAMPLES:
        what = f"with `max_samples`, `samples` is at least {FEWEST_SAMPLES}: too few may agree by luck"
        yield source.problem((*path[:-1], "samples"), what, f"write `samples: {FEWEST_SAMPLES}` or more")
    if most is None or fewest <= most <= MOST_LOOKS * fewest:
        return
    what = f"{most} is less than the {fewest} samples that it demands" if most < fewest else f"{most} is too many"
    mend = f"write {fewest} to {MOST_LOOKS * fewest}: `samples` to {MOST_LOOKS} times as many"
    yield source.problem(path, what, mend)


def _from(name: str, reference: str, path: Path, known: Names, source: Source) -> Iterator[Problem]:
    full = reference if "." in reference else f"{name}.{reference}"
    if UNREADABLE in reference:
        return
    if full not in known.tasks:
        choice = known.tasks if "." in reference else known.by_group[name]
        yield source.problem(path, f"'{reference}' is not a task", did_you_mean(reference, choice))
    elif full in known.matrices:
        made = [task for task in known.by_group[full.split(".")[0]] if task.startswith(full.split(".")[1] + "-")]
        yield source.problem(
            path, f"'{reference}' has a matrix, so it is several tasks", did_you_mean(reference + "-", made)
        )


def _references(name: str, task: Task, path: Path, known: Names, source: Source) -> Iterator[Problem]:
    if task.needs is None or known.all_resolve(name, task.needs):
        return
    for index, reference in enumerate(task.needs):
        wrong = known.problem_of(name, reference)
        if wrong:
            yield source.problem((*path, "needs", index), *wrong)


def _summary(plan: Plan, known: Names, source: Source) -> Iterator[Problem]:
    for row, metric in enumerate(plan.success_metrics):
        for index, criterion in enumerate(metric.criteria):
            if criterion not in known.criteria and UNREADABLE not in criterion:
                path = ("success_metrics", row, "criteria", index)
                yield source.problem(path, f"'{criterion}' is not a criterion", did_you_mean(criterion, known.criteria))
    for row, milestone in enumerate(plan.timeline):
        for index, group in enumerate(milestone.done):
            if group not in known.groups and UNREADABLE not in group:
                path = ("timeline", row, "done", index)
                yield source.problem(path, f"'{group}' is not a workstream or stage", did_you_mean(group, known.groups))


def _shape(plan: Plan, source: Source) -> Iterator[Problem]:
    """Cycles, and graphs that are too dense to be meant."""
    expanded, origins = expand_matrices(plan)
    edges = count_edges(expanded)
    if edges > EDGE_LIMIT:
        mend = "put one task between groups that need each other's tasks all with all"
        yield source.problem((), f"the tasks' needs are {edges:,} pairs, more than {EDGE_LIMIT:,}", mend)
        return
    cycle = find_cycle(resolve_needs(expanded))
    if cycle and not any(UNREADABLE in one for one in cycle):
        path = task_places(plan, origins)[cycle[0]]
        what = f"the tasks wait for each other: {_short(cycle)}"
        yield source.problem((*path, "needs"), what, "remove one of these needs", key=True)


def _short(cycle: tuple[str, ...]) -> str:
    shown = cycle if len(cycle) <= 12 else (*cycle[:6], f"({len(cycle) - 12} more)", *cycle[-6:])
    return " → ".join(shown)


def task_places(plan: Plan, origins: Mapping[str, str]) -> dict[str, Path]:
    """Where each task stands in the plan as written; a matrix's tasks stand where their matrix does."""
    places: dict[str, Path] = {
        f"{name}.{task.id}": (*group_path(plan, name), "tasks", index)
        for name, group in plan.groups.items()
        for index, task in enumerate(group.tasks)
    }
    return places | {made: places[origin] for made, origin in origins.items()}
