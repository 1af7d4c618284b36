"""`orchestrate import`: a plan from a work breakdown in another format."""

import json
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from orchestrator.atomic_write import write_whole
from orchestrator.cli.faults import UsageError
from orchestrator.cli.output import plain, say, tell
from orchestrator.cli.places import as_json
from orchestrator.importers.accounting import account, counts, is_hardly_a_plan, spelled_lines, told
from orchestrator.importers.agentwork import ALL_FILES, Workers, as_briefs
from orchestrator.importers.agentwork import LEFT as BRIEFS_LEFT
from orchestrator.importers.breakdown import read_breakdown
from orchestrator.importers.draft import Concern, Draft, Note
from orchestrator.importers.jsontext import read_json
from orchestrator.importers.psplib import read_psplib
from orchestrator.importers.taskmaster import draft_of_tasks
from orchestrator.importers.write import LEFT as RUNNERS_LEFT
from orchestrator.importers.write import plan_document, written
from orchestrator.plan.load import parse_plan, read_plan_text
from orchestrator.plan.problem import PlanError, Problem
from orchestrator.plan.spelling import PlanDumper
from orchestrator.plan.wfformat import is_wfformat, plan_data
from orchestrator.specialfile import is_special

MOST_LINES: Final = 20_000
"""Lines of a document: nobody reviews a plan of more."""


@dataclass(frozen=True, slots=True)
class Imported:
    """text: the plan's. checked: the same plan, in a form that is quicker to check. summary: what went where, in one line."""

    text: str
    checked: str
    notes: list[Note] = field(default_factory=list)
    summary: str = ""


def _markdown(text: str, source: str, tag: str | None, workers: Workers | None) -> Imported:
    _no_tag(tag, source)
    number = text.count("\n") + 1
    if number > MOST_LINES:
        raise PlanError(
            [Problem(source, 0, 0, f"has {number:,} lines, more than {MOST_LINES:,}", "import it in parts")]
        )
    draft = read_breakdown(text, source)
    if not draft.groups:
        what = f"no task found in {number} lines"
        mend = "name the parts of the work: headings such as '## Phase 1: Title' or '## Tasks', with lists or check boxes below them"
        raise PlanError([Problem(source, 0, 0, what, mend)])
    if is_hardly_a_plan(draft, text):
        draft.note(
            0, Concern.CONTRADICTION, "little of this looks like a plan: most of its lines are about other things"
        )
    document = plan_document(draft)
    return _imported(draft, document, account(draft, text), workers)


def _imported(draft: Draft, document: dict[str, Any], summary: str, workers: Workers | None) -> Imported:
    if workers is not None:
        document = as_briefs(draft, document, workers)
    notes = told(draft.notes)
    text = written(draft, document, summary, RUNNERS_LEFT if workers is None else BRIEFS_LEFT)
    return Imported(text, json.dumps(document), notes, summary)


def _json(text: str, source: str, tag: str | None, workers: Workers | None) -> Imported:
    """A workflow instance of WfCommons, or else task-master's file."""
    data = read_json(text, source)
    if is_wfformat(data):
        _no_tag(tag, source)
        _no_agents(workers, source)
        plan = plan_data(data, source)
        dumped = yaml.dump(plan, Dumper=PlanDumper, sort_keys=False, allow_unicode=True)
        return Imported(dumped, json.dumps(plan))
    draft = draft_of_tasks(data, source, tag)
    return _imported(draft, plan_document(draft), counts(draft), workers)


def _psplib(text: str, source: str, tag: str | None, workers: Workers | None) -> Imported:
    _no_tag(tag, source)
    _no_agents(workers, source)
    plan = read_psplib(text, source)
    return Imported(plan, plan)


def _no_tag(tag: str | None, source: str) -> None:
    if tag is not None:
        raise UsageError(f"--tag {tag}: {source} has no tags\n  mend: leave it out; only task-master's files have them")


def _no_agents(workers: Workers | None, source: str) -> None:
    if workers is not None:
        raise UsageError(
            f"--driver {workers.driver}: {source} says nothing that an agent could be asked to do\n  mend: leave it out"
        )


def workers_of(driver: str | None, program: str | None, writes: Sequence[str]) -> Workers | None:
    """How agents are to do the plan; None where no driver is named. Raises UsageError where options do not fit each other."""
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


Converter = Callable[[str, str, str | None, Workers | None], Imported]
CONVERTERS: Final[Mapping[str, Converter]] = {
    ".md": _markdown,
    ".markdown": _markdown,
    ".txt": _markdown,
    ".json": _json,
    ".sm": _psplib,
}
"""By the file's ending: the plan's text, and what needs a look."""


def import_plan(
    path: Path, output: Path | None, *, tag: str | None = None, workers: Workers | None = None, as_data: bool = False
) -> None:
    """Print the plan, or write it to a new file; what needs a look goes to standard error, each with its line.

    tag: of a task-master file, the one list that is read. workers: how agents do its tasks, which then are briefs. as_data: print one object instead, with the plan, the notes and what was written.

    Raises PlanError where nothing can be read or the outcome is no valid plan, UsageError where `output` exists.
    """
    convert = CONVERTERS.get(path.suffix.lower())
    if convert is None:
        known = ", ".join(CONVERTERS)
        raise UsageError(f"{path}: no format goes by {path.suffix or 'no ending'}\n  mend: one of {known}")
    if output is not None and output.exists() and not is_special(output):
        raise UsageError(f"{output} exists already\n  mend: name another file, or remove it")
    made = convert(read_plan_text(path), path.name, tag, workers)
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
