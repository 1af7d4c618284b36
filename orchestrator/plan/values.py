"""Values that a plan writes as text: durations and targets."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

ParamValue = str | int | float | bool | list[str | int | float | bool]


class Operator(StrEnum):
    """How a value is held against its target."""

    AT_LEAST = ">="
    AT_MOST = "<="
    ABOVE = ">"
    BELOW = "<"
    EQUAL = "=="


@dataclass(frozen=True, slots=True)
class TargetValue:
    """`>= 25 %`: operator, number and unit."""

    operator: Operator
    value: float
    unit: str


Duration = Annotated[float, "seconds; read from 45s, 5m, 2h, 1h30m"]
Target = Annotated[TargetValue, "read from '>= 25 %'"]
