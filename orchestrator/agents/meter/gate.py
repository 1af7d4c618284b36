"""One gate for all agents of a provider. If the provider says that it gets too many requests, all agents wait once,
then start again slowly.

The number of calls that may wait for an answer at once starts small. It grows with every good answer, and shrinks when
the provider refuses one. So a refusal affects few calls. A call leaves the gate as soon as its answer begins.
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

SHORTEST: Final = 0.5
LONGEST: Final = 120.0
"""Seconds that one answer may keep the gate closed."""
FACTOR: Final = 2.0
AT_FIRST: Final = 2.0
"""Calls at once before anything is known of the provider."""


@dataclass(slots=True)
class Gate:
    """Closed until `_until`; then `_room` calls at once. Of one event loop.

    Who passed says how it went, by one of `opened`, `closed` and `given_up`.
    """

    clock: Callable[[], float] = time.monotonic
    spread: Callable[[], float] = random.random
    _until: float = 0.0
    _pause: float = SHORTEST
    _room: float = AT_FIRST
    _enough: float = float("inf")
    _inside: int = 0
    _waiting: deque["asyncio.Future[None]"] = field(default_factory=deque)

    async def passed(self) -> None:
        """Wait for one's turn."""
        while True:
            if (wait := self._until - self.clock()) > 0:
                await asyncio.sleep(wait)
            elif self._inside < int(self._room):
                self._inside += 1
                return
            else:
                await self._queued()

    async def _queued(self) -> None:
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        try:
            await waiting
        except asyncio.CancelledError:
            self._wake()  # its turn, if it had come, is the next one's
            raise

    def opened(self) -> None:
        """A call was answered well."""
        self._room += 1 if self._room < self._enough else 1 / self._room
        self._pause = SHORTEST
        self._leave()

    def closed(self, seconds: float | None) -> None:
        """The provider said that it is asked too often. seconds: what it asks to wait, None where it does not say."""
        now = self.clock()
        again = now < self._until  # one of several that were under way together
        wait = min(LONGEST, self._pause if seconds is None else max(0.0, seconds))
        if not again:
            self._enough = max(1.0, self._inside / 2)
            self._room = 1.0
            self._pause = min(LONGEST, self._pause * FACTOR)
        if seconds is not None or not again:
            self._until = max(self._until, now + wait * (1 + 0.1 * self.spread()))
        self._leave()

    def given_up(self) -> None:
        """A call ended without an answer."""
        self._leave()

    def _leave(self) -> None:
        self._inside -= 1
        self._wake()

    def _wake(self) -> None:
        free = int(self._room) - self._inside
        while free > 0 and self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(None)
                free -= 1


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds that an answer asks to wait, None where it does not say. Source: RFC 9110, section 10.2.3."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        told = headers.get(name, "").strip()[:32]
        if told.isascii() and told.replace(".", "", 1).isdigit():
            return float(told) * unit
    try:
        at = parsedate_to_datetime(headers.get("retry-after", ""))
        at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)  # "-0000" is UTC too
    except (TypeError, ValueError, OverflowError):
        return None
    return max(0.0, (at - (now or datetime.now(UTC))).total_seconds())
