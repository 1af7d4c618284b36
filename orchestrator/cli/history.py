"""`orchestrate history`: the runs of a state folder."""

from pathlib import Path

from orchestrator.cli.clock import clock
from orchestrator.cli.output import say, table
from orchestrator.cli.places import as_json, opened_journal
from orchestrator.cli.screen import screen_of_stdout
from orchestrator.journal.condition import condition


def show_history(state: Path, *, as_data: bool) -> None:
    """List every run, the oldest first. Raises JournalError."""
    with opened_journal(state) as journal:
        runs = [(run, condition(run, journal.owned(run.run))) for run in journal.runs()]
    if as_data:
        rows = [
            {"run": r.run, "plan": r.plan_id, "started_at": r.started_at, "condition": c, "exit_code": r.exit_code}
            for r, c in runs
        ]
        say(as_json(rows))
        return
    told = table(("run", "plan", "started", "condition"), ((r.run, r.plan_id, clock(r.started_at), c) for r, c in runs))
    if max(map(len, told.split("\n"))) > screen_of_stdout().width:  # a run's id begins with its plan's
        told = table(("run", "started", "condition"), ((r.run, clock(r.started_at), c) for r, c in runs))
    say(told)
