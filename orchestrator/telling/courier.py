"""Send news during the run: one thread for each address, and one deadline for all of them at the end."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Final

from orchestrator.telling.addresses import without_address
from orchestrator.telling.news import News
from orchestrator.telling.notifier import Notifier
from orchestrator.telling.record import Record, Sent

PATIENCE: Final = 10.0
"""Seconds that the end of a run waits for what is still to be sent."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A recipient. name: as it may be shown; subjects: of which news."""

    name: str
    address: str
    notifier: Notifier
    subjects: frozenset[str]


class Courier:
    """Hands news to who wants it. masked: takes secrets out of a text. Nothing here raises into the run, or holds
    it up.
    """

    def __init__(
        self,
        recipients: Iterable[Recipient],
        record: Record,
        masked: Callable[[str], str],
        patience: float = PATIENCE,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._record = record
        self._masked = masked
        self._patience = patience
        self._wall = wall
        self._rounds = [_Round(each, self._deliver) for each in recipients]

    def hand(self, news: News) -> None:
        """Have it sent to all who want it and do not know it yet."""
        for each in self._rounds:
            if news.subject in each.recipient.subjects and not self._record.was_sent(news.key, each.recipient.name):
                each.add(news)

    def close(self) -> tuple[Sent, ...]:
        """Wait for what is under way, within the deadline; what could not be told."""
        until = time.monotonic() + self._patience
        for each in self._rounds:
            each.end()
        for each in self._rounds:
            each.join(max(0.0, until - time.monotonic()))
        late = f"no answer within {self._patience:g} s"
        return tuple(
            self._noted(each.recipient, news, problem or late) for each in self._rounds for news, problem in each.left()
        )

    def _deliver(self, recipient: Recipient, news: News) -> str:
        """Send it; why it could not be sent, "" where it was."""
        clean = News(news.key, news.subject, news.tone, self._masked(news.title), self._masked(news.body))
        try:
            recipient.notifier.send(recipient.address, clean)
        except Exception as error:  # noqa: BLE001 - whatever a foreign notifier raises
            told = " ".join(f"{type(error).__name__}: {error}".split())
            return without_address(self._masked(told), recipient.address)[:300]
        self._noted(recipient, news, "")
        return ""

    def _noted(self, recipient: Recipient, news: News, problem: str) -> Sent:
        sent = Sent(news.key, str(news.subject), self._masked(news.title), recipient.name, self._wall(), problem)
        self._record.note(sent)
        return sent


class _Round:
    """One recipient's thread, which begins with the first news. What was not sent by the end is left."""

    def __init__(self, recipient: Recipient, deliver: Callable[[Recipient, News], str]) -> None:
        self.recipient = recipient
        self._deliver = deliver
        self._queue: SimpleQueue[News | None] = SimpleQueue()
        self._open: dict[str, tuple[News, str]] = {}
        self._thread = threading.Thread(target=self._go, daemon=True, name=f"tell {recipient.name}")

    def add(self, news: News) -> None:
        if news.key in self._open:
            return
        self._open[news.key] = (news, "")
        self._queue.put(news)
        if self._thread.ident is None:
            self._thread.start()

    def end(self) -> None:
        self._queue.put(None)

    def join(self, seconds: float) -> None:
        if self._thread.ident is not None:
            self._thread.join(seconds)

    def left(self) -> tuple[tuple[News, str], ...]:
        return tuple(self._open.copy().values())

    def _go(self) -> None:
        while (news := self._queue.get()) is not None:
            problem = self._deliver(self.recipient, news)
            if problem:
                self._open[news.key] = (news, problem)
            else:
                self._open.pop(news.key, None)
