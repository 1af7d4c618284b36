"""Checks of one task: what it runs, its environment, its files, its resources and its matrix."""

from collections.abc import Iterator, Mapping
from typing import Final

from orchestrator.plan.base import FromEnvironment
from orchestrator.plan.matrix import INSTANCE_LIMIT, matrix_references, matrix_size
from orchestrator.plan.model import Plan, Task
from orchestrator.plan.problem import Problem, did_you_mean
from orchestrator.plan.source import Path, Source

WORK: Final = ("run", "command", "brief", "merge", "approve")


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
