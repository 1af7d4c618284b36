"""Notifiers. A notifier sends one text to one address, and knows nothing else of a run.

A package brings its own by an entry point of the group `orchestrator.notifiers`. It names an object with the members of
`Notifier`, or a class of such objects (docs/guides/notifiers.md).
"""

from typing import TYPE_CHECKING, ClassVar, Final, Protocol

from orchestrator.errors import OrchestratorError
from orchestrator.extensions import ExtensionPoint

if TYPE_CHECKING:
    from orchestrator.telling.news import News

NOTIFIERS: Final = "orchestrator.notifiers"


class NotifierError(OrchestratorError):
    """Somebody who is to be told of the run could not be: nothing was started. The message has the mend."""


class AddressGivenError(NotifierError):
    """`--notify` has an address in place of a variable's name."""

    exit_code: ClassVar[int] = 2


class Notifier(Protocol):
    """Sends news by one kind of service. `name`: as plans call it."""

    name: str

    def problem(self, address: str) -> str | None:
        """Why it could not send to this address from this machine, with the mend; None where it could. Nothing is
        sent.
        """

    def send(self, address: str, news: "News") -> None:
        """Send it, within seconds, from a thread of its own. Raises any exception if it failed; the message is told
        without the address.
        """


def find_notifier(name: str) -> Notifier:
    """The notifier of that name. Raises NotifierError: nobody offers it, two packages do, or what is offered cannot
    be used.
    """
    return OFFERED.find(name)


OFFERED: Final[ExtensionPoint[Notifier]] = ExtensionPoint(
    NOTIFIERS,
    "notifier",
    ("name", "problem", "send"),
    NotifierError,
    own={"apprise": "orchestrator.telling.by_apprise:AppriseNotifier"},
    extras={"apprise": "notify"},
)
"""By name."""
