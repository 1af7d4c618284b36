"""`orchestrate cancel`: ask the process that owns a run to stop it, as Ctrl-C would."""

import os
import signal
import time
from pathlib import Path

from orchestrator.cli.faults import UsageError
from orchestrator.cli.output import say
from orchestrator.cli.places import as_json, find_run, opened_journal
from orchestrator.journal.lease import Lease, Owner, owner_alive
from orchestrator.journal.sqlite import SqliteJournal

POLL_SECONDS = 0.05


def cancel_run(state: Path, name: str | None, wait: float, *, as_data: bool = False) -> None:
    """Interrupt the run's owner and wait up to `wait` seconds until it let go. The run can be resumed.

    Raises UsageError where the run is not under way, or its owner does not let go in time; JournalError.
    """
    with opened_journal(state) as journal:
        run = find_run(journal, name).run
        lease = journal.owned(run)
        if lease is None:
            raise UsageError(f"run {run} is not under way\n  mend: `orchestrate status {run}` shows how it stands")
        _interrupt(lease.owner)
        _await_release(journal, lease, wait)
    if as_data:
        say(as_json({"run": run, "stopped": True}))
        return
    say(f"run {run} is stopped\nresume with: orchestrate resume {run}")


def _interrupt(owner: Owner) -> None:
    """SIGTERM to that very process: the descriptor holds on to it, whatever becomes of its number.

    SIGINT would be lost on a run that a shell started in the background, which ignores it.
    """
    try:
        handle = os.pidfd_open(owner.pid)
    except ProcessLookupError:
        return
    try:
        if owner_alive(owner):
            signal.pidfd_send_signal(handle, signal.SIGTERM)
    finally:
        os.close(handle)


def _await_release(journal: SqliteJournal, lease: Lease, wait: float) -> None:
    deadline = time.monotonic() + wait
    while (now := journal.owned(lease.run)) is not None and now.fence == lease.fence:
        if time.monotonic() >= deadline:
            pid = lease.owner.pid
            raise UsageError(
                f"process {pid} was asked to stop run {lease.run} and has not within {wait:g} s\n"
                f"  mend: wait with --wait, or ask again, which ends its tasks at once"
            )
        time.sleep(POLL_SECONDS)
