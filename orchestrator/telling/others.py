"""Everybody who is notified of a run, as one listener: the plan's addresses, those of `--notify`, and the collector of
its spans.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.engine.secrecy import secrets_of_run
from orchestrator.graph.load import LoadedPlan
from orchestrator.journal.port import JournalPort
from orchestrator.plan.model import Notify
from orchestrator.records import dataclass
from orchestrator.secrets import mask
from orchestrator.state.events import Envelope
from orchestrator.telling.addresses import address_of, given_targets
from orchestrator.telling.notifier import AddressGivenError, NotifierError, find_notifier

if TYPE_CHECKING:
    from orchestrator.telling.courier import Courier, Recipient
    from orchestrator.telling.news import News, Newsroom
    from orchestrator.telling.record import Sent

Listener = Callable[[Envelope], None]


@dataclass(frozen=True, slots=True)
class Telling:
    """How others are told. state: the state folder; project: where the run was started. notice: is told, once, what
    could not be told.
    """

    state: Path
    project: Path
    notice: Callable[[str], None]


def with_targets(loaded: LoadedPlan, given: Sequence[str]) -> LoadedPlan:
    """The plan with those told too whom `--notify` names; its text and its digest stay. Raises NotifierError."""
    if not given:
        return loaded
    try:
        targets = tuple(given_targets(given))
    except ValueError:
        what = "--notify takes the name of a variable that holds the address, not the address: that may be a secret"
        raise AddressGivenError(f"{what}\n  mend: export SLACK_URL=slack://... and write --notify SLACK_URL") from None
    known = {each.name for each in loaded.plan.notify}
    more = tuple(each for each in targets if each.name not in known)
    return replace(loaded, plan=loaded.plan.model_copy(update={"notify": (*loaded.plan.notify, *more)}))


def recipients(targets: Sequence[Notify], variables: Mapping[str, str]) -> "tuple[Recipient, ...]":
    """Those who are to be told, each looked at before anything runs. Raises NotifierError with every problem."""
    found, wrong = [], []
    for target in targets:
        try:
            found.append(_recipient(target, variables))
        except NotifierError as error:
            wrong.append(f"notify {target.name}: {error}")
    if wrong:
        raise NotifierError("\n".join(wrong))
    return tuple(found)


def _recipient(target: Notify, variables: Mapping[str, str]) -> "Recipient":
    from orchestrator.telling.courier import Recipient  # noqa: PLC0415 - as below

    notifier, address = find_notifier(target.by), address_of(target, variables)
    if not address:
        name = target.to.from_
        raise NotifierError(f"{name} is not set\n  mend: set it, as in `export {name}=...`, or take it out of `notify`")
    if why := notifier.problem(address):
        raise NotifierError(why)
    return Recipient(target.name, address, notifier, frozenset(target.about))


class Others:
    """Listens to a run for its recipients. Without any it does nothing."""

    def __init__(self, loaded: LoadedPlan, known: "Sequence[Recipient]", telling: Telling) -> None:
        self._known = known
        self._telling = telling
        self._loaded = loaded
        self._secrets = secrets_of_run(loaded.plan, telling.project) if known else ()
        self._courier: Courier | None = None
        self._kept: tuple[News, ...] = ()
        self._broken = False

    @cached_property
    def _room(self) -> "Newsroom":
        from orchestrator.telling.news import Newsroom  # noqa: PLC0415 - most runs tell nobody else

        return Newsroom(self._loaded)

    def beside(self, listener: Listener) -> Listener:
        """The listener, and beside it this one; what goes wrong here never comes out of it."""
        if not self._known:
            return listener

        def both(envelope: Envelope) -> None:
            listener(envelope)
            self.flush()
            self._guarded(lambda: self._room.hear(envelope))

        return both

    def take_up(self, journal: JournalPort, run: str) -> None:
        """Hear what happened in a run before it is taken up again; what still holds is told once the run is this
        process's.
        """
        if self._known:
            self._guarded(lambda: self._caught_up(journal.read(run, unsealed=True)))

    def flush(self) -> None:
        """Tell what was kept of the time before: the run is this process's."""
        kept, self._kept = self._kept, ()
        if kept:
            self._guarded(lambda: kept)

    def close(self) -> None:
        """Wait for what is still being sent, and say what could not be."""
        if self._courier is not None and (left := self._courier.close()):
            for name in dict.fromkeys(each.target for each in left):
                self._telling.notice(_complaint(name, [each for each in left if each.target == name]))

    def _caught_up(self, envelopes: Sequence[Envelope]) -> "tuple[News, ...]":
        self._kept = self._room.catch_up(envelopes)
        return ()

    def _guarded(self, hear: "Callable[[], tuple[News, ...]]") -> None:
        if self._broken:
            return
        try:
            for news in hear():
                self._hand(news)
        except Exception as error:  # noqa: BLE001 - the run is worth more than whom it is told to
            self._broken = True
            self._telling.notice(f"others cannot be told of the run ({type(error).__name__}: {error}); it goes on")

    def _hand(self, news: "News") -> None:
        if self._courier is None:
            from orchestrator.telling.courier import Courier  # noqa: PLC0415 - as above
            from orchestrator.telling.record import Record  # noqa: PLC0415

            record = Record(self._telling.state, self._room.run)
            self._courier = Courier(self._known, record, lambda text: mask(text, self._secrets))
        self._courier.hand(news)


@contextmanager
def telling_others(loaded: LoadedPlan, telling: Telling) -> Iterator[Others]:
    """The recipients of the run's news, within the block. Raises NotifierError before anything runs."""
    others = Others(loaded, recipients(loaded.plan.notify, os.environ), telling)
    try:
        yield others
        others.flush()
    finally:
        others.close()


def _complaint(name: str, left: "Sequence[Sent]") -> str:
    what = ", ".join(dict.fromkeys(each.subject for each in left))
    return f"{name} could not be told ({what}): {left[-1].problem}"
