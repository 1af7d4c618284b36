"""Turn a measurement into a value with its interval, or into the reason why it gives none.

Each form of metric has one rule (`orchestrator.evidence.forms`): what it makes of its data, in which unit.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from orchestrator.evidence.degenerate import distinct, holds_time, ties
from orchestrator.evidence.forms import RULES
from orchestrator.evidence.measurement import Comparison, Measurement
from orchestrator.evidence.metric import Form, Metric
from orchestrator.evidence.numbers import times
from orchestrator.evidence.packed import MANY, finite, scaled
from orchestrator.evidence.packed import numbers as many
from orchestrator.evidence.rules.comparison import of_pairs
from orchestrator.evidence.rules.rule import Estimate, Refusal, Refused
from orchestrator.evidence.units import UnitError, conversion
from orchestrator.evidence.verdict import Why


def estimate(metric: Metric, measurement: Measurement, unit: str, level: float, seed: int) -> Estimate | Refusal:
    """The metric's value in `unit` from one measurement. Never raises for what the measurement says."""
    try:
        rule = RULES[metric.form]
        if not isinstance(measurement.data, rule.data):
            detail = f"{metric.name} is of form {metric.form} and was recorded as {measurement.data.kind}"
            return Refusal(Why.NO_EVIDENCE, detail)
        factor = _unit_factor(metric, measurement, unit)
        once, pasted = distinct(as_declared(metric, measurement))
        found = _finite(_scaled(rule.derive(once.data, level, seed), factor, unit))
        if isinstance(found, Refusal):
            return replace(found, detail="; ".join(filter(None, (found.detail, pasted))))
        return replace(
            found, told="; ".join(filter(None, (pasted, ties(measurement, found.values, found.low, found.high))))
        )
    except Refused as refused:
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
    return RULES[form].unit(measurement)


def no_difference(form: Form) -> float:
    """What a comparison of two equal arms comes to, in its derived unit."""
    return RULES[form].equal


def pairwise(form: Form, treatment: Sequence[float], baseline: Sequence[float]) -> tuple[float, ...]:
    """The derived value of every pair, in % or x; a pair that has none becomes NaN. form: of a comparison."""
    pair = RULES[form].pair
    assert pair is not None, f"{form} compares nothing"
    return of_pairs(pair, treatment, baseline)


def _unit_factor(metric: Metric, measurement: Measurement, unit: str) -> Fraction:
    recorded = RULES[metric.form].recorded
    if recorded is not None and measurement.unit != recorded:
        raise UnitError(f"trials of a {metric.form} are recorded in the unit {recorded}, not in {measurement.unit}")
    conversion(measurement.unit, metric.unit)  # what was recorded must be what was declared
    conversion(metric.unit, unit)
    return conversion(derived_unit(metric.form, measurement), unit)


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
