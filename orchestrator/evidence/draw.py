"""A draw: what one attempt measured that does not stand as its task's result. Plain data."""

from collections.abc import Iterable

from orchestrator.evidence.measurement import Evidence, Measurement
from orchestrator.records import dataclass


@dataclass(frozen=True, slots=True)
class Draw:
    """What one attempt came to that does not stand.

    turn: in which start or resume of the run it was made, from 0. ended: how, in words. by_itself: it ended badly by
    its own doing, not by a signal, a time limit or an interruption, so that it may have looked at its figure first.
    measured: what it recorded.
    """

    task: str
    attempt: int
    turn: int
    ended: str
    by_itself: bool
    measured: tuple[Measurement, ...] = ()


def stood(task: str, turn: int, ended: str, attempts: Iterable[tuple[int, Evidence]]) -> tuple[Draw, ...]:
    """Draws from the evidence that counted until now, one for each attempt; none if nothing was measured."""
    return tuple(
        Draw(task, attempt, turn, ended, by_itself=False, measured=evidence.measurements)
        for attempt, evidence in attempts
        if evidence.measurements
    )
