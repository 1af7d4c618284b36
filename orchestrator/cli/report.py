"""`orchestrate report`: a run's report, made again from its journal."""

from dataclasses import dataclass
from pathlib import Path

from orchestrator.api.ending import write_report
from orchestrator.api.stored import junit_text, report_text, told_run
from orchestrator.atomic_write import require_writable, write_whole
from orchestrator.cli.faults import UsageError
from orchestrator.cli.output import say
from orchestrator.cli.places import find_run, opened_journal
from orchestrator.journal.port import JournalPort
from orchestrator.report.format import REPORT_FORMATS, render


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be printed or written. style: a format of reports. group: only this part, where the format has it.

    full: Markdown with all parts in it. output, junit: files. reports: a folder for all files that a run writes,
    instead of one of them.
    """

    style: str = "markdown"
    group: str | None = None
    full: bool = False
    reports: Path | None = None
    output: Path | None = None
    junit: Path | None = None


def show_report(state: Path, name: str | None, wanted: Wanted) -> None:
    """Print the report, or write it to a file. A run under way is reported as far as it got. Raises FormatError,
    UsageError, JournalError.
    """
    REPORT_FORMATS.find(wanted.style)
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
        else:
            text = render(wanted.style, told_run(journal, run, state, wanted.group))
        write_junit(journal, run, wanted.junit)
    if wanted.output is None:
        say(text)
    else:
        write_whole(wanted.output, text if text.endswith("\n") else f"{text}\n")


def _require_one_wish(wanted: Wanted) -> None:
    """Raises UsageError for options that ask for different texts."""
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


def write_junit(journal: JournalPort, run: str, target: Path | None) -> None:
    """The verdicts as JUnit XML, where a file for them was named."""
    if target is not None:
        write_whole(target, junit_text(journal, run))
