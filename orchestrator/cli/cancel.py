"""`orchestrate cancel`: stop a run that is under way."""

from pathlib import Path

from orchestrator.cli.output import say
from orchestrator.cli.places import as_json, find_run, opened_journal
from orchestrator.engine.stop import stop_run


def cancel_run(state: Path, name: str | None, wait: float, *, as_data: bool = False) -> None:
    """Stop it and wait for that. Raises UsageError, NotStopped, JournalError."""
    with opened_journal(state) as journal:
        run = find_run(journal, name).run
        stop_run(journal, run, wait)
    if as_data:
        say(as_json({"run": run, "stopped": True}))
    else:
        say(f"run {run} is stopped\nresume with: orchestrate resume {run}")
