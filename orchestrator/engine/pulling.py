"""Turns that wait to be claimed: who has which, until when, and what happens to it. Only the engine uses it."""

from collections.abc import Callable, Iterator, Mapping
from hmac import compare_digest
from typing import TYPE_CHECKING, Any

from orchestrator.engine.door import refused
from orchestrator.executors.order import Offered, TurnEnd
from orchestrator.records import dataclass
from orchestrator.state.claims import Claimed

if TYPE_CHECKING:
    from orchestrator.engine.requests import Claiming, OfClaimant

Reply = Callable[[Mapping[str, Any]], object]
NOT_YOURS = (
    "it is not yours: somebody else has it, it was taken back, or the run was interrupted since; claim a task again"
)


@dataclass(slots=True)
class _Held:
    """A turn on offer. claim: None until it is taken. heard: monotonic seconds when its claimant was last heard.
    told: who waits for its end.
    """

    offer: Offered
    claim: Claimed | None = None
    heard: float = 0.0
    told: Reply | None = None

    @property
    def ending(self) -> bool:
        return self.told is not None


class Pulls:
    """Every turn that is on offer now. A turn is claimed once: when its claimant is lost, so is the turn, and the
    task has another.
    """

    def __init__(self) -> None:
        self._held: dict[str, _Held] = {}

    def offer(self, offered: Offered) -> None:
        """Have a turn wait for who takes it."""
        self._held[offered.task] = _Held(offered)

    def claim(self, asked: "Claiming", now: float) -> tuple[Claimed | None, Mapping[str, Any]]:
        """What is to be recorded of a claim and what to reply; None with the reason where it is refused."""
        held = self._held.get(asked.task)
        if held is None:
            return None, refused(f"{asked.task} is not on offer")
        if held.offer.agent != asked.agent:
            return None, refused(f"{asked.task} is for {held.offer.agent}, and not for {asked.agent}")
        if held.claim is not None:
            return None, refused(f"{asked.task} is taken")
        offer = held.offer
        held.claim, held.heard = Claimed(asked.agent, asked.name, asked.channel, asked.secret, offer.silent), now
        reply = {
            "task": offer.task, "attempt": offer.attempt, "workspace": str(offer.workspace), "brief": offer.brief,
            "lease_seconds": offer.silent,
        }  # fmt: skip
        return held.claim, {**refused(""), **reply}

    def hear(self, asked: "OfClaimant", now: float, reply: Reply) -> str:
        """Take a word of who says to have a turn: why it is refused, "" where it has it.

        A hand-in and a release end the turn. The one who asked for it gets a reply once it has ended (`ended`).
        """
        held = self._held.get(asked.task)
        claim = held.claim if held is not None else None
        if held is None or claim is None or held.offer.attempt != asked.attempt or held.ending:
            return f"{asked.task}: {NOT_YOURS}"
        if not compare_digest(claim.secret, asked.secret):
            return f"{asked.task}: {NOT_YOURS}"
        held.heard = now
        if asked.kind == "handing_in":
            held.told = reply
            held.offer.end(TurnEnd(claim.name, asked.said))
        elif asked.kind == "letting_go":
            held.told = reply
            held.offer.end(TurnEnd(claim.name, "", f"its claimant gave it back: {asked.why}".rstrip(": ")))
        return ""

    def lapse(self, now: float) -> None:
        """Take turns back whose claimants were silent for too long."""
        for held in self._held.values():
            if held.claim is not None and not held.ending and now - held.heard >= held.claim.seconds:
                held.told = _nobody
                held.offer.end(TurnEnd(held.claim.name, "", f"its claimant was silent for {held.claim.seconds:g} s"))

    def next_lapse(self) -> float | None:
        """When the next claimant is lost unless it is heard, in monotonic seconds."""
        return min((held.heard + held.claim.seconds for held in self._open() if held.claim is not None), default=None)

    def ended(self, task: str) -> Reply | None:
        """Forget a turn that has ended; who is to be told of that, None for nobody."""
        held = self._held.pop(task, None)
        return held.told if held is not None else None

    def _open(self) -> Iterator[_Held]:
        return (held for held in self._held.values() if held.claim is not None and not held.ending)


def _nobody(_said: Mapping[str, Any]) -> None:
    """The reply to a claimant that is silent."""
