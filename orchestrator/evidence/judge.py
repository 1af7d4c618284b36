"""The judge: a verdict on one criterion from measured evidence, and from nothing else. Pure.

    verdict = judge(demand_of("A.peak-memory", criterion, metric), candidates)

PASS needs the whole interval on the right side of the target, FAIL the whole interval on the wrong side; anything
else is UNPROVEN with its reason. Where several measurements count, the weakest verdict stands: FAIL, then UNPROVEN,
then PASS, so that nothing is gained by measuring until one fits. `docs/verdicts.md` tells it to people.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from orchestrator.evidence import intervals
from orchestrator.evidence.estimate import Estimate, Refusal, estimate
from orchestrator.evidence.measurement import Measurement
from orchestrator.evidence.metric import Metric
from orchestrator.evidence.verdict import Outcome, Verdict, Why


class TargetLike(Protocol):
    """`>= 25 %`: `orchestrator.plan.values.TargetValue`, which lies above this layer."""

    @property
    def operator(self) -> str:
        """One of >= <= > < ==."""

    @property
    def value(self) -> float:
        """In `unit`."""

    @property
    def unit(self) -> str:
        """Of the target, and so of the verdict."""


class CriterionLike(Protocol):
    """What the judge needs of a criterion: `orchestrator.plan.model.Criterion`, which lies above this layer."""

    @property
    def target(self) -> TargetLike:
        """What the value is held against."""

    @property
    def samples(self) -> int:
        """The fewest that can prove it."""

    @property
    def expect(self) -> int | None:
        """The fewest cases that must have been examined, or None."""

    @property
    def tolerance(self) -> float | None:
        """With ==: the half-width, in the target's unit, that the interval must stay within."""

    @property
    def level(self) -> float:
        """Confidence of the interval."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What one criterion asks for.

    criterion: its full id, "A.peak-memory". operator: one of >= <= > < ==. target, tolerance: in `unit`.
    samples, expect: the fewest samples and cases that can prove it. level: confidence of the interval.
    """

    criterion: str
    metric: Metric
    operator: str
    target: float
    unit: str
    samples: int = 1
    expect: int | None = None
    tolerance: float | None = None
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class Candidate:
    """A measurement that a criterion may rest on. stale: something it was computed from has changed since."""

    task: str
    attempt: int
    measurement: Measurement
    stale: bool = False


def demand_of(criterion_id: str, criterion: CriterionLike, metric: Metric) -> Demand:
    """The demand of a plan's criterion on `metric`."""
    target = criterion.target
    return Demand(
        criterion=criterion_id,
        metric=metric,
        operator=str(target.operator),
        target=target.value,
        unit=target.unit,
        samples=criterion.samples,
        expect=criterion.expect,
        tolerance=criterion.tolerance,
        level=criterion.level,
    )


def judge(demand: Demand, candidates: Sequence[Candidate]) -> Verdict:
    """The weakest verdict over the candidates that measure the demand's metric; UNPROVEN where there are none."""
    name = demand.metric.name
    verdicts = [_judge_one(demand, each) for each in candidates if each.measurement.metric == name]
    if not verdicts:
        return Verdict(demand.criterion, Outcome.UNPROVEN, Why.NO_EVIDENCE, f"nobody measured {name}", demand.unit)
    return min(verdicts, key=lambda verdict: WEAKEST_FIRST.index(verdict.outcome))


def summarise(metric: Metric, measurement: Measurement, level: float = 0.95) -> Estimate | Refusal:
    """The value and interval of a measurement in its metric's unit, for figures that no criterion asks for."""
    return estimate(metric, measurement, metric.unit, level, intervals.seed_of(metric.name))


WEAKEST_FIRST: Final = (Outcome.FAIL, Outcome.UNPROVEN, Outcome.PASS)


def _judge_one(demand: Demand, candidate: Candidate) -> Verdict:
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
    cases = measurement.cases
    if found.n < demand.samples:
        return Outcome.UNPROVEN, Why.TOO_FEW_SAMPLES, f"{found.n} of the {demand.samples} samples that it demands"
    if demand.expect is not None and (cases is None or cases < demand.expect):
        reason = f"{cases or 0} of the {demand.expect} cases that it expects were examined"
        return Outcome.UNPROVEN, Why.TOO_FEW_CASES, reason
    if found.control_failed:
        return Outcome.UNPROVEN, Why.CONTROL_FAILED, found.control_failed
    if not math.isfinite(demand.target):
        return Outcome.UNPROVEN, Why.NOT_A_NUMBER, "the target is not a finite number"
    outcome = RULES[demand.operator](demand, found)
    return outcome, WHY[outcome], SENTENCE[outcome]


def _equal(demand: Demand, found: Estimate) -> Outcome:
    holds = found.low <= demand.target <= found.high
    if demand.tolerance is None:
        values = found.values or (found.low, found.high)
        if all(math.isclose(value, demand.target, rel_tol=1e-12) for value in values):
            return Outcome.PASS
        return Outcome.FAIL if found.values or not holds else Outcome.UNPROVEN
    if not holds:
        return Outcome.FAIL
    within = demand.target - demand.tolerance <= found.low and found.high <= demand.target + demand.tolerance
    return Outcome.PASS if within else Outcome.UNPROVEN


def _sided(*, met: bool, missed: bool) -> Outcome:
    if met:
        return Outcome.PASS
    return Outcome.FAIL if missed else Outcome.UNPROVEN


RULES: Final[dict[str, Callable[[Demand, Estimate], Outcome]]] = {
    ">=": lambda demand, found: _sided(met=found.low >= demand.target, missed=found.high < demand.target),
    "<=": lambda demand, found: _sided(met=found.high <= demand.target, missed=found.low > demand.target),
    ">": lambda demand, found: _sided(met=found.low > demand.target, missed=found.high <= demand.target),
    "<": lambda demand, found: _sided(met=found.high < demand.target, missed=found.low >= demand.target),
    "==": _equal,
}
WHY: Final = {Outcome.PASS: Why.MET, Outcome.FAIL: Why.MISSED, Outcome.UNPROVEN: Why.INCONCLUSIVE}
SENTENCE: Final = {
    Outcome.PASS: "the whole interval meets the target",
    Outcome.FAIL: "the whole interval misses the target",
    Outcome.UNPROVEN: "the interval reaches over the target; more samples may decide",
}


def _detail(demand: Demand, found: Estimate, reason: str) -> str:
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
