"""Verdicts: PASS, FAIL or UNPROVEN, with the figures behind them."""

from dataclasses import field
from enum import StrEnum
from typing import Never

from orchestrator.evidence.metric import LATE
from orchestrator.records import dataclass


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
    TOO_FEW_RUNS = "too few earlier runs"
    INCONCLUSIVE = "inconclusive"
    CONTROL_FAILED = "control failed"
    NEGATIVE_CONTROL = "negative control passed"
    NOT_A_NUMBER = "not a number"
    WRONG_UNIT = "wrong unit"
    STALE = "stale"
    MEASURED_AGAIN = "measured again"
    CONTRACT_LOOSENED = "contract loosened"


class Control(StrEnum):
    """What a criterion's negative control is: evidence of a deliverable that must not pass.

    UNCHANGED: the baseline in the treatment's place. BROKEN: the runner's own check on something known to be bad.
    PLANTED: the points with a slope beyond the target in place of theirs. SHUFFLED: the points' y in another order.
    EMPTY: nothing measured, and nothing found because nothing was examined.
    """

    UNCHANGED = "unchanged"
    BROKEN = "broken"
    PLANTED = "planted"
    SHUFFLED = "shuffled"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class NegativeControl:
    """How the criterion judges what must not pass. outcome PASS: it cannot tell, and so proves nothing.

    value, low, high: in the target's unit, None where there is nothing to compute. detail: what was judged.
    """

    control: Control
    outcome: Outcome
    why: Why
    detail: str
    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """What an attempt measured of the criterion's metric that does not stand as its task's result.

    ended: how the attempt ended, or why it stands no more. ignored: why it does not count, empty where it does.
    samples: how many it recorded. value, low, high: in the verdict's unit, None where it recorded nothing that can be
    used.
    """

    task: str
    attempt: int
    ended: str
    ignored: str
    samples: int
    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one criterion came to.

    criterion: "A.peak-memory". value, low, high: in `unit`, the target's unit; None where nothing could be computed.
    level: confidence of the interval. samples: how many there were. cases: how many were examined, if counted.
    control_low, control_high: the A/A control's interval in the same unit, None without one.
    task, attempt: whose evidence it is. detail: one sentence for people.
    look, looks: at which of how many allowed looks at a growing sample it was decided; 0 where only one is allowed.
    `level` and `samples` are those of that look. artifacts: files that the figure was computed from.
    negative: the negative control, None in journals of versions that had none.
    draws: what else was measured of the metric in the run, by attempts that do not stand.
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
    look: int = 0
    looks: int = 0
    artifacts: tuple[str, ...] = ()
    negative: NegativeControl | None = None
    draws: tuple[Drawn, ...] = field(default=(), metadata=LATE)

    def __bool__(self) -> Never:
        """A verdict has no truth value, so that UNPROVEN can never pass for True."""
        raise TypeError("a Verdict has no truth value; compare verdict.outcome with Outcome.PASS")
