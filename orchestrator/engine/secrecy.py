"""What a run must not reveal: the values of a plan's secret variables, in its journal and what is made from it."""

import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path as FilePath
from typing import Any, ClassVar

from orchestrator.errors import OrchestratorError
from orchestrator.executors.surroundings import dotenv_of
from orchestrator.graph.load import LoadedPlan
from orchestrator.graph.model import TaskGraph
from orchestrator.plan.model import Plan
from orchestrator.plan.source import Path, Source, read_source
from orchestrator.secrets import MASK, known_secrets, looks_secret, mask


class VariableError(OrchestratorError):
    """The plan takes values from variables that are not set, or whose values are no longer known."""

    exit_code: ClassVar[int] = 4


def require_variables(plan: Plan, graph: TaskGraph, excluded: Collection[str], variables: Mapping[str, str]) -> None:
    """Raise VariableError if a task that is about to run would miss a value that the plan names by reference."""
    for task, node in graph.nodes.items():
        if task in excluded:
            continue
        values, references = plan.variables(node.task)
        for name, source in references.items():
            if source not in variables:
                what = f"{task}: its variable {name} is to come from {source}, which is not set"
                raise VariableError(f"{what}\n  mend: set it, as in `export {source}=...`, and start again")
        for name, value in values.items():
            if value == MASK:
                what = f"{task}: the value of {name} was a secret, which the journal does not hold"
                raise VariableError(
                    f"{what}\n  mend: put the plan's file back, or name it by reference: {{from: {name}}}"
                )


def secrets_of_plan(plan: Plan) -> tuple[str, ...]:
    """The values in the plan whose names look secret."""
    told = [plan.env, *(task.env for group in plan.groups.values() for task in group.tasks if task.env)]
    named = {
        f"{n}_SECRET": v
        for n, v in enumerate(v for env in told for k, v in env.items() if looks_secret(k) and isinstance(v, str))
    }
    return known_secrets({str(name): value for name, value in named.items()})


def secrets_of_run(plan: Plan, project: FilePath) -> tuple[str, ...]:
    """All values that are masked in a run's output.

    These are the values of the plan, of its references, of our own environment and of `.env`.
    """
    tasks = [task for group in plan.groups.values() for task in group.tasks if task.env or plan.env]
    references = {source for task in tasks for source in plan.variables(task)[1].values()} | {*plan.addresses}
    found = known_secrets({**dotenv_of(project), **os.environ}, references)
    return tuple(sorted({*found, *secrets_of_plan(plan)}, key=lambda value: (-len(value), value)))


def journalled_text(loaded: LoadedPlan) -> str:
    """The plan's text as the journal keeps it, with secrets masked.

    Values that are secret are found by their places.
    """
    secrets = frozenset(secrets_of_plan(loaded.plan))
    text = _without(loaded.text, read_source(loaded.text, loaded.source), secrets) if secrets else loaded.text
    return mask(text)


def journalled_settings(loaded: LoadedPlan) -> dict[str, str]:
    """The settings of `--set`, with secrets masked."""
    secrets = frozenset(secrets_of_plan(loaded.plan))
    return {name: MASK if value in secrets else mask(value) for name, value in loaded.settings.items()}


def _without(text: str, source: Source, secrets: Collection[str]) -> str:
    lines = text.split("\n")
    places = sorted((source.values[path], str(value)) for path, value in _scalars(source.data, ()) if value in secrets)
    for (line, column), value in reversed(places):
        rest = "\n".join(lines[line - 1 :])[column - 1 :]
        if value in rest:
            masked = lines[line - 1][: column - 1] + rest.replace(value, MASK, 1)
            lines[line - 1 :] = masked.split("\n")
    return "\n".join(lines)


def _scalars(part: Any, path: Path) -> Iterator[tuple[Path, Any]]:  # noqa: ANN401 - plain data
    if isinstance(part, dict):
        for key, value in part.items():
            yield from _scalars(value, (*path, key))
    elif isinstance(part, list):
        for index, value in enumerate(part):
            yield from _scalars(value, (*path, index))
    elif isinstance(part, str):
        yield path, part
