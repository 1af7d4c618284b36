"""The notifier `apprise`: Slack, mail, webhooks and the other services of https://github.com/caronc/apprise. The
address alone decides which.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import apprise

from orchestrator.telling.news import News, Tone

KINDS: Final = {
    Tone.GOOD: apprise.NotifyType.SUCCESS,
    Tone.BAD: apprise.NotifyType.FAILURE,
    Tone.ASKS: apprise.NotifyType.INFO,
    Tone.WARNS: apprise.NotifyType.WARNING,
}
SAID: Final = logging.getLogger("apprise")
SAID.addHandler(logging.NullHandler())  # or what it says goes to standard error wherever nobody set up logging


class NotSentError(Exception):
    """The service did not take it. The message is what apprise said."""


class AppriseNotifier:
    """Sends by apprise. An address is one of its URLs, such as `slack://…`, `mailto://…` or `json://…`."""

    name = "apprise"

    def problem(self, address: str) -> str | None:
        """See `Notifier`."""
        if _service(address) is None:
            return (
                "apprise does not know this kind of address\n  mend: write one of its URLs, as slack://, mailtos:// "
                "or json://"
            )
        return None

    def send(self, address: str, news: News) -> None:
        """See `Notifier`. Raises NotSentError."""
        service = _service(address)
        with _heard() as said:
            sent = service is not None and service.notify(
                body=news.body, title=news.title, notify_type=KINDS[news.tone], body_format=apprise.NotifyFormat.TEXT
            )
        if not sent:
            raise NotSentError("; ".join(said) or "the service did not take it")


def _service(address: str) -> apprise.NotifyBase | None:
    asset = apprise.AppriseAsset(app_id="orchestrate", app_desc="orchestrate", async_mode=False)
    return apprise.Apprise.instantiate(address.strip(), asset=asset)


@contextmanager
def _heard() -> Iterator[list[str]]:
    """What apprise says of this thread's sending, from warnings on."""
    found: list[str] = []
    handler = _Hearing(found, threading.get_ident())
    SAID.addHandler(handler)
    try:
        yield found
    finally:
        SAID.removeHandler(handler)


class _Hearing(logging.Handler):
    def __init__(self, found: list[str], thread: int) -> None:
        super().__init__(logging.WARNING)
        self._found = found
        self._thread = thread

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self._found.append(record.getMessage())
