"""The values that a target accepts, as an interval. A target asks for less if it accepts what the other refuses."""

import math

from orchestrator.evidence.numbers import compared, plus
from orchestrator.evidence.units import convert
from orchestrator.plan.values import Operator, TargetValue
from orchestrator.records import dataclass


@dataclass(frozen=True, slots=True)
class Accepted:
    """The values from low to high; open_low, open_high: whether the ends themselves are left out."""

    low: float
    high: float
    open_low: bool = False
    open_high: bool = False

    def within(self, other: "Accepted") -> bool:
        """Whether `other` accepts every value that this does."""
        below, above = compared(other.low, self.low), compared(other.high, self.high)
        low = below < 0 or (below == 0 and (self.open_low or not other.open_low))
        high = above > 0 or (above == 0 and (self.open_high or not other.open_high))
        return low and high


def accepted(target: TargetValue, tolerance: float | None, unit: str) -> Accepted:
    """What the target accepts, in `unit`. Raises UnitError where the units do not measure the same thing."""
    value = convert(target.value, target.unit, unit)
    match target.operator:
        case Operator.AT_LEAST:
            return Accepted(value, math.inf)
        case Operator.ABOVE:
            return Accepted(value, math.inf, open_low=True)
        case Operator.AT_MOST:
            return Accepted(-math.inf, value)
        case Operator.BELOW:
            return Accepted(-math.inf, value, open_high=True)
        case Operator.EQUAL:
            width = convert(tolerance or 0.0, target.unit, unit)
            return Accepted(plus(value, -width), plus(value, width))
