"""`orchestrate import`: a plan from a work breakdown in another format."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from orchestrator.atomic_write import write_whole
from orchestrator.cli.faults import UsageError
from orchestrator.cli.output import plain, say, tell
from orchestrator.cli.places import as_json
from orchestrator.importers.accounting import spelled_lines
from orchestrator.importers.agentwork import ALL_FILES, Workers
from orchestrator.importers.format import Source, find_importer
from orchestrator.importers.making import Imported, make_plan
from orchestrator.plan.load import parse_plan, read_plan_text
from orchestrator.specialfile import is_special


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read. importer: by name, None to go by the file. workers: how agents do its tasks, which
    then are briefs.
    """

    importer: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    workers: Workers | None = None


def workers_of(driver: str | None, program: str | None, writes: Sequence[str]) -> Workers | None:
    """How agents are to do the plan; None where no driver is named. Raises UsageError where options do not fit each
    other.
    """
    if driver is None:
        if program is not None or writes:
            raise UsageError(
                "--program and --writes say how agents work\n  mend: name their driver, as in `--driver acp`"
            )
        return None
    words = tuple(_words(program or ""))
    if not words:
        raise UsageError(f"--driver {driver}: no program to start\n  mend: name it, as in `--program 'codex-acp'`")
    return Workers(driver, words, tuple(writes) or (ALL_FILES,))


def _words(program: str) -> list[str]:
    try:
        return shlex.split(program)
    except ValueError as error:
        raise UsageError(f"--program {program!r}: {error}\n  mend: close what is quoted") from None


def import_plan(path: Path, output: Path | None, reading: Reading = Reading(), *, as_data: bool = False) -> None:
    """Print the plan, or write it to a new file; what needs a look goes to standard error, each with its line.

    as_data: print one object instead, with the plan, the notes and what was written.

    Raises PlanError where nothing can be read or the outcome is no valid plan, ImporterError where no importer reads
    it, UsageError where `output` exists.
    """
    if output is not None and output.exists() and not is_special(output):
        raise UsageError(f"{output} exists already\n  mend: name another file, or remove it")
    source = Source(path.name, read_plan_text(path), reading.settings)
    made = make_plan(find_importer(source, reading.importer), source, reading.workers)
    if not as_data:
        _tell(path, made)
    parse_plan(made.checked, f"{path} as a plan")
    if output is not None:
        write_whole(output, made.text)
    if as_data:
        say(as_json(_data(path, output, made)))
    elif output is None:
        say(made.text)
    else:
        tell(plain(f"{output} is written; `orchestrate validate {output}` says what is left to do"))


def _tell(path: Path, made: Imported) -> None:
    for note in made.notes:
        beside = f" (lines {spelled_lines(note)})" if note.rest else ""
        place = f"{path}:{note.line}" if note.line else f"{path}"
        tell(plain(f"{place}: {note.concern}: {note.text}{beside}"))
    if made.summary:
        tell(plain(f"{path}: {made.summary}"))


def _data(path: Path, output: Path | None, made: Imported) -> dict[str, Any]:
    notes = [
        {"line": one.line, "lines": list(one.lines), "concern": one.concern.value, "text": one.text}
        for one in made.notes
    ]
    written_to = None if output is None else str(output)
    plan = yaml.safe_load(made.text)
    return {"source": str(path), "plan": plan, "notes": notes, "summary": made.summary, "written": written_to}
