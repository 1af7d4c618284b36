"""From a measurement to a value with its interval, or to the reason why it gives none.

Each form of metric has one rule in `DERIVATIONS`: what it makes of its data, in which unit.
`orchestrator.evidence.forms` has the kind of data.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from orchestrator.evidence import intervals, numbers
from orchestrator.evidence.degenerate import distinct, holds_time, places, repeated_arm, ties
from orchestrator.evidence.forms import DATA_OF
from orchestrator.evidence.intervals import Interval
from orchestrator.evidence.measurement import Comparison, Measurement, Samples, Trend
from orchestrator.evidence.metric import Form, Metric
from orchestrator.evidence.numbers import times
from orchestrator.evidence.packed import MANY, finite, scaled
from orchestrator.evidence.packed import numbers as many
from orchestrator.evidence.proportions import of_proportion
from orchestrator.evidence.units import UnitError, conversion, dimension
from orchestrator.evidence.verdict import Why

FEWEST_POINTS: Final = 3
TRIAL: Final = "1"
"""The unit of a proportion's trials."""
NO_CONTROL: Final = (
    "no control (A/A) arm was recorded; only what the plan or its runner declares exact, and holds no time, needs none"
)


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


class _Refused(Exception):  # noqa: N818 - carries a Refusal out of a rule; never leaves this module
    def __init__(self, why: Why, detail: str, n: int) -> None:
        super().__init__(detail)
        self.refusal = Refusal(why, detail, n)


def estimate(metric: Metric, measurement: Measurement, unit: str, level: float, seed: int) -> Estimate | Refusal:
    """The metric's value in `unit` from one measurement. Never raises for what the measurement says."""
    try:
        rule = DERIVATIONS[metric.form]
        if not isinstance(measurement.data, DATA_OF[metric.form]):
            detail = f"{metric.name} is of form {metric.form} and was recorded as {measurement.data.kind}"
            return Refusal(Why.NO_EVIDENCE, detail)
        factor = _unit_factor(metric, measurement, unit)
        once, pasted = distinct(as_declared(metric, measurement))
        found = _finite(_scaled(rule(metric.form, once.data, level, seed), factor, unit))
        if isinstance(found, Refusal):
            return replace(found, detail="; ".join(filter(None, (found.detail, pasted))))
        return replace(
            found, told="; ".join(filter(None, (pasted, ties(measurement, found.values, found.low, found.high))))
        )
    except _Refused as refused:
        return refused.refusal
    except UnitError as error:
        return Refusal(Why.WRONG_UNIT, str(error))
    except (OverflowError, ZeroDivisionError, ValueError):
        return Refusal(Why.NOT_A_NUMBER, "the arithmetic left the range of numbers")


def as_declared(metric: Metric, measurement: Measurement) -> Measurement:
    """The measurement, exact only where its metric was declared so and nothing in it holds a time: who records
    cannot decide that.
    """
    arms = measurement.data
    if not isinstance(arms, Comparison) or not arms.exact or (metric.exact and not holds_time(arms.arm_unit)):
        return measurement
    return replace(measurement, data=replace(arms, exact=False))


def derived_unit(form: Form, measurement: Measurement) -> str:
    """The unit in which the rule of `form` gives its value."""
    match measurement.data:
        case Samples():
            return TRIAL if form is Form.PROPORTION else measurement.unit
        case Comparison():
            return "x" if form is Form.SPEEDUP else "%"
        case Trend(x_unit=x_unit, y_unit=y_unit):
            return "1" if form is Form.R_SQUARED else f"{y_unit}/{x_unit}"


def no_difference(form: Form) -> float:
    """What a comparison of two equal arms comes to, in its derived unit."""
    return 1.0 if form is Form.SPEEDUP else 0.0


def pairwise(form: Form, treatment: Sequence[float], baseline: Sequence[float]) -> tuple[float, ...]:
    """The derived value of every pair, in % or x; a pair that has none becomes NaN."""
    return many([_pair(form, t, b) for t, b in zip(treatment, baseline, strict=True)])


def _pair(form: Form, treatment: float, baseline: float) -> float:
    if baseline <= 0.0 or treatment < 0.0 or (form is Form.SPEEDUP and treatment == 0.0):
        return math.nan
    if not (math.isfinite(treatment) and math.isfinite(baseline)):
        return math.nan
    if form is Form.SPEEDUP:
        return numbers.ratio(baseline, treatment)
    change = numbers.percent_of_change(treatment, baseline)
    return change if form is Form.INCREASE else 0.0 - change


def _samples(_: Form, data: Samples, level: float, seed: int) -> Estimate:
    _demand_numbers("sample", data.values)
    return _estimate(intervals.of_median(data.values, level, seed), data.values)


def _proportion(_: Form, data: Samples, level: float, __: int) -> Estimate:
    """K of n. It has no derived values: the trials are what it is made of, and none has a share by itself."""
    _demand_numbers("trial", data.values)
    n = len(data.values)
    k = sum(value == 1.0 for value in data.values)
    if k + sum(value == 0.0 for value in data.values) < n:
        raise _Refused(Why.NOT_A_NUMBER, "a trial of a proportion is 1 or 0, and another value was recorded", n)
    return _estimate(of_proportion(k, n, level), (), n)


def _comparison(form: Form, data: Comparison, level: float, seed: int) -> Estimate:
    _check_arms(form, data)
    values = pairwise(form, data.treatment, data.baseline)
    _demand_numbers("pair", values)
    control, failed = _control(form, data, level, seed)
    if not data.exact:
        plain = _estimate(intervals.of_median(values, level, seed), values)
        return _with_control(plain, None, control, failed)
    mean = intervals.of_mean(values, level, seed)
    spread = (mean.low, mean.high) if len(values) > 1 else None
    return _with_control(_estimate(Interval(mean.value, mean.value, mean.value), values), spread, control, failed)


def _check_arms(form: Form, data: Comparison) -> None:
    n = min(len(data.treatment), len(data.baseline))
    _demand_numbers("pair", data.treatment + data.baseline + data.control, n)
    if len(data.treatment) != len(data.baseline):
        detail = f"the arms are not paired: {len(data.treatment)} and {len(data.baseline)} values"
        raise _Refused(Why.TOO_FEW_SAMPLES, detail, n)
    if form is Form.SPEEDUP and dimension(data.arm_unit) != "time":
        raise _Refused(Why.WRONG_UNIT, f"a speed-up compares durations; its arms are in {data.arm_unit}", n)


def _control(form: Form, data: Comparison, level: float, seed: int) -> tuple[tuple[float, float] | None, str]:
    if not data.control:
        return None, "" if data.exact else NO_CONTROL
    if len(data.control) != len(data.baseline):
        return None, f"the control has {len(data.control)} values for {len(data.baseline)} pairs"
    values = pairwise(form, data.control, data.baseline)
    if not finite(values):
        return None, "the control is not a number"
    span = intervals.of_median(values, level, seed)
    if not span.low <= no_difference(form) <= span.high:
        return (span.low, span.high), "the baseline against itself shows a difference"
    return (span.low, span.high), "" if data.exact else repeated_arm(data)


def _trend(form: Form, data: Trend, level: float, _: int) -> Estimate:
    n = min(len(data.x), len(data.y))
    _demand_numbers("point", data.x + data.y, n)
    if len(data.x) != len(data.y):
        raise _Refused(Why.TOO_FEW_SAMPLES, f"{len(data.x)} x for {len(data.y)} y", n)
    if n < FEWEST_POINTS:
        raise _Refused(Why.TOO_FEW_SAMPLES, f"a line needs at least {FEWEST_POINTS} points; there are {n}", n)
    if min(data.x) == max(data.x):
        raise _Refused(Why.NOT_A_NUMBER, "every point has the same x, so there is no slope", n)
    if (found := places(data.x)) < FEWEST_POINTS:
        detail = (
            f"a line needs points at {FEWEST_POINTS} different x or more, at least 1 % of their range apart; these "
            f"{n} lie at {found}"
        )
        raise _Refused(Why.TOO_FEW_SAMPLES, detail, found)
    if form is Form.SLOPE:
        return _estimate(intervals.of_slope(data.x, data.y, level), (), n)
    if min(data.y) == max(data.y):
        raise _Refused(Why.NOT_A_NUMBER, "every point has the same y, so R squared is not defined", n)
    return _estimate(intervals.of_r_squared(data.x, data.y, level), (), n)


DERIVATIONS: Final[dict[Form, Callable[..., Estimate]]] = {
    Form.SAMPLES: _samples,
    Form.PROPORTION: _proportion,
    Form.REDUCTION: _comparison,
    Form.INCREASE: _comparison,
    Form.SPEEDUP: _comparison,
    Form.SLOPE: _trend,
    Form.R_SQUARED: _trend,
}


def _unit_factor(metric: Metric, measurement: Measurement, unit: str) -> Fraction:
    if metric.form is Form.PROPORTION and measurement.unit != TRIAL:
        raise UnitError(f"trials of a proportion are recorded in the unit {TRIAL}, not in {measurement.unit}")
    conversion(measurement.unit, metric.unit)  # what was recorded must be what was declared
    conversion(metric.unit, unit)
    return conversion(derived_unit(metric.form, measurement), unit)


def _demand_numbers(noun: str, values: Sequence[float], n: int | None = None) -> None:
    count = len(values) if n is None else n
    if not values:
        raise _Refused(Why.TOO_FEW_SAMPLES, f"no {noun} was recorded", 0)
    if not finite(values):
        raise _Refused(Why.NOT_A_NUMBER, f"a {noun} is not a finite number", count)


def _estimate(span: Interval, values: tuple[float, ...], n: int | None = None) -> Estimate:
    return Estimate(span.value, span.low, span.high, len(values) if n is None else n, "", values)


def _with_control(
    plain: Estimate,
    spread: tuple[float, float] | None,
    control: tuple[float, float] | None,
    failed: str,
) -> Estimate:
    return Estimate(
        plain.value, plain.low, plain.high, plain.n, plain.unit, plain.values, spread, control, failed,
    )  # fmt: skip


def _times_each(values: tuple[float, ...], factor: Fraction) -> tuple[float, ...]:
    """Each value times the factor: as written where they are few, as doubles where they are many."""
    if factor == 1:
        return values
    return scaled(values, float(factor)) if len(values) >= MANY else many([times(each, factor) for each in values])


def _scaled(raw: Estimate, factor: Fraction, unit: str) -> Estimate:
    def pair(span: tuple[float, float] | None) -> tuple[float, float] | None:
        return None if span is None else (times(span[0], factor), times(span[1], factor))

    return Estimate(
        value=times(raw.value, factor),
        low=times(raw.low, factor),
        high=times(raw.high, factor),
        n=raw.n,
        unit=unit,
        values=_times_each(raw.values, factor),
        spread=pair(raw.spread),
        control=pair(raw.control),
        control_failed=raw.control_failed,
    )


def _finite(found: Estimate) -> Estimate | Refusal:
    told = (found.value, found.low, found.high, *(found.control or ()))
    if all(map(math.isfinite, told)) and finite(found.values):
        return found
    return Refusal(Why.NOT_A_NUMBER, "the value or its interval is not a finite number", found.n)
