"""One gate for all agents of a provider: when it says that it is asked too often, all wait, and then begin one after another."""

import asyncio
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

SHORTEST: Final = 0.5
LONGEST: Final = 120.0
"""Seconds that one answer may keep the gate closed."""
FACTOR: Final = 2.0


@dataclass(slots=True)
class Gate:
    """Closed until `_until`; then one call at a time goes first, until one of them was answered well."""

    clock: Callable[[], float] = time.monotonic
    spread: Callable[[], float] = random.random
    _until: float = 0.0
    _pause: float = SHORTEST
    _probing: asyncio.Lock | None = None
    _open: bool = True

    async def passed(self) -> bool:
        """Wait for one's turn; True where this call goes first and has to say how it went (`opened` or `closed`)."""
        if self._open:
            return False
        self._probing = self._probing or asyncio.Lock()
        await self._probing.acquire()
        if self._is_open():  # whoever went first was answered well
            self._probing.release()
            return False
        await asyncio.sleep(max(0.0, self._until - self.clock()))
        return True

    def _is_open(self) -> bool:
        return self._open

    def opened(self, *, first: bool) -> None:
        """A call was answered well."""
        if first:
            self._open, self._pause = True, SHORTEST
            self._let_go()

    def closed(self, seconds: float | None, *, first: bool) -> None:
        """The provider said that it is asked too often. seconds: what it asks to wait, None where it does not say."""
        wait = min(LONGEST, self._pause if seconds is None else max(0.0, seconds))
        if seconds is None:
            self._pause = min(LONGEST, self._pause * FACTOR)
        self._until = max(self._until, self.clock() + wait * (1 + 0.1 * self.spread()))
        self._open = False
        if first:
            self._let_go()

    def given_up(self, *, first: bool) -> None:
        """A call ended without an answer."""
        if first:
            self._let_go()

    def _let_go(self) -> None:
        if self._probing is not None and self._probing.locked():
            self._probing.release()


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds that an answer asks to wait, None where it does not say. Source: RFC 9110, section 10.2.3."""
    told = headers.get("retry-after-ms")
    if told is not None and told.isdigit():
        return int(told) / 1000
    told = headers.get("retry-after", "").strip()
    if told.replace(".", "", 1).isdigit():
        return float(told)
    try:
        at = parsedate_to_datetime(told)
    except (TypeError, ValueError):
        return None
    return max(0.0, (at - (now or datetime.now(UTC))).total_seconds())
