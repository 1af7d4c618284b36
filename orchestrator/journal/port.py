"""What the engine asks of a journal. Two implementations pass the same conformance tests."""

from collections.abc import Sequence
from typing import Protocol

from orchestrator.journal.lease import Lease
from orchestrator.journal.seals import Seal
from orchestrator.records import dataclass
from orchestrator.state.events import Envelope


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run in the list of runs.

    started_at: wall clock seconds. last: the kind of its last event. exit_code: None unless it finished and was not
    resumed since. judged: whether a verdict comes right before its last event. A finished run without one has no
    criteria.
    """

    run: str
    plan_id: str
    started_at: float
    last: str
    exit_code: int | None
    judged: bool = False

    @property
    def finished(self) -> bool:
        """Whether it ran to its end."""
        return self.exit_code is not None


class JournalPort(Protocol):
    """Append-only events per run, and who may append. Every method may raise JournalError."""

    def acquire(self, run: str) -> int:
        """Take the run over and return the fencing token, greater than every earlier one of the run.

        Raises RunOwned while another owner holds it and lives.
        """

    def release(self, run: str, fence: int) -> None:
        """Release the lease. Nothing happens if another owner has it by now."""

    def lease(self, run: str) -> Lease | None:
        """The run's present or last owner; None for a run that nobody ever took."""

    def owned(self, run: str) -> Lease | None:
        """The lease while its owner holds it and lives."""

    def append(self, run: str, envelopes: Sequence[Envelope]) -> None:
        """All of them or none, durable on return, in order of seq without a gap.

        Raises LeaseLost if an envelope's fence is not the current one.
        """

    def read(self, run: str, after: int = 0, *, unsealed: bool = False) -> tuple[Envelope, ...]:
        """The run's events with seq > after, in order.

        Raises UnknownRun, and DamagedJournal for a gap or a wrong checksum. For the whole run it also raises if its
        seals are broken, unless `unsealed`.
        """

    def seal(self, run: str) -> Seal:
        """Whether the run's events are those that its orchestrator wrote."""

    def check(self, run: str) -> int:
        """How many events the run has. Each is checked as in `read`, except for its content. Raises as `read`."""

    def runs(self) -> tuple[RunSummary, ...]:
        """All runs, the oldest first."""

    def close(self) -> None:
        """Close the file."""
