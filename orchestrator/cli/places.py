"""Where a run's files are in the state folder, and which run a name means."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestrator.cli.faults import UsageError
from orchestrator.journal.port import RunSummary
from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.strict_json import as_json

__all__ = ["as_json", "find_run", "opened_journal"]


@contextmanager
def opened_journal(state: Path) -> Iterator[SqliteJournal]:
    """The journal of the state folder, to read. Raises JournalError if there is none or it cannot be read."""
    journal = SqliteJournal(state / "journal.sqlite", readonly=True)
    try:
        yield journal
    finally:
        journal.close()


def find_run(journal: SqliteJournal, name: str | None) -> RunSummary:
    """The run of that id, or whose id alone begins so; the latest for None. Raises UsageError."""
    runs = journal.runs()
    if name is None:
        if not runs:
            raise UsageError("nothing has run in this state folder\n  mend: start with `orchestrate run PLAN`")
        return runs[-1]
    found = [one for one in runs if one.run == name] or [one for one in runs if one.run.startswith(name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            f"{name!r} begins {len(found)} runs' ids\n  mend: write more of it: {', '.join(r.run for r in found)}"
        )
    raise UsageError(f"no run {name!r} in this state folder\n  mend: `orchestrate history` lists the runs")
