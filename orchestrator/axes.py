"""Axes for figures of any size. They give a chart library values that are neither huge nor tiny, and never so close
together that its scale has no steps.

Libraries go from one mark of a scale to the next by adding a step. A step below the last digit of the values adds
nothing, and they loop forever. Beyond 1e300 the sum overflows. So values are drawn as multiples of a power of ten, and
a scale is never narrower than a millionth of its values.
"""

import math
from collections.abc import Iterable
from typing import Final

from orchestrator.records import dataclass

SMALLEST, LARGEST = 1e-6, 1e12
"""Between these, a largest value is drawn as it is."""
NARROWEST: Final = 1e-6
"""Of a scale, as a part of its largest value."""


@dataclass(frozen=True, slots=True)
class Axis:
    """exponent: values are drawn divided by ten to it. low, high: the ends, as drawn. widened: whether they are
    further apart than the values.
    """

    exponent: int = 0
    low: float = 0.0
    high: float = 1.0
    widened: bool = True

    def at(self, value: float) -> float:
        """The value as drawn. Two divisions, as ten to the full exponent may be no float."""
        half = self.exponent // 2
        return value / 10.0**half / 10.0 ** (self.exponent - half) if self.exponent else float(value)

    def titled(self, unit: str) -> str:
        """The axis's title: the unit, and the power of ten where there is one."""
        return f"{unit}, times 1e{self.exponent}" if self.exponent else unit


def axis_over(values: Iterable[float], *, from_zero: bool = False) -> Axis:
    """The axis for all finite values. from_zero: it includes zero, where bars begin."""
    finite = [float(value) for value in values if math.isfinite(value)]
    if not finite:
        return Axis()
    most = max(map(abs, finite))
    exponent = 0 if most == 0 or SMALLEST <= most < LARGEST else math.floor(math.log10(most))
    drawn = [Axis(exponent).at(value) for value in (min(finite), max(finite))]
    low, high = (min(0.0, drawn[0]), max(0.0, drawn[1])) if from_zero else drawn
    least = NARROWEST * max(abs(low), abs(high)) or 1.0
    if high - low >= least:
        return Axis(exponent, low, high, widened=False)
    return Axis(exponent, low - least, high + least)
