"""Ask the process that owns a run to stop it, as Ctrl-C in its terminal would."""

import signal
import time
from typing import ClassVar, Final

from orchestrator import kernel
from orchestrator.errors import OrchestratorError
from orchestrator.journal.lease import Lease, Owner, owner_alive
from orchestrator.journal.port import JournalPort

POLL_SECONDS: Final = 0.05


class NotStopped(OrchestratorError):  # noqa: N818 - as UnknownRun
    """The run is not under way, or its owner did not let go in time."""

    exit_code: ClassVar[int] = 2


def stop_run(journal: JournalPort, run: str, wait: float) -> None:
    """Interrupt the run's owner and wait up to `wait` seconds until it lets go. The run can be resumed.

    Raises NotStopped, JournalError.
    """
    lease = journal.owned(run)
    if lease is None:
        raise NotStopped(f"run {run} is not under way\n  mend: `orchestrate status {run}` shows how it stands")
    _interrupt(lease.owner)
    _await_release(journal, lease, wait)


def _interrupt(owner: Owner) -> None:
    """SIGTERM to that very process, even if its pid is recycled.

    A run that a shell started in the background ignores SIGINT, so that would be lost.
    """
    kernel.send(owner.pid, signal.SIGTERM, lambda _pid: owner_alive(owner))


def _await_release(journal: JournalPort, lease: Lease, wait: float) -> None:
    deadline = time.monotonic() + wait
    while (now := journal.owned(lease.run)) is not None and now.fence == lease.fence:
        if time.monotonic() >= deadline:
            pid = lease.owner.pid
            raise NotStopped(
                f"process {pid} was asked to stop run {lease.run} and has not within {wait:g} s\n"
                f"  mend: wait with --wait, or ask again, which ends its tasks at once"
            )
        time.sleep(POLL_SECONDS)
