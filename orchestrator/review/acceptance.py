"""Which values a criterion accepts, as an interval, so that "asks for less" is "accepts what was refused before"."""

import math
from dataclasses import dataclass

from orchestrator.evidence.units import compatible, convert
from orchestrator.plan.model import Criterion
from orchestrator.plan.values import Operator


@dataclass(frozen=True, slots=True)
class Accepted:
    """The values from low to high; open_low, open_high: whether the ends themselves are left out."""

    low: float
    high: float
    open_low: bool = False
    open_high: bool = False

    def within(self, other: "Accepted") -> bool:
        """Whether `other` accepts every value that this does."""
        low = other.low < self.low or (other.low == self.low and (self.open_low or not other.open_low))
        high = other.high > self.high or (other.high == self.high and (self.open_high or not other.open_high))
        return low and high


def accepted(criterion: Criterion, unit: str) -> Accepted:
    """What the target accepts, in `unit`. Raises UnitError where the units do not measure the same thing."""
    value = convert(criterion.target.value, criterion.target.unit, unit)
    match criterion.target.operator:
        case Operator.AT_LEAST:
            return Accepted(value, math.inf)
        case Operator.ABOVE:
            return Accepted(value, math.inf, open_low=True)
        case Operator.AT_MOST:
            return Accepted(-math.inf, value)
        case Operator.BELOW:
            return Accepted(-math.inf, value, open_high=True)
        case Operator.EQUAL:
            width = convert(criterion.tolerance or 0.0, criterion.target.unit, unit)
            return Accepted(value - width, value + width)


def loosened_target(old: Criterion, new: Criterion) -> str:
    """Why the new target asks for less than the old one; empty where every value that it accepts was accepted before."""
    if not compatible(old.target.unit, new.target.unit):
        return f"{new.target.unit} does not measure what {old.target.unit} does"
    unit = old.target.unit
    if accepted(new, unit).within(accepted(old, unit)):
        return ""
    return "it accepts values that were refused before"
