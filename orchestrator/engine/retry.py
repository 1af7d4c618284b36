"""Whether a failed attempt is followed by another, and when. Pure."""

from orchestrator.plan.model import Retries
from orchestrator.records import dataclass


@dataclass(frozen=True, slots=True)
class Again:
    """Another attempt, after `delay` seconds."""

    delay: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """There is no further attempt."""


def after_failure(retries: Retries, failures: int) -> Again | GiveUp:
    """What follows the `failures`-th failed attempt (from 1). Interrupted attempts are not failures, so they do not
    count.
    """
    if failures > retries.max:
        return GiveUp()
    return Again(_delay(retries, failures))


def _delay(retries: Retries, failures: int) -> float:
    try:
        return min(retries.max_delay, retries.delay * retries.backoff ** (failures - 1))
    except OverflowError:
        return retries.max_delay
