"""Two paired arms with an A/A control: the median over the pairs, or the mean if the arms are exact."""

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from orchestrator.evidence import intervals, numbers
from orchestrator.evidence.degenerate import repeated_arm
from orchestrator.evidence.intervals import Interval
from orchestrator.evidence.measurement import Comparison
from orchestrator.evidence.packed import finite
from orchestrator.evidence.packed import numbers as many
from orchestrator.evidence.rules.rule import Estimate, Refused, Rule, demand_numbers, estimated
from orchestrator.evidence.units import dimension
from orchestrator.evidence.verdict import Why

NO_CONTROL: Final = (
    "no control (A/A) arm was recorded; only what the plan or its runner declares exact, and holds no time, needs none"
)
Pair = Callable[[float, float], float]


def _reduction(treatment: float, baseline: float) -> float:
    return 0.0 - numbers.percent_of_change(treatment, baseline)


def _speedup(treatment: float, baseline: float) -> float:
    return math.nan if treatment == 0.0 else numbers.ratio(baseline, treatment)


def of_pairs(pair: Pair, treatment: Sequence[float], baseline: Sequence[float]) -> tuple[float, ...]:
    """The value of every pair; one that has none becomes NaN."""

    def one(treated: float, base: float) -> float:
        usual = base > 0.0 and treated >= 0.0 and math.isfinite(treated) and math.isfinite(base)
        return pair(treated, base) if usual else math.nan

    return many([one(t, b) for t, b in zip(treatment, baseline, strict=True)])


def _compared(pair: Pair, data: Comparison, level: float, seed: int, equal: float = 0.0) -> Estimate:
    _check_arms(data)
    values = of_pairs(pair, data.treatment, data.baseline)
    demand_numbers("pair", values)
    control, failed = _control(pair, equal, data, level, seed)
    if not data.exact:
        plain = estimated(intervals.of_median(values, level, seed), values)
        return _with_control(plain, None, control, failed)
    mean = intervals.of_mean(values, level, seed)
    spread = (mean.low, mean.high) if len(values) > 1 else None
    return _with_control(estimated(Interval(mean.value, mean.value, mean.value), values), spread, control, failed)


def _compared_times(data: Comparison, level: float, seed: int) -> Estimate:
    if data.treatment and len(data.treatment) == len(data.baseline) and dimension(data.arm_unit) != "time":
        detail = f"a speed-up compares durations; its arms are in {data.arm_unit}"
        raise Refused(Why.WRONG_UNIT, detail, len(data.treatment))
    return _compared(_speedup, data, level, seed, equal=1.0)


def _check_arms(data: Comparison) -> None:
    n = min(len(data.treatment), len(data.baseline))
    demand_numbers("pair", data.treatment + data.baseline + data.control, n)
    if len(data.treatment) != len(data.baseline):
        detail = f"the arms are not paired: {len(data.treatment)} and {len(data.baseline)} values"
        raise Refused(Why.TOO_FEW_SAMPLES, detail, n)


def _control(
    pair: Pair, equal: float, data: Comparison, level: float, seed: int
) -> tuple[tuple[float, float] | None, str]:
    if not data.control:
        return None, "" if data.exact else NO_CONTROL
    if len(data.control) != len(data.baseline):
        return None, f"the control has {len(data.control)} values for {len(data.baseline)} pairs"
    values = of_pairs(pair, data.control, data.baseline)
    if not finite(values):
        return None, "the control is not a number"
    span = intervals.of_median(values, level, seed)
    if not span.low <= equal <= span.high:
        return (span.low, span.high), "the baseline against itself shows a difference"
    return (span.low, span.high), "" if data.exact else repeated_arm(data)


def _with_control(
    plain: Estimate,
    spread: tuple[float, float] | None,
    control: tuple[float, float] | None,
    failed: str,
) -> Estimate:
    return Estimate(
        plain.value, plain.low, plain.high, plain.n, plain.unit, plain.values, spread, control, failed,
    )  # fmt: skip


def _percent(word: str, pair: Pair, *, guessed: bool) -> Rule:
    return Rule(Comparison, word, partial(_compared, pair), lambda _: "%", pair=pair, guessed=guessed)


REDUCTION: Final = _percent("reduction", _reduction, guessed=False)
INCREASE: Final = _percent("change", numbers.percent_of_change, guessed=True)
SPEEDUP: Final = Rule(Comparison, "speed-up", _compared_times, lambda _: "x", pair=_speedup, equal=1.0)
