"""`orchestrate report`: a run's report, made again from its journal."""

from pathlib import Path

from orchestrator.api import report_text
from orchestrator.cli.output import say
from orchestrator.cli.places import find_run, opened_journal
from orchestrator.wholefile import write_whole


def show_report(state: Path, name: str | None, output: Path | None) -> None:
    """Print the Markdown, or write it to a file. A run under way is reported as far as it got. Raises UsageError, JournalError."""
    with opened_journal(state) as journal:
        text = report_text(journal, find_run(journal, name).run)
    if output is None:
        say(text)
    else:
        write_whole(output, text)
