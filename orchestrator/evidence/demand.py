"""What one criterion asks of the evidence, as plain data."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from orchestrator.evidence.history import Earlier, Relative, resolve
from orchestrator.evidence.metric import Metric
from orchestrator.records import dataclass


class TargetLike(Protocol):
    """`>= 25 %`: `orchestrator.plan.values.TargetValue`, which lies above this layer."""

    @property
    def operator(self) -> str:
        """One of >= <= > < ==."""

    @property
    def value(self) -> float:
        """The target's value, in `unit`."""

    @property
    def unit(self) -> str:
        """The unit of the target, and so of the verdict."""

    @property
    def relative(self) -> Relative | None:
        """How it follows from earlier runs, None where it is a figure of its own."""


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

    @property
    def max_samples(self) -> int | None:
        """Up to how many samples are taken while it is undecided, or None: it is judged once."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What one criterion asks for.

    criterion: its full id, "A.peak-memory". operator: one of >= <= > < ==. target, tolerance: in `unit`.
    samples, expect: the fewest samples and cases that can prove it. level: confidence of the interval.
    max_samples: up to how many samples are taken while it is undecided; None: it is judged once.
    rests_on: the earlier runs that the target comes from, in words; lacking: why they give none.
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
    max_samples: int | None = None
    rests_on: str = ""
    lacking: str = ""


def demand_of(criterion_id: str, criterion: CriterionLike, metric: Metric, earlier: Sequence[Earlier] = ()) -> Demand:
    """The demand of a plan's criterion on `metric`. earlier: what earlier runs came to, for a target that rests on
    them.
    """
    target = criterion.target
    fixed = _fixed(criterion_id, criterion, metric)
    if target.relative is None:
        return fixed
    found = resolve(target.relative, earlier, metric.unit)
    return replace(fixed, target=found.value, unit=metric.unit, rests_on=found.told, lacking=found.lacking)


def _fixed(criterion_id: str, criterion: CriterionLike, metric: Metric) -> Demand:
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
        max_samples=criterion.max_samples,
    )
