"""Checks of what concerns agents' work: briefs, hand-ins, instruments, rounds, merges. Pure."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final

from orchestrator.plan.drivers import Driver
from orchestrator.plan.handins import briefed, by_person, full_id
from orchestrator.plan.model import Plan, Task
from orchestrator.plan.problem import Problem, did_you_mean
from orchestrator.plan.source import Path, Source

UNREADABLE: Final = "unreadable-part"
"""It stands where a part could not be read, so that the rest can still be checked."""
Unresolved = Callable[[str, str], tuple[str, str] | None]
"""What is wrong with a reference made in a group, and its mend."""

HANDED_IN: Final = "${checkout}"
OF_THE_LOADER: Final = frozenset({"LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "GCONV_PATH"})
"""Variables by which the system loads other code into a process: also into the one that starts a sandbox."""
STEERING: Final = OF_THE_LOADER | {"PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONUSERBASE"}
"""Variables by which a process takes in other code than its own."""

ONLY_WITH_BRIEF: Final = ("pinned", "until")
NOT_OF_PEOPLE: Final = ("writes", "pinned", "until", "metrics", "artifacts", "measures", "timeout")
"""What says something of a program or of a hand-in, and nothing of what a person does."""


def hand_in_problems(plan: Plan, source: Source, unresolved: Unresolved) -> Iterator[Problem]:
    """Every problem of briefs, instruments and merges."""
    leaving = briefed(plan)
    yield from _agents(plan, source)
    for name, group in plan.groups.items():
        path = ("workstreams" if name in plan.workstreams else "stages", name, "tasks")
        for index, task in enumerate(group.tasks):
            place = (*path, index)
            yield from _brief(plan, name, task, place, source)
            yield from _until(plan, name, task, place, source)
            if task.measures is not None:
                yield from _measures(leaving, name, task, place, source, unresolved)
                yield from _steering(plan, task, place, source)
            if task.merge is not None:
                yield from _merge(leaving, name, task, place, source)
            if by_person(plan, name, task):
                yield from _of_people(name, task, place, source, unresolved)


def _agents(plan: Plan, source: Source) -> Iterator[Problem]:
    for name, agent in plan.agents.items():
        path = ("agents", name)
        if UNREADABLE in name:
            continue
        if not agent.specialty and agent.from_ is None:
            yield source.problem(path, "has no specialty", "write `specialty: …`, or `from:` the agent's file")
        if agent.driver == Driver.ACP and not agent.program:
            mend = "write `program: [name of a program that speaks the Agent Client Protocol]`"
            yield source.problem((*path, "driver"), "the driver acp has no program to start", mend)
        for file in agent.home:
            if {".", ".."}.intersection(file.split("/")):
                what = f"{file!r} does not lie in the agent's home"
                yield source.problem((*path, "home", file), what, "write its path from the home, without `.` and `..`")


def _of_people(group: str, task: Task, path: Path, source: Source, unresolved: Unresolved) -> Iterator[Problem]:
    """What cannot be said of a task that waits for a person."""
    for key in NOT_OF_PEOPLE:
        if getattr(task, key):
            what = f"`{key}` means nothing for a task that waits for a person"
            mend = "remove it; a gate's time limit is `approve: {within: 2d}`" if key == "timeout" else "remove it"
            yield source.problem((*path, key), what, mend)
    if task.approve is None or task.approve.of is None:
        return
    if wrong := unresolved(group, task.approve.of):
        yield source.problem((*path, "approve", "of"), *wrong)
    elif full_id(group, task.approve.of) == f"{group}.{task.id}":
        yield source.problem((*path, "approve", "of"), "it is about itself", "name the task that is to be approved")
    elif "." not in full_id(group, task.approve.of):
        yield source.problem((*path, "approve", "of"), "names a group", "name one task, as in `of: merge`")


def _brief(plan: Plan, group: str, task: Task, path: Path, source: Source) -> Iterator[Problem]:
    if task.brief is None:
        for key in ONLY_WITH_BRIEF:
            if getattr(task, key):
                what = f"`{key}` says something of a hand-in, and this task leaves none"
                yield source.problem((*path, key), what, "give it to the task with the `brief`")
        return
    if not task.brief.strip():
        yield source.problem((*path, "brief"), "is empty", "write what is to be done")
    if by_person(plan, group, task):
        return
    agent = plan.agents.get(task.agent or plan.groups[group].lead)
    if agent is not None and not agent.works_on_briefs:
        what = "its agent has no driver that can work on a brief"
        yield source.problem((*path, "brief"), what, "give the agent `driver: acp` (or `command`) and a `program`")
    if not task.writes:
        mend = 'write which files it may change, as in `writes: ["src/**"]`'
        yield source.problem(path, "a task with a brief says nothing of what it may change", mend)
    if task.metrics:
        what = "an agent's own figures are claims, so a task with a brief can declare no metric"
        yield source.problem((*path, "metrics"), what, "add a task with `measures:` that measures the hand-in")


def _until(plan: Plan, group: str, task: Task, path: Path, source: Source) -> Iterator[Problem]:
    for index, reference in enumerate(task.until):
        full = full_id(group, reference)
        if full not in plan.criteria:
            what = f"'{reference}' is not a criterion"
            yield source.problem((*path, "until", index), what, did_you_mean(full, plan.criteria))
        elif plan.criteria[full].target.relative is not None:
            what = f"the target of '{reference}' rests on earlier runs, and a round wants a figure"
            yield source.problem((*path, "until", index), what, "give its target a figure, or leave it out here")
    if task.rounds > 1 and task.brief is None:
        yield source.problem((*path, "rounds"), "only a task with a brief has rounds", "remove it, or use `retries`")


def _measures(  # noqa: PLR0913, PLR0917 - one reference and all that it is held against
    leaving: dict[str, Task], group: str, task: Task, path: Path, source: Source, unresolved: Unresolved
) -> Iterator[Problem]:
    assert task.measures is not None
    full = full_id(group, task.measures)
    if wrong := unresolved(group, task.measures):
        yield source.problem((*path, "measures"), *wrong)
    elif full not in leaving:
        what = f"'{task.measures}' leaves no hand-in: it has no `brief`"
        yield source.problem((*path, "measures"), what, did_you_mean(task.measures, leaving))
    if task.brief is not None or task.merge is not None:
        mend = "measure with a runner (`run`) or a program (`command`)"
        yield source.problem((*path, "measures"), "an instrument is no task of an agent", mend)


def _steering(plan: Plan, task: Task, path: Path, source: Source) -> Iterator[Problem]:
    """Variables by which what is measured gets into the runner, or into what starts the instrument's sandbox."""
    for name, value in {**plan.env, **task.env}.items():
        if HANDED_IN not in str(value) or name not in (OF_THE_LOADER if task.run is None else STEERING):
            continue
        place = (*path, "env", name) if name in task.env else ("env", name)
        if task.run is None:
            what = f"{name} would load what was handed in outside the sandbox, too"
            mend = f"set it for one program in the command, as in `env {name}=… PROGRAM`"
        else:
            what = (
                f"{name} would have the runner itself import what was handed in, which could then record what it likes"
            )
            mend = "take it out; in the runner, start a process on `context.checkout`, or measure with a `command`"
        yield source.problem(place, what, mend)


def _merge(leaving: dict[str, Task], group: str, task: Task, path: Path, source: Source) -> Iterator[Problem]:
    assert task.merge is not None
    if not task.merge:
        yield source.problem((*path, "merge"), "joins nothing", "name the tasks whose hand-ins are to be joined")
    names = [full_id(group, each) for each in task.merge]
    for index, (reference, full) in enumerate(zip(task.merge, names, strict=True)):
        place = (*path, "merge", index)
        if full not in leaving:
            what = f"'{reference}' leaves no hand-in: it has no `brief`"
            yield source.problem(place, what, did_you_mean(reference, leaving))
        elif full in names[:index]:
            yield source.problem(place, f"'{reference}' stands twice", "name each hand-in once")
    where = [leaving[full].workspace for full in names if full in leaving]
    if any((one.repo, one.base) != (other.repo, other.base) for one, other in pairwise(where)):
        what = "the hand-ins start at different bases or repositories"
        yield source.problem((*path, "merge"), what, "give the tasks one `workspace`, or merge them apart")
