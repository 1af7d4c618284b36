"""Points (x, y): the least-squares line through them, or how well it fits."""

from typing import Final

from orchestrator.evidence import intervals
from orchestrator.evidence.degenerate import places
from orchestrator.evidence.measurement import Measurement, Trend
from orchestrator.evidence.rules.rule import Estimate, Refused, Rule, demand_numbers, estimated
from orchestrator.evidence.verdict import Why

FEWEST_POINTS: Final = 3


def _slope(data: Trend, level: float, _seed: int) -> Estimate:
    n = _checked(data)
    return estimated(intervals.of_slope(data.x, data.y, level), (), n)


def _r_squared(data: Trend, level: float, _seed: int) -> Estimate:
    n = _checked(data)
    if min(data.y) == max(data.y):
        raise Refused(Why.NOT_A_NUMBER, "every point has the same y, so R squared is not defined", n)
    return estimated(intervals.of_r_squared(data.x, data.y, level), (), n)


def _checked(data: Trend) -> int:
    """How many points there are. Raises Refused where they make no line."""
    n = min(len(data.x), len(data.y))
    demand_numbers("point", data.x + data.y, n)
    if len(data.x) != len(data.y):
        raise Refused(Why.TOO_FEW_SAMPLES, f"{len(data.x)} x for {len(data.y)} y", n)
    if n < FEWEST_POINTS:
        raise Refused(Why.TOO_FEW_SAMPLES, f"a line needs at least {FEWEST_POINTS} points; there are {n}", n)
    if min(data.x) == max(data.x):
        raise Refused(Why.NOT_A_NUMBER, "every point has the same x, so there is no slope", n)
    if (found := places(data.x)) < FEWEST_POINTS:
        detail = (
            f"a line needs points at {FEWEST_POINTS} different x or more, at least 1 % of their range apart; these "
            f"{n} lie at {found}"
        )
        raise Refused(Why.TOO_FEW_SAMPLES, detail, found)
    return n


def _per_x(measurement: Measurement) -> str:
    points = measurement.data
    assert isinstance(points, Trend), "a trend's rule is asked about trends"
    return f"{points.y_unit}/{points.x_unit}"


SLOPE: Final = Rule(Trend, "slope", _slope, _per_x)
R_SQUARED: Final = Rule(Trend, "R squared", _r_squared, lambda _: "1", scattered=True)
