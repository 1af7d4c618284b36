"""A metric is a declared quantity. A runner promises to measure it, and a criterion may set a target for it."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any, Final

from orchestrator.records import dataclass

LATE: Final[Mapping[str, Any]] = {"late": True}
"""Of a field that the journal's format got later: where it is at its default, nothing is written, as before there
was one.
"""


class Better(StrEnum):
    """Which way is an improvement; `NEITHER` for a quantity that has a right value."""

    LOWER = "lower"
    HIGHER = "higher"
    NEITHER = "neither"


class Form(StrEnum):
    """What a measurement of the metric consists of, and so how its value and interval are computed.

    SAMPLES: values of the quantity itself; the value is their median.
    PROPORTION: 1 for each trial that succeeded and 0 for each other, in the unit 1; the share of ones, with an exact
    interval.
    REDUCTION: two paired arms; 100 * (1 - treatment / baseline), in %.
    INCREASE: two paired arms; 100 * (treatment / baseline - 1), in %.
    SPEEDUP: two paired arms of seconds; baseline / treatment, in x.
    SLOPE: points (x, y); the least-squares slope, in y-unit/x-unit.
    R_SQUARED: points (x, y); the coefficient of determination of that line, in 1.
    """

    SAMPLES = "samples"
    PROPORTION = "proportion"
    REDUCTION = "reduction"
    INCREASE = "increase"
    SPEEDUP = "speedup"
    SLOPE = "slope"
    R_SQUARED = "r_squared"


@dataclass(frozen=True, slots=True)
class Metric:
    """A declared quantity.

    name: dotted, unique over all runners, e.g. "buffer.peak_memory_reduction".
    unit: of the metric's value, one that `evidence.units` knows, e.g. "%", "MiB", "ms", "MiB/GiB", "cases".
    exact: a comparison of it may be recorded as exact, without a control: its arms come out the same every time. Who
    records it cannot say so by itself, and what holds a time never is.
    """

    name: str
    unit: str
    better: Better
    form: Form = Form.SAMPLES
    description: str = ""
    exact: bool = field(default=False, metadata=LATE)
