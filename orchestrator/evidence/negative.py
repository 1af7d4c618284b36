"""Negative controls: the same criterion on evidence of a deliverable that must not pass. Pure.

What such evidence is depends on the form of the metric and on what its target claims. `docs/concepts/controls.md` has
the table. It need not have the demanded numbers of samples and cases, so it cannot fail for the wrong reason.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from orchestrator.evidence.demand import Demand
from orchestrator.evidence.estimate import as_declared, derived_unit, no_difference
from orchestrator.evidence.forms import RULES
from orchestrator.evidence.intervals import seed_of
from orchestrator.evidence.measurement import Comparison, Measurement, Samples, Trend
from orchestrator.evidence.numbers import compared, plus
from orchestrator.evidence.units import UnitError, conversion
from orchestrator.evidence.verdict import Control
from orchestrator.lazy_import import LazyModule

if TYPE_CHECKING:
    import numpy as np
else:
    np = LazyModule("numpy")

Planned = tuple[Control, Measurement | None, str]
"""Which control, what is judged in the deliverable's place (None: nothing), and that in words."""

NOTHING: Final[Planned] = (Control.EMPTY, None, "nothing measured")
LARGEST: Final = 1e150
"""Products of larger figures overflow, or do not, depending on the order in which a build of numpy adds them up."""


def negative_of(demand: Demand, measurement: Measurement | None) -> Planned:
    """What must not pass this demand. measurement: what the criterion itself rests on."""
    if measurement is None:
        return NOTHING
    if measurement.negative is not None:
        values = Samples(measurement.negative.values)
        return Control.BROKEN, replace(measurement, data=values, batches=()), measurement.negative.of
    try:
        return _by_form(demand, as_declared(demand.metric, measurement))
    except (UnitError, ValueError, OverflowError, ZeroDivisionError):
        return NOTHING  # the measurement itself cannot be used, and its verdict says why


def _by_form(demand: Demand, measurement: Measurement) -> Planned:
    match measurement.data:
        case Comparison() as arms:
            return _unchanged(demand, measurement, arms)
        case Trend() as points if RULES[demand.metric.form].scattered:
            return _shuffled(measurement, points)
        case Trend() as points:
            return _planted(demand, measurement, points)
        case Samples() as samples:
            return _examined_nothing(measurement, samples)


MEETS: Final[dict[str, Callable[[float, Demand], bool]]] = {
    ">=": lambda value, demand: compared(value, demand.target) >= 0,
    ">": lambda value, demand: compared(value, demand.target) > 0,
    "<=": lambda value, demand: compared(value, demand.target) <= 0,
    "<": lambda value, demand: compared(value, demand.target) < 0,
    "==": lambda value, demand: compared(abs(plus(value, -demand.target)), demand.tolerance or 0.0) <= 0,
}


def _unchanged(demand: Demand, measurement: Measurement, arms: Comparison) -> Planned:
    """Where "no difference" meets the target, the criterion claims no harm, and an unchanged deliverable rightly
    passes.
    """
    form = demand.metric.form
    again = arms.baseline if arms.exact else arms.control
    compares = RULES[form].pair is not None
    harmless = compares and MEETS[demand.operator](no_difference(form), demand)
    if harmless or not again or not compares:
        return NOTHING
    told = (
        "the baseline in the treatment's place" if arms.exact else "the baseline's second run in the treatment's place"
    )
    return Control.UNCHANGED, replace(measurement, data=replace(arms, treatment=again), batches=()), told


def _violation(demand: Demand) -> float | None:
    """A slope that the target forbids, as far beyond it as it is from zero; None where there is no such scale."""
    target = demand.target
    if demand.operator == "==":
        return target + 2.0 * demand.tolerance if demand.tolerance else None
    away = abs(target)
    return None if away == 0.0 else target + (away if demand.operator in {"<", "<="} else -away)


def _planted(demand: Demand, measurement: Measurement, points: Trend) -> Planned:
    slope, factor = _violation(demand), conversion(demand.unit, derived_unit(demand.metric.form, measurement))
    if slope is None or len(points.x) != len(points.y) or len(points.x) < 3:
        return NOTHING
    x, y = np.asarray(points.x, dtype=np.float64), np.asarray(points.y, dtype=np.float64)
    if max(np.abs(x).max(), np.abs(y).max()) > LARGEST:
        return NOTHING
    with np.errstate(all="ignore"):  # of what is no number, or too large to reckon with, nothing is planted
        centred = x - x.mean()
        own = float(centred @ (y - y.mean())) / float(centred @ centred)
        planted = tuple((y + (slope * float(factor) - own) * x).tolist())
    if not all(map(math.isfinite, planted)):
        return NOTHING
    told = f"the same scatter about a line of slope {slope:g} {demand.unit}"
    return Control.PLANTED, replace(measurement, data=replace(points, y=planted), batches=()), told


def _shuffled(measurement: Measurement, points: Trend) -> Planned:
    order = np.random.default_rng(seed_of(f"shuffled {measurement.metric}")).permutation(len(points.y))
    mixed = tuple(points.y[place] for place in order)
    return Control.SHUFFLED, replace(measurement, data=replace(points, y=mixed), batches=()), "y in another order"


def _examined_nothing(measurement: Measurement, samples: Samples) -> Planned:
    """A check that found nothing because it examined nothing; only counts can look good that way."""
    if measurement.cases is None:
        return NOTHING
    zeros = Samples((0.0,) * max(1, len(samples.values)))
    return (
        Control.EMPTY,
        replace(measurement, data=zeros, cases=0, batches=()),
        "nothing found where nothing was examined",
    )
