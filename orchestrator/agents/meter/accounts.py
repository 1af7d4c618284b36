"""Accounts of the metering proxy, one for each attempt. A token that only its agent has identifies it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from threading import Condition
from typing import Final

from orchestrator.executors.order import Asking, Spent, Told
from orchestrator.state.spending import Reserved, Settled

TOKEN: Final = "orchestrate-"  # noqa: S105 - how tokens begin
LONGEST_SETTLING: Final = 30.0
"""Seconds that an attempt waits for its last calls to be settled."""


@dataclass(slots=True)
class Account:
    """One attempt's calls. listener: passes what is reserved and spent to who journals it."""

    task: str
    attempt: int
    listener: Callable[[Told], None]
    token: str = field(default_factory=lambda: TOKEN + secrets.token_urlsafe(24))
    closed: bool = False
    _numbers: "count[int]" = field(default_factory=lambda: count(1))
    _open: set[int] = field(default_factory=set)
    _changed: Condition = field(default_factory=Condition)

    def reserve(
        self, provider: str, model: str, tokens: int, cost: float | None, reply: Callable[[str], object]
    ) -> int:
        """Ask for a call. reply: told "" once it is durable that it may be made, or why it may not. Returns the
        call's number.
        """
        with self._changed:
            number = next(self._numbers)
            if self.closed:
                reply("its attempt has ended")
                return number
            self._open.add(number)
        self.listener(Asking(self.task, self.attempt, Reserved(number, provider, model, tokens, cost), reply))
        return number

    def refused(self, call: int) -> None:
        """The call was not made."""
        self._settled(call)

    def settle(self, settled: Settled) -> None:
        """The call is over."""
        self.listener(Spent(self.task, self.attempt, settled))
        self._settled(settled.call)

    def close(self) -> None:
        """Let no call begin any more, and wait until those under way are settled."""
        with self._changed:
            self.closed = True
            self._changed.wait_for(lambda: not self._open, LONGEST_SETTLING)

    def _settled(self, call: int) -> None:
        with self._changed:
            self._open.discard(call)
            self._changed.notify_all()
