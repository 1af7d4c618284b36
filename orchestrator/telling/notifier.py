"""Notifiers: by what somebody is told. A notifier sends one text to one address, and knows nothing else of a run.

A package brings its own by an entry point of the group `orchestrator.notifiers` that names an object with what
`Notifier` has, or a class of such objects (docs/notifiers.md).
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar, Final, Protocol

from orchestrator.environment import install_extra
from orchestrator.errors import OrchestratorError
from orchestrator.telling.news import News

if TYPE_CHECKING:
    from importlib.metadata import EntryPoints

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

    def send(self, address: str, news: News) -> None:
        """Send it, within seconds, from a thread of its own. Raises whatever went wrong; the message is told
        without the address.
        """


def find_notifier(name: str) -> Notifier:
    """The notifier of that name. Raises NotifierError: nobody offers it, two packages do, or what is offered cannot
    be used.
    """
    offered = {point.value: point for point in _points() if point.name == name}
    if len(offered) > 1:
        told = " and ".join(f"{point.dist.name if point.dist else '?'} ({value})" for value, point in offered.items())
        raise NotifierError(f"two packages offer the notifier {name!r}: {told}\n  mend: uninstall one of them")
    if not offered and name not in OWN:
        known = ", ".join(notifier_names())
        raise NotifierError(
            f"there is no notifier {name!r}\n  mend: install the package that brings it, or use one of: {known}"
        )
    try:
        return _notifier(next(iter(offered.values())).load() if offered else OWN[name]())
    except Exception as error:
        why = f"the notifier {name!r} cannot be used: {type(error).__name__}: {error}"
        mend = (
            f"mend or uninstall the package that brings it ({next(iter(offered))})" if offered else install_extra(EXTRA)
        )
        raise NotifierError(f"{why}\n  mend: {mend}") from error


def notifier_names() -> tuple[str, ...]:
    """Our own, and those of installed packages. Nothing is imported."""
    return tuple(sorted({*OWN, *(point.name for point in _points())}))


def _points() -> "EntryPoints":
    from importlib import metadata  # noqa: PLC0415 - slow to load, and most runs tell nobody

    return metadata.entry_points(group=NOTIFIERS)


def _notifier(found: object) -> Notifier:
    made = found() if isinstance(found, type) else found
    if not all(hasattr(made, each) for each in ("name", "problem", "send")):
        raise TypeError("it is no notifier: it lacks `name`, `problem` or `send`")
    return made  # type: ignore[return-value]  # looked at just now


def _apprise() -> Notifier:
    from orchestrator.telling.by_apprise import AppriseNotifier  # noqa: PLC0415 - it loads apprise, an extra

    return AppriseNotifier()


EXTRA: Final = "notify"
OWN: Final[Mapping[str, Callable[[], Notifier]]] = {"apprise": _apprise}
"""Ours. Another package's of the same name stands before it."""
