"""An agent that says nothing for a long time is shown as silent."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from orchestrator.state.rounds import SILENT


@dataclass(slots=True)
class Silence:
    """Watches how much was said. after: seconds without a word; tell: called once for each silence."""

    after: float
    tell: Callable[[str], None]
    _seen: int = 0
    _since: float = field(default_factory=time.monotonic)
    _told: bool = False

    def look(self, seen: int) -> None:
        """Regard that `seen` bytes were said in all until now."""
        if seen != self._seen:
            self._seen, self._since = seen, time.monotonic()
            if self._told:
                self.tell("it speaks again")
            self._told = False
        quiet = time.monotonic() - self._since
        if quiet > self.after and not self._told:
            self._told = True
            self.tell(f"{SILENT}{quiet:.0f} s")
