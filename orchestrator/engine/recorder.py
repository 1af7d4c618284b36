"""Stamps events, keeps the state in step with them, and commits them in groups before anything acts on them."""

from collections.abc import Callable
from dataclasses import field
from typing import Final

from orchestrator.journal.port import JournalPort
from orchestrator.records import dataclass
from orchestrator.secrets import mask, mask_within
from orchestrator.state.events import Envelope, Event
from orchestrator.state.fold import apply
from orchestrator.state.run import RunState

WITHOUT_WORDS: Final = frozenset(
    {
        "task_started",
        "attempt_launched",
        "progress_reported",
        "task_requeued",
        "run_finished",
        "spend_reserved",
        "spend_settled",
    }
)
"""Kinds of events that hold no text of people or agents."""


@dataclass(slots=True)
class Recorder:
    """The only way to record an event of a run.

    clock: monotonic seconds. wall: seconds since the epoch. began: the clock when this owner took the run. listener:
    gets every event after it is durable. secrets: masked in every text of an event, as is what looks like a secret.
    committed: every durable event of this owner.
    """

    journal: JournalPort
    run: str
    fence: int
    state: RunState
    listener: Callable[[Envelope], None]
    clock: Callable[[], float]
    wall: Callable[[], float]
    began: float
    secrets: tuple[str, ...] = ()
    committed: list[Envelope] = field(default_factory=list)
    _pending: list[Envelope] = field(default_factory=list)

    def now(self) -> float:
        """Monotonic seconds since this owner took the run: the time of envelopes."""
        return self.clock() - self.began

    def record(self, event: Event) -> None:
        """Apply the event, and queue it for the next `commit`. Raises IllegalTransition."""
        if event.kind not in WITHOUT_WORDS:
            event = mask_within(event, lambda text: mask(text, self.secrets))
        envelope = Envelope(self.state.seq + 1, self.wall(), self.now(), self.fence, event)
        self.state = apply(self.state, envelope)
        self._pending.append(envelope)

    def commit(self) -> None:
        """Make all recorded events durable in one transaction, then tell the listener. Raises JournalError."""
        batch, self._pending = self._pending, []
        if batch:
            self.journal.append(self.run, batch)
            self.committed += batch
        for envelope in batch:
            self.listener(envelope)
