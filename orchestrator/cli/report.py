"""`orchestrate report`: a run's report, made again from its journal."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from orchestrator.api import junit_text, page_text, report_data, report_text, times_data, write_report
from orchestrator.atomic_write import require_writable, write_whole
from orchestrator.cli.faults import UsageError
from orchestrator.cli.output import say
from orchestrator.cli.places import as_json, find_run, opened_journal
from orchestrator.journal.port import JournalPort
from orchestrator.plan.problem import did_you_mean

FORMATS: Final[Mapping[str, Callable[[JournalPort, str, Path], str]]] = {
    "markdown": lambda journal, run, _state: report_text(journal, run),
    "html": page_text,
    "times": lambda journal, run, _state: times_data(journal, run),
    "json": lambda journal, run, _state: as_json(report_data(journal, run)),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be printed or written. style: one of FORMATS. group: only this part, not as a page. full: Markdown with all parts in it.

    output, junit: files. reports: a folder for all files that a run writes, instead of one of them.
    """

    style: str = "markdown"
    group: str | None = None
    full: bool = False
    reports: Path | None = None
    output: Path | None = None
    junit: Path | None = None


def show_report(state: Path, name: str | None, wanted: Wanted) -> None:
    """Print the report, or write it to a file. A run under way is reported as far as it got. Raises UsageError, JournalError."""
    if wanted.style not in FORMATS:
        raise UsageError(f"there is no format {wanted.style!r}\n  mend: use one of {', '.join(FORMATS)}")
    for target in filter(None, (wanted.output, wanted.junit)):
        require_writable(target)
    _require_one_wish(wanted)
    with opened_journal(state) as journal:
        run = find_run(journal, name).run
        if wanted.reports is not None:
            say(str(write_report(journal, run, state, wanted.reports)))
            write_junit(journal, run, wanted.junit)
            return
        if wanted.full:
            text = report_text(journal, run, full=True)
        elif wanted.group is None:
            text = FORMATS[wanted.style](journal, run, state)
        else:
            text = _of_group(journal, run, wanted.group, wanted.style)
        write_junit(journal, run, wanted.junit)
    if wanted.output is None:
        say(text)
    else:
        write_whole(wanted.output, text if text.endswith("\n") else f"{text}\n")


def _require_one_wish(wanted: Wanted) -> None:
    """Raises UsageError for options of which each asks for another text."""
    asked = {
        "--full": wanted.full,
        "--group": wanted.group is not None,
        "--reports": wanted.reports is not None,
        f"-f {wanted.style}": wanted.style != "markdown",
        "-o": wanted.output is not None,
    }
    given = [name for name, is_given in asked.items() if is_given]
    alone = {"--full", "--reports"} & {*given}
    if not alone or len(given) == 1 or given == ["--full", "-o"]:
        return
    raise UsageError(f"{' and '.join(given)} do not go together\n  mend: give one of them")


def _of_group(journal: JournalPort, run: str, group: str, style: str) -> str:
    known = {one["id"]: one for one in report_data(journal, run)["groups"]}
    if group not in known:
        raise UsageError(f"run {run} has no workstream or stage {group!r}\n  mend: {did_you_mean(group, known)}")
    if style == "html":
        raise UsageError("--group: there is no page of one group\n  mend: leave out -f html, or --group")
    return as_json({"run": run, **known[group]}) if style == "json" else report_text(journal, run, group)


def write_junit(journal: JournalPort, run: str, target: Path | None) -> None:
    """The verdicts as JUnit XML, where a file for them was named."""
    if target is not None:
        write_whole(target, junit_text(journal, run))
