"""What a rule is, what it gives, and what all rules ask of their data."""

from collections.abc import Callable, Sequence
from typing import Any

from orchestrator.evidence.intervals import Interval
from orchestrator.evidence.measurement import Comparison, Measurement, Samples, Trend
from orchestrator.evidence.packed import finite
from orchestrator.evidence.verdict import Why
from orchestrator.records import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its interval, all in `unit`, from `n` samples (pairs, for a comparison; points, for a trend).

    values: the derived value of each sample, empty for a trend. spread: for an exact comparison over several inputs,
    the interval of the mean over inputs, which is told but does not decide. control: the A/A control's interval.
    told: what a reader must know of the data, empty where there is nothing: samples pasted, no spread.
    """

    value: float
    low: float
    high: float
    n: int
    unit: str
    values: tuple[float, ...] = ()
    spread: tuple[float, float] | None = None
    control: tuple[float, float] | None = None
    control_failed: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a measurement gives no value; n is how many samples there were."""

    why: Why
    detail: str
    n: int = 0


class Refused(Exception):  # noqa: N818 - carries a Refusal out of a rule; never leaves `estimate`
    """A rule cannot make a value of its data."""

    def __init__(self, why: Why, detail: str, n: int) -> None:
        super().__init__(detail)
        self.refusal = Refusal(why, detail, n)


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule of one form.

    data: the kind of data that it takes. word: what a report calls its value. derive: from data, level and seed to an
    estimate in the unit that `unit` gives for the measurement; raises Refused. recorded: the unit in which its data
    must be, None for the metric's. pair: of a comparison, the value of one pair of treatment and baseline. equal: what
    two equal arms come to. guessed: whether it stands for data of its kind and unit of which no metric is known.
    scattered: whether its points in any other order must not pass, as for what says how well a line fits.
    """

    data: type[Samples | Comparison | Trend]
    word: str
    derive: Callable[[Any, float, int], Estimate]
    unit: Callable[[Measurement], str]
    recorded: str | None = None
    pair: Callable[[float, float], float] | None = None
    equal: float = 0.0
    guessed: bool = True
    scattered: bool = False


def demand_numbers(noun: str, values: Sequence[float], n: int | None = None) -> None:
    """Raises Refused where there are none, or one is not finite."""
    count = len(values) if n is None else n
    if not values:
        raise Refused(Why.TOO_FEW_SAMPLES, f"no {noun} was recorded", 0)
    if not finite(values):
        raise Refused(Why.NOT_A_NUMBER, f"a {noun} is not a finite number", count)


def estimated(span: Interval, values: tuple[float, ...], n: int | None = None) -> Estimate:
    """An estimate without control. values: of each sample."""
    return Estimate(span.value, span.low, span.high, len(values) if n is None else n, "", values)
