"""The judge: a verdict on one criterion from measured evidence, and from nothing else. Pure.

    verdict = judge(demand_of("A.peak-memory", criterion, metric), candidates)

PASS needs the whole interval on the right side of the target, and FAIL the whole interval on the wrong side. Anything
else is UNPROVEN, with its reason. If several measurements count, the weakest verdict stands: FAIL, then UNPROVEN, then
PASS. So nobody gains by measuring until one fits. `docs/concepts/verdicts.md` explains it to users.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from textwrap import shorten
from typing import Final

from orchestrator.evidence import intervals
from orchestrator.evidence.demand import Demand, demand_of
from orchestrator.evidence.estimate import estimate, no_difference
from orchestrator.evidence.measurement import Measurement
from orchestrator.evidence.metric import Metric
from orchestrator.evidence.negative import negative_of
from orchestrator.evidence.numbers import compared, plus
from orchestrator.evidence.rules.rule import Estimate, Refusal
from orchestrator.evidence.sequential import cuts, first, level_of_look, planned_looks
from orchestrator.evidence.verdict import Control, NegativeControl, Outcome, Verdict, Why
from orchestrator.records import dataclass

LONGEST_METHOD: Final = 600
"""Characters of a measurement's method that a verdict repeats: how it counts its cases, and why there are fewer."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A measurement that a criterion may rest on. stale: something it was computed from has changed since."""

    task: str
    attempt: int
    measurement: Measurement
    stale: bool = False


def judge(demand: Demand, candidates: Sequence[Candidate]) -> Verdict:
    """The weakest verdict over the candidates that measure the demand's metric, with its negative control.

    UNPROVEN where there are no candidates.
    """
    name = demand.metric.name
    verdicts = [_controlled(demand, each) for each in candidates if each.measurement.metric == name]
    if not verdicts:
        none = Verdict(demand.criterion, Outcome.UNPROVEN, Why.NO_EVIDENCE, f"nobody measured {name}", demand.unit)
        return replace(none, negative=_negative(demand, None))
    return min(verdicts, key=lambda verdict: WEAKEST_FIRST.index(verdict.outcome))


def wants_more(demand: Demand, measurement: Measurement) -> bool:
    """Whether more samples are to be taken: the criterion allows them, has not as many, and they could decide it."""
    if demand.max_samples is None or not 0 < measurement.size < demand.max_samples:
        return False
    verdict = _judge_one(demand, Candidate("", 0, measurement))
    failed_control = verdict.why is Why.CONTROL_FAILED and verdict.control_low is not None
    return failed_control or verdict.why in {Why.INCONCLUSIVE, Why.TOO_FEW_SAMPLES}


def summarise(metric: Metric, measurement: Measurement, level: float = 0.95) -> Estimate | Refusal:
    """The value and interval of a measurement in its metric's unit, for figures that no criterion asks for."""
    return estimate(metric, measurement, metric.unit, level, intervals.seed_of(metric.name))


WEAKEST_FIRST: Final = (Outcome.FAIL, Outcome.UNPROVEN, Outcome.PASS)


def _controlled(demand: Demand, candidate: Candidate) -> Verdict:
    """The verdict beside its negative control; what cannot tell the two apart proves nothing."""
    verdict = replace(_judge_one(demand, candidate), artifacts=candidate.measurement.artifacts)
    negative = _negative(demand, candidate.measurement)
    if verdict.outcome is Outcome.PASS and negative.outcome is Outcome.PASS:
        detail = f"{negative.detail} passes as well, so the check cannot tell"
        return replace(verdict, outcome=Outcome.UNPROVEN, why=Why.NEGATIVE_CONTROL, detail=detail, negative=negative)
    return replace(verdict, negative=negative)


def _negative(demand: Demand, measurement: Measurement | None) -> NegativeControl:
    if demand.lacking:
        return NegativeControl(Control.EMPTY, Outcome.UNPROVEN, Why.TOO_FEW_RUNS, "no target to hold it against")
    control, planned, told = negative_of(demand, measurement)
    if planned is None:
        return NegativeControl(control, Outcome.UNPROVEN, Why.NO_EVIDENCE, told)
    lenient = replace(demand, samples=1, expect=None, max_samples=None)
    found = _judge_whole(lenient, Candidate("", 0, planned))
    return NegativeControl(control, found.outcome, found.why, told, found.value, found.low, found.high)


def _judge_one(demand: Demand, candidate: Candidate) -> Verdict:
    """At every look that is due; the first that decides stands."""
    if demand.max_samples is None:
        return _judge_whole(demand, candidate)
    measurement = candidate.measurement
    looks = planned_looks(demand.samples, demand.max_samples)
    each = replace(demand, level=level_of_look(demand.level, looks))
    due = cuts(measurement.batches or (measurement.size,), demand.samples, demand.max_samples)
    verdict = replace(_judge_whole(each, candidate), look=len(due), looks=looks)
    if verdict.value is None:  # stale, not a number, a wrong unit: no look can mend it
        return verdict
    for look, n in enumerate(due, 1):
        seen = replace(candidate, measurement=first(measurement, n))
        verdict = replace(_judge_whole(each, seen), look=look, looks=looks)
        if verdict.outcome is not Outcome.UNPROVEN:
            return verdict
    return verdict


def _judge_whole(demand: Demand, candidate: Candidate) -> Verdict:
    """All samples at once."""
    measurement = candidate.measurement
    if candidate.stale:
        return _unproven(demand, candidate, Refusal(Why.STALE, "an artifact that it was computed from has changed"))
    found = estimate(demand.metric, measurement, demand.unit, demand.level, intervals.seed_of(demand.criterion))
    if isinstance(found, Refusal):
        return _unproven(demand, candidate, found)
    outcome, why, reason = _weigh(demand, measurement, found)
    control_low, control_high = found.control or (None, None)
    return Verdict(
        criterion=demand.criterion,
        outcome=outcome,
        why=why,
        detail=_detail(demand, found, reason),
        unit=demand.unit,
        value=found.value,
        low=found.low,
        high=found.high,
        level=demand.level,
        samples=found.n,
        cases=measurement.cases,
        control_low=control_low,
        control_high=control_high,
        task=candidate.task,
        attempt=candidate.attempt,
    )


def _weigh(demand: Demand, measurement: Measurement, found: Estimate) -> tuple[Outcome, Why, str]:
    if demand.lacking:
        return Outcome.UNPROVEN, Why.TOO_FEW_RUNS, demand.lacking
    if (short := _short(demand, measurement, found)) is not None:
        return Outcome.UNPROVEN, *short
    outcome = RULES[demand.operator](demand, found)
    if outcome is Outcome.PASS and (wide := _wide_control(demand, found)):
        return Outcome.UNPROVEN, Why.CONTROL_FAILED, wide
    return outcome, WHY[outcome], SENTENCE[outcome]


def _short(demand: Demand, measurement: Measurement, found: Estimate) -> tuple[Why, str] | None:
    """What is missing before the target is looked at."""
    cases = measurement.cases
    if found.n < demand.samples:
        return Why.TOO_FEW_SAMPLES, f"{found.n} of the {demand.samples} samples that it demands"
    if cases == 0:
        return Why.TOO_FEW_CASES, "nothing was examined"
    if demand.expect is not None and (cases is None or cases < demand.expect):
        counted = shorten(measurement.method, LONGEST_METHOD, placeholder=" ...")
        reason = f"{cases or 0} of the {demand.expect} cases that it expects were examined" + (
            counted and f": {counted}"
        )
        return Why.TOO_FEW_CASES, reason
    if found.control_failed:
        return Why.CONTROL_FAILED, found.control_failed
    if not math.isfinite(demand.target):
        return Why.NOT_A_NUMBER, "the target is not a finite number"
    return None


def _wide_control(demand: Demand, found: Estimate) -> str:
    """Why the control shows too little to believe a PASS, empty where it shows enough.

    It may be as wide as the effect only where all of it meets the target by itself ("no more than 5 % slower").
    """
    if found.control is None:
        return ""
    low, high = found.control
    effect = abs(found.value - no_difference(demand.metric.form))
    alone = replace(found, low=low, high=high, values=())
    if high - low < effect or RULES[demand.operator](demand, alone) is Outcome.PASS:
        return ""
    return (
        f"the baseline against itself comes to {low:.4g} to {high:.4g} {demand.unit}, "
        f"as wide as the effect of {effect:.4g} {demand.unit}"
    )


def _equal(demand: Demand, found: Estimate) -> Outcome:
    low, high = _sides(demand, found)
    holds = low <= 0 <= high
    if demand.tolerance is None:
        values = found.values or (found.low, found.high)
        if all(compared(value, demand.target) == 0 for value in values):
            return Outcome.PASS
        return Outcome.FAIL if found.values or not holds else Outcome.UNPROVEN
    if not holds:
        return Outcome.FAIL
    least, most = plus(demand.target, -demand.tolerance), plus(demand.target, demand.tolerance)
    within = compared(found.low, least) >= 0 and compared(found.high, most) <= 0
    return Outcome.PASS if within else Outcome.UNPROVEN


def _sides(demand: Demand, found: Estimate) -> tuple[int, int]:
    """How the interval's ends lie to the target: -1 below it, 0 at it, 1 above it."""
    return compared(found.low, demand.target), compared(found.high, demand.target)


def _holds(operator: str) -> Callable[[Demand, Estimate], Outcome]:
    """The rule of an operator that has two sides: met by both ends, missed by both, or neither."""
    meets = MEETS[operator]

    def rule(demand: Demand, found: Estimate) -> Outcome:
        ends = [meets(side) for side in _sides(demand, found)]
        return _sided(met=all(ends), missed=not any(ends))

    return rule


def _sided(*, met: bool, missed: bool) -> Outcome:
    if met:
        return Outcome.PASS
    return Outcome.FAIL if missed else Outcome.UNPROVEN


MEETS: Final[dict[str, Callable[[int], bool]]] = {
    ">=": lambda side: side >= 0,
    "<=": lambda side: side <= 0,
    ">": lambda side: side > 0,
    "<": lambda side: side < 0,
}
"""Whether a value on that side of the target meets it."""

RULES: Final[dict[str, Callable[[Demand, Estimate], Outcome]]] = {each: _holds(each) for each in MEETS} | {"==": _equal}
WHY: Final = {Outcome.PASS: Why.MET, Outcome.FAIL: Why.MISSED, Outcome.UNPROVEN: Why.INCONCLUSIVE}
SENTENCE: Final = {
    Outcome.PASS: "the whole interval meets the target",
    Outcome.FAIL: "the whole interval misses the target",
    Outcome.UNPROVEN: "the interval reaches over the target; more samples may decide",
}


def _detail(demand: Demand, found: Estimate, reason: str) -> str:
    reason = f"{reason} ({found.told})" if found.told else reason
    reason = f"{reason}; the target is {demand.rests_on}" if demand.rests_on else reason
    if found.spread is None:
        return reason
    low, high = found.spread
    told = f"exact, so the mean over {found.n} inputs decides; over inputs it spreads {low:.4g} to {high:.4g}"
    return f"{reason} ({told} {demand.unit} at {100 * demand.level:g} %)"


def _unproven(demand: Demand, candidate: Candidate, refusal: Refusal) -> Verdict:
    return Verdict(
        criterion=demand.criterion,
        outcome=Outcome.UNPROVEN,
        why=refusal.why,
        detail=refusal.detail,
        unit=demand.unit,
        samples=refusal.n,
        cases=candidate.measurement.cases,
        task=candidate.task,
        attempt=candidate.attempt,
    )


__all__ = ["Candidate", "Demand", "demand_of", "judge", "summarise", "wants_more"]
