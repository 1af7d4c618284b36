"""Why an attempt failed, and what is left of it."""

from dataclasses import field
from enum import StrEnum

from orchestrator.evidence.measurement import Measurement
from orchestrator.evidence.metric import LATE
from orchestrator.records import dataclass


class Cause(StrEnum):
    """Why an attempt failed."""

    EXIT = "exit"  # the program or runner ended with an exit code other than 0
    EXCEPTION = "exception"  # the runner raised
    SIGNAL = "signal"  # its process was killed
    TIMEOUT = "timeout"
    LOST = "lost"  # it ended without reporting that it was done
    EVIDENCE = "evidence"  # what it reported could not be used
    SPAWN = "spawn"  # it could not be started
    BUDGET = "budget"  # nothing was left to begin its turn with
    ROUNDS = "rounds"  # its last round was judged and not accepted
    MERGE = "merge"  # a hand-in could not be joined
    REJECTED = "rejected"  # a person said no
    EXPIRED = "expired"  # no person answered in time


@dataclass(frozen=True, slots=True)
class Failure:
    """cause, and one line for people. exit_code: the process's, negative for a signal, None if there is none.

    measured: what the attempt had recorded until then. It stands beside the verdict, so that nobody drops samples by
    failing. printed: the last lines that it printed, on `stream`: stderr, or stdout where that is all there is.
    """

    cause: Cause
    message: str
    exit_code: int | None = None
    measured: tuple[Measurement, ...] = ()
    printed: tuple[str, ...] = field(default=(), metadata=LATE)
    stream: str = field(default="", metadata=LATE)
