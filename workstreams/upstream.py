"""Artifacts from the tasks above this one, and artifacts for those below."""

from pathlib import Path
from typing import Any

from orchestrator.runner import TaskContext
from workstreams import documents


class MissingInputError(RuntimeError):
    """A task above should have left a file and did not. Name the task that makes it in `needs`."""


def artifact_above(context: TaskContext, name: str, group: str | None = None) -> Path | None:
    """The artifact of that name from a task above (of that group, if given); None if there is none.

    If there are several, the last in the plan's order.
    """
    found = [
        task.artifacts[name]
        for task in context.inputs.values()
        if name in task.artifacts and group in (None, task.group)
    ]
    return found[-1] if found else None


def needed_artifact(context: TaskContext, name: str, group: str | None = None) -> Path:
    """As `artifact_above`, but raises MissingInputError if there is none."""
    path = artifact_above(context, name, group)
    if path is None:
        known = ", ".join(sorted({name for task in context.inputs.values() for name in task.artifacts})) or "nothing"
        raise MissingInputError(f"{context.task} needs {name!r}, and the tasks above it left {known}")
    return path


def needed_json(context: TaskContext, name: str, group: str | None = None) -> Any:  # noqa: ANN401 - JSON
    """The JSON document in that artifact."""
    return documents.read_json(needed_artifact(context, name, group))


def write_json(context: TaskContext, name: str, document: object, *, title: str = "") -> Path:
    """Leave `document` as an artifact of that name."""
    path = context.artifact(name, title=title)
    documents.write_json(path, document)
    return path


def write_text(context: TaskContext, name: str, text: str, *, title: str = "") -> Path:
    """Leave `text` as an artifact of that name."""
    path = context.artifact(name, title=title)
    path.write_text(text, encoding="utf-8")
    return path


def scratch(context: TaskContext) -> Path:
    """The attempt's folder for files that need not be kept."""
    folder = context.folder / "tmp"
    folder.mkdir(exist_ok=True)
    return folder
