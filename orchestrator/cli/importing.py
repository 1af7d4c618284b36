"""`orchestrate import`: a plan from a work breakdown in another format."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import yaml

from orchestrator.cli.faults import UsageError
from orchestrator.cli.output import plain, say, tell
from orchestrator.cli.places import as_json
from orchestrator.importers.breakdown import read_breakdown
from orchestrator.importers.draft import Draft, Note
from orchestrator.importers.psplib import read_psplib
from orchestrator.importers.taskmaster import read_taskmaster
from orchestrator.importers.write import in_order, write_plan
from orchestrator.plan.load import parse_plan, read_plan_text
from orchestrator.plan.spelling import PlanDumper
from orchestrator.plan.wfformat import is_wfformat, plan_data
from orchestrator.wholefile import write_whole


def _drafted(read: Callable[[str, str], Draft]) -> "Converter":
    def convert(text: str, source: str) -> tuple[str, list[Note]]:
        draft = read(text, source)
        plan = write_plan(draft)
        return plan, in_order(draft.notes)

    return convert


def _json(text: str, source: str) -> tuple[str, list[Note]]:
    """A workflow instance of WfCommons, or else task-master's file."""
    with suppress(ValueError, RecursionError):
        data = json.loads(text)
        if is_wfformat(data):
            return yaml.dump(plan_data(data, source), Dumper=PlanDumper, sort_keys=False, allow_unicode=True), []
    return _drafted(read_taskmaster)(text, source)


Converter = Callable[[str, str], tuple[str, list[Note]]]
CONVERTERS: Final[Mapping[str, Converter]] = {
    ".md": _drafted(read_breakdown),
    ".markdown": _drafted(read_breakdown),
    ".txt": _drafted(read_breakdown),
    ".json": _json,
    ".sm": lambda text, source: (read_psplib(text, source), []),
}
"""By the file's ending: the plan's text, and what needs a look."""


def import_plan(path: Path, output: Path | None, *, as_data: bool = False) -> None:
    """Print the plan, or write it to a new file; what needs a look goes to standard error, each with its line.

    as_data: print one object instead, with the plan, the notes and what was written.

    Raises PlanError where nothing can be read or the outcome is no valid plan, UsageError where `output` exists.
    """
    convert = CONVERTERS.get(path.suffix.lower())
    if convert is None:
        known = ", ".join(CONVERTERS)
        raise UsageError(f"{path}: no format goes by {path.suffix or 'no ending'}\n  mend: one of {known}")
    if output is not None and output.exists():
        raise UsageError(f"{output} exists already\n  mend: name another file, or remove it")
    text, notes = convert(read_plan_text(path), path.name)
    if not as_data:
        for note in notes:
            tell(plain(f"{path}:{note.line}: {note.concern}: {note.text}"))
    parse_plan(text, f"{path} as a plan")
    if output is not None:
        write_whole(output, text)
    if as_data:
        say(as_json(_data(path, output, text, notes)))
    elif output is None:
        say(text)
    else:
        tell(plain(f"{output} is written; `orchestrate validate {output}` says what is left to do"))


def _data(path: Path, output: Path | None, text: str, notes: list[Note]) -> dict[str, Any]:
    told = [{"line": one.line, "concern": one.concern.value, "text": one.text} for one in notes]
    written = None if output is None else str(output)
    return {"source": str(path), "plan": yaml.safe_load(text), "notes": told, "written": written}
