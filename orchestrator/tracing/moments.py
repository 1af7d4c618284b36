"""When events happened, as one time axis. Pure.

Within one owner's share, the monotonic clock counts from the wall clock's time at its first event. So durations are
right even if the wall clock is changed meanwhile. Time never goes back.
"""

from orchestrator.state.events import Envelope

NANOSECONDS = 1_000_000_000


class Moments:
    """Nanoseconds since the epoch for each event, in order. before: the last moment of the turn before this one."""

    def __init__(self) -> None:
        self._fence: int | None = None
        self._origin = 0.0
        self.now = 0
        self.before = 0

    def at(self, envelope: Envelope) -> int:
        """The moment of the event."""
        if envelope.fence != self._fence:
            self._fence, self._origin, self.before = envelope.fence, envelope.at - envelope.mono, self.now
        self.now = max(self.now, round((self._origin + envelope.mono) * NANOSECONDS))
        return self.now
