"""`orchestrate import`: a plan from a work breakdown in another format."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from orchestrator.cli.faults import UsageError
from orchestrator.cli.output import plain, say, tell
from orchestrator.importers.breakdown import read_breakdown
from orchestrator.importers.draft import Draft
from orchestrator.importers.taskmaster import read_taskmaster
from orchestrator.importers.write import in_order, write_plan
from orchestrator.plan.load import parse_plan, read_plan_text
from orchestrator.wholefile import write_whole

READERS: Final[Mapping[str, Callable[[str, str], Draft]]] = {
    ".md": read_breakdown,
    ".markdown": read_breakdown,
    ".txt": read_breakdown,
    ".json": read_taskmaster,
}


def import_plan(path: Path, output: Path | None) -> None:
    """Print the plan, or write it to a new file; what needs a look goes to standard error, each with its line.

    Raises PlanError where nothing can be read or the outcome is no valid plan, UsageError where `output` exists.
    """
    if path.suffix.lower() not in READERS:
        raise UsageError(f"{path}: no format goes by {path.suffix or 'no ending'}\n  mend: one of {', '.join(READERS)}")
    if output is not None and output.exists():
        raise UsageError(f"{output} exists already\n  mend: name another file, or remove it")
    draft = READERS[path.suffix.lower()](read_plan_text(path), path.name)
    text = write_plan(draft)
    for note in in_order(draft.notes):
        tell(plain(f"{path}:{note.line}: {note.concern}: {note.text}"))
    parse_plan(text, f"{path} as a plan")
    if output is None:
        say(text)
    else:
        write_whole(output, text)
        tell(plain(f"{output} is written; `orchestrate validate {output}` names the runners to write"))
