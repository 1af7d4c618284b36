"""Verdicts: PASS, FAIL or UNPROVEN, with the figures they rest on."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Never


class Outcome(StrEnum):
    """UNPROVEN is a verdict of its own: absence of evidence is neither success nor failure."""

    PASS = "PASS"  # noqa: S105 - a verdict, not a password
    FAIL = "FAIL"
    UNPROVEN = "UNPROVEN"


class Why(StrEnum):
    """The reason beside a verdict."""

    MET = "met"
    MISSED = "missed"
    NO_EVIDENCE = "no evidence"
    TOO_FEW_SAMPLES = "too few samples"
    TOO_FEW_CASES = "too few cases"
    INCONCLUSIVE = "inconclusive"
    CONTROL_FAILED = "control failed"
    NOT_A_NUMBER = "not a number"
    WRONG_UNIT = "wrong unit"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one criterion came to.

    criterion: "A.peak-memory". value, low, high: in `unit`, the target's unit; None where nothing could be computed.
    level: confidence of the interval. samples: how many there were. cases: how many were examined, if counted.
    control_low, control_high: the A/A control's interval in the same unit, None without one.
    task, attempt: whose evidence it is. detail: one sentence for people.
    """

    criterion: str
    outcome: Outcome
    why: Why
    detail: str
    unit: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    samples: int = 0
    cases: int | None = None
    control_low: float | None = None
    control_high: float | None = None
    task: str | None = None
    attempt: int | None = None

    def __bool__(self) -> Never:
        """A verdict has no truth value, so that UNPROVEN can never pass for True."""
        raise TypeError("a Verdict has no truth value; compare verdict.outcome with Outcome.PASS")
