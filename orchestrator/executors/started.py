"""How an attempt's first process ended, as far as its starter knows."""

from orchestrator.records import dataclass


@dataclass(frozen=True, slots=True)
class Ended:
    """exit_code: negative for a signal. cpu: user and system seconds of the process and all that it waited for.

    left: pids of what it left running, None if that is not known and must be searched for. errno: why it could not be
    started, 0 if it was.
    """

    exit_code: int
    cpu: float
    left: frozenset[int] | None
    errno: int = 0
