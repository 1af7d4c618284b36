"""Targets that rest on what earlier runs measured: `>= 0.97 x median(last 20)`. Pure.

The values are read when a run starts and recorded in its journal. So its verdicts can be computed again without the
other runs.
"""

import math
from collections.abc import Sequence
from statistics import median

from orchestrator.evidence.numbers import spelled
from orchestrator.evidence.units import UnitError, convert
from orchestrator.records import dataclass


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier run came to on the same criterion. value: in `unit`."""

    criterion: str
    run: str
    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Relative:
    """A target as a share of earlier runs: factor times the median of the last so many."""

    factor: float
    last: int

    def __str__(self) -> str:
        return f"{spelled(self.factor)} x median(last {self.last})"


@dataclass(frozen=True, slots=True)
class Resolved:
    """The target that history gives. value: NaN where there is too little. told: what it rests on. lacking: why
    there is none.
    """

    value: float
    told: str = ""
    lacking: str = ""


def resolve(relative: Relative, earlier: Sequence[Earlier], unit: str) -> Resolved:
    """The target in `unit`. earlier: in the order of the runs; those in a unit of another kind count for nothing."""
    values = [(one.run, value) for one in earlier if (value := value_in(one, unit)) is not None][-relative.last :]
    if len(values) < relative.last:
        return Resolved(math.nan, lacking=f"{len(values)} of the {relative.last} earlier runs that its target rests on")
    middle = median(value for _, value in values)
    told = (
        f"{spelled(relative.factor)} x {middle:.6g} {unit}, the median of the last {relative.last} runs, "
        f"{values[0][0]} to {values[-1][0]}"
    )
    return Resolved(relative.factor * middle, told)


def value_in(one: Earlier, unit: str) -> float | None:
    """Its value in the unit; None if that has another dimension, or the value is not a number."""
    try:
        value = convert(one.value, one.unit, unit)
    except UnitError:
        return None
    return value if math.isfinite(value) else None
