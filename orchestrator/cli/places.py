"""Where a run's things lie in the state folder, and which run is meant."""

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from orchestrator.cli.faults import UsageError
from orchestrator.journal.port import RunSummary
from orchestrator.journal.sqlite import SqliteJournal


@contextmanager
def opened_journal(state: Path) -> Iterator[SqliteJournal]:
    """The journal of the state folder, to read. Raises JournalError where there is none or it cannot be read."""
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


def as_json(value: Any) -> str:  # noqa: ANN401 - anything made of plain data
    """JSON, indented; what is not a finite number becomes null, which JSON has no other word for."""
    return json.dumps(_finite(value), indent=2, ensure_ascii=False, allow_nan=False)


def _finite(value: Any) -> Any:  # noqa: ANN401
    match value:
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {str(key): _finite(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_finite(inner) for inner in value]
        case _:
            return value
