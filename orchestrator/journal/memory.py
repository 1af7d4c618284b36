"""The journal's twin in memory, for tests and dry runs: the same rules, nothing durable."""

from collections.abc import Callable, Sequence
from threading import Lock

from orchestrator.journal.codec import decode_event, encode_event
from orchestrator.journal.errors import LeaseLost, RunOwned, UnknownRun
from orchestrator.journal.lease import Lease, Owner, owner_alive, this_owner
from orchestrator.journal.port import RunSummary
from orchestrator.journal.seals import Seal, SealState
from orchestrator.journal.sequence import require_sequence
from orchestrator.state.events import CriterionJudged, Envelope, QuestionAnswered, RunFinished, RunResumed, RunStarted


class MemoryJournal:
    """A JournalPort. owner: who acquires leases. alive: whether an owner lives; given in tests that end owners."""

    def __init__(self, owner: Owner | None = None, alive: Callable[[Owner], bool] = owner_alive) -> None:
        self._owner = owner or this_owner()
        self._alive = alive
        self._lock = Lock()
        self._events: dict[str, list[Envelope]] = {}
        self._leases: dict[str, Lease] = {}

    def acquire(self, run: str) -> int:
        """See JournalPort."""
        with self._lock:
            lease = self._leases.get(run)
            if lease is not None and lease.held and self._alive(lease.owner):
                raise RunOwned(run, lease.owner.pid)
            fence = 1 if lease is None else lease.fence + 1
            self._leases[run] = Lease(run, fence, self._owner, held=True)
            return fence

    def release(self, run: str, fence: int) -> None:
        """See JournalPort."""
        with self._lock:
            lease = self._leases.get(run)
            if lease is not None and lease.fence == fence:
                self._leases[run] = Lease(run, fence, lease.owner, held=False)

    def lease(self, run: str) -> Lease | None:
        """See JournalPort."""
        return self._leases.get(run)

    def owned(self, run: str) -> Lease | None:
        """See JournalPort."""
        lease = self.lease(run)
        return lease if lease is not None and lease.held and self._alive(lease.owner) else None

    def append(self, run: str, envelopes: Sequence[Envelope]) -> None:
        """See JournalPort. Events pass through the codec, as they would on disk."""
        with self._lock:
            lease = self._leases.get(run)
            for envelope in envelopes:
                if lease is None or not lease.held or envelope.fence != lease.fence:
                    raise LeaseLost(run, envelope.fence)
            rows = self._events.get(run, [])
            require_sequence(run, [envelope.seq for envelope in envelopes], len(rows))
            coded = [
                Envelope(each.seq, each.at, each.mono, each.fence, decode_event(encode_event(each.event)))
                for each in envelopes
            ]
            self._events[run] = rows + coded

    def seal(self, run: str) -> Seal:
        """See JournalPort. Nobody else can write here."""
        self.read(run)
        return Seal(SealState.SOUND, "it is in memory")

    def read(self, run: str, after: int = 0, *, unsealed: bool = False) -> tuple[Envelope, ...]:  # noqa: ARG002
        """See JournalPort."""
        if run not in self._events:
            raise UnknownRun(run)
        return tuple(self._events[run][after:])

    def check(self, run: str) -> int:
        """See JournalPort."""
        return len(self.read(run))

    def runs(self) -> tuple[RunSummary, ...]:
        """See JournalPort."""
        return tuple(_summary(rows) for rows in self._events.values())

    def close(self) -> None:
        """Nothing to close."""


def _summary(rows: Sequence[Envelope]) -> RunSummary:
    rows = [row for row in rows if not isinstance(row.event, QuestionAnswered)]  # which changes not how the run stands
    first = rows[0].event
    assert isinstance(first, RunStarted), "a run's first event"
    ends = [row.event for row in rows if isinstance(row.event, RunFinished | RunResumed)]
    code = ends[-1].exit_code if ends and isinstance(ends[-1], RunFinished) else None
    judged = isinstance(rows[-2].event, CriterionJudged) if len(rows) > 1 else False
    return RunSummary(first.run, first.plan_id, rows[0].at, rows[-1].event.kind, code, judged)
