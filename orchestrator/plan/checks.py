"""Checks across a plan: every name resolves, nothing waits for itself, no task demands more than there is."""

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Final

from orchestrator.evidence.sequential import FEWEST_SAMPLES, MOST_LOOKS
from orchestrator.plan.handin_checks import UNREADABLE, hand_in_problems
from orchestrator.plan.matrix import INSTANCE_LIMIT, expand_matrices, instance_ids, matrix_references, matrix_size
from orchestrator.plan.model import Criterion, FromEnvironment, Group, Plan, Task
from orchestrator.plan.needs import EDGE_LIMIT, count_edges, find_cycle, resolve_needs, task_ids
from orchestrator.plan.own_units import unit_problems
from orchestrator.plan.problem import PROBLEM_LIMIT, Problem, did_you_mean
from orchestrator.plan.promises import wider_promises
from orchestrator.plan.source import Path, Source

WORK: Final = ("run", "command", "brief", "merge", "approve")


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


class Names:
    """Every name that a plan defines. tasks: full ids, those that matrices will make among them."""

    def __init__(self, plan: Plan) -> None:
        expanded, origins = expand_matrices(plan)
        self.groups = dict(plan.groups)
        self.tasks = dict.fromkeys([*task_ids(plan), *task_ids(expanded)])
        self.by_group: dict[str, list[str]] = {name: [] for name in self.groups}
        for full in self.tasks:
            self.by_group[full.split(".")[0]].append(full.split(".")[1])
        self.matrices = {*origins.values()}
        self._sound: dict[tuple[str, tuple[str, ...]], bool] = {}
        self.criteria = [f"{name}.{one.id}" for name, group in self.groups.items() for one in group.success_criteria]

    def all_resolve(self, group: str, references: tuple[str, ...]) -> bool:
        """Whether nothing is wrong with any of them; looked at once, as often many tasks wait for the same ones."""
        if (group, references) not in self._sound:
            self._sound[group, references] = not any(self.problem_of(group, one) for one in references)
        return self._sound[group, references]

    def problem_of(self, group: str, reference: str) -> tuple[str, str] | None:
        """What is wrong with a reference made in a group, and its mend; None where it resolves."""
        inside = reference if "." in reference else f"{group}.{reference}"
        if "." not in reference and inside in self.tasks and reference in self.groups and reference != group:
            mend = f"write '{inside}' for the task; for the group, rename the task"
            return f"'{reference}' is a task of this group, and a group as well", mend
        if inside in self.tasks or (reference in self.groups and reference != group) or UNREADABLE in reference:
            return None
        if reference == group:
            return f"'{reference}' is the group that it stands in", "name tasks of the group, or another group"
        choice = self.tasks if "." in reference else [*self.by_group[group], *self.groups]
        return f"'{reference}' is neither a task nor a group", did_you_mean(reference, choice)


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
    """Ids that are those of two tasks once the matrices are expanded; each is told at both."""
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


def _work(task: Task, path: Path, source: Source) -> Iterator[Problem]:
    given = [name for name in WORK if getattr(task, name) is not None]
    if len(given) != 1:
        listed = " and ".join(f"`{name}`" for name in given)
        what = (
            f"the task has both {listed}"
            if given
            else "the task has neither `run` nor `command`, `brief`, `merge` or `approve`"
        )
        mend = (
            "give exactly one: `run: a registered runner`, `command: [program, argument]`, `brief: what to do`, "
            "`merge: [task]` or `approve: {ask: question}`"
        )
        yield source.problem(path, what, mend)
    elif task.command is not None and not (task.command and task.command[0]):
        yield source.problem((*path, "command"), "names no program", "write `command: [program, argument]`")
    for index, word in enumerate(task.command or ()):
        if "\0" in word:
            yield source.problem((*path, "command", index), "holds a NUL, which no argument can", "leave the NUL out")


def _environment(variables: Mapping[str, object], path: Path, source: Source) -> Iterator[Problem]:
    """Names and values that no program can be given: starting it would fail."""
    for name, value in variables.items():
        if not _names_variable(name):
            what = f"{name!r} cannot be the name of a variable"
            yield source.problem((*path, name), what, "name it without '=' and NUL: `env: {NAME: value}`", key=True)
        if isinstance(value, FromEnvironment) and not _names_variable(value.from_):
            what = f"{value.from_!r} cannot be the name of a variable"
            yield source.problem((*path, name, "from"), what, "name it without '=' and NUL: `{from: NAME}`")
        if isinstance(value, str) and "\0" in value:
            yield source.problem((*path, name), "the value holds a NUL, which no variable can", "leave the NUL out")


def _names_variable(name: str) -> bool:
    return bool(name) and "=" not in name and "\0" not in name


def _file(name: str, path: Path, source: Source) -> Iterator[Problem]:
    """The name of an artifact that the attempt could never leave behind."""
    if not name or name.startswith("/") or ".." in name.split("/"):
        yield source.problem(
            path, f"{name!r} is not a file in the attempt's folder", "name a file below it, without '..'"
        )
    elif not name.isprintable():
        what = f"{name!r} holds a control character, a line's end or one that is not shown"
        yield source.problem(path, what, "rename the file")


def _resources(task: Task, path: Path, plan: Plan, source: Source) -> Iterator[Problem]:
    for name, amount in task.resources.items():
        place = (*path, "resources", name)
        if name not in plan.resources:
            yield source.problem(place, "is not a resource of the plan", did_you_mean(name, plan.resources), key=True)
        elif amount > plan.resources[name]:
            mend = f"ask for at most {plan.resources[name]}, or raise `resources.{name}` of the plan"
            yield source.problem(place, f"{amount} is more than the plan has ({plan.resources[name]})", mend)


def _matrix(task: Task, path: Path, source: Source) -> Iterator[Problem]:
    for key, values in task.matrix.items():
        if not values:
            yield source.problem(
                (*path, "matrix", key), "has no values, so there would be no task", "give at least one value"
            )
    if matrix_size(task) > INSTANCE_LIMIT:
        yield source.problem((*path, "matrix"), f"makes {matrix_size(task):,} tasks", f"stay within {INSTANCE_LIMIT:,}")
    for name in sorted(matrix_references(task) - set(task.matrix)):
        yield source.problem(
            path, f"${{matrix.{name}}} names no key of the task's matrix", did_you_mean(name, task.matrix)
        )


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
