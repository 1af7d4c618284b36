"""`orchestrate report`: a run's report, made again from its journal."""

from pathlib import Path

from orchestrator.api import junit_text, report_data, report_text
from orchestrator.cli.output import say
from orchestrator.cli.places import as_json, find_run, opened_journal
from orchestrator.journal.port import JournalPort
from orchestrator.wholefile import write_whole


def show_report(state: Path, name: str | None, output: Path | None, junit: Path | None, *, as_data: bool) -> None:
    """Print the Markdown or the data, or write it to a file. A run under way is reported as far as it got.

    Raises UsageError, JournalError.
    """
    with opened_journal(state) as journal:
        run = find_run(journal, name).run
        text = as_json(report_data(journal, run)) if as_data else report_text(journal, run)
        write_junit(journal, run, junit)
    if output is None:
        say(text)
    else:
        write_whole(output, text if text.endswith("\n") else f"{text}\n")


def write_junit(journal: JournalPort, run: str, target: Path | None) -> None:
    """The verdicts as JUnit XML, where a file for them was named."""
    if target is not None:
        write_whole(target, junit_text(journal, run))
