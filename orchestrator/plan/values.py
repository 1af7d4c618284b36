"""Values that a plan writes as text: durations and targets."""

import math
import re
from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema

from orchestrator.evidence.history import Relative
from orchestrator.evidence.numbers import DIGITS, settled, spelled
from orchestrator.evidence.units import UnitError, parse_unit
from orchestrator.records import dataclass

ParamValue = str | int | float | bool | list[str | int | float | bool]

DURATION: Final = re.compile(
    r"(?:(?P<d>\d{1,6}(?:\.\d{1,6})?)d)?"
    r"(?:(?P<h>\d{1,6}(?:\.\d{1,6})?)h)?(?:(?P<m>\d{1,6}(?:\.\d{1,6})?)m)?(?:(?P<s>\d{1,6}(?:\.\d{1,6})?)s)?"
    r"(?:(?P<ms>\d{1,9})ms)?",
    re.ASCII,
)
TARGET: Final = re.compile(
    r"(?P<operator>[<>]=?|==)\s*(?P<value>[+-]?\d{1,40}(?:\.\d{1,40})?)(?:\s+|(?![\d.\s]))(?P<unit>\S+)", re.ASCII
)
"""The unit `1` stands apart: no digit of a number without a unit is taken for one."""
UNIT_MEND: Final = "use one of the known units, or a quotient of two, as in MiB/s; or declare it under `units:`"
RELATIVE: Final = re.compile(
    r"(?P<operator>[<>]=?)\s*(?P<factor>\d{1,6}(?:\.\d{1,6})?)\s*x\s*median\(\s*last\s+(?P<last>\d{1,4})\s*\)", re.ASCII
)
FEWEST_RUNS: Final = 10
"""Earlier runs that a target rests on: by fewer, its own scatter would be passed or failed on
(benchmarks/evidence/history.py).
"""
MOST_RUNS: Final = 1_000
SECONDS: Final = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


class Operator(StrEnum):
    """How a value is held against its target."""

    AT_LEAST = ">="
    AT_MOST = "<="
    ABOVE = ">"
    BELOW = "<"
    EQUAL = "=="


@dataclass(frozen=True, slots=True)
class TargetValue:
    """`>= 25 %`: operator, number and unit. relative: of `>= 0.97 x median(last 20)`, whose value only a run knows
    (NaN, unit "").
    """

    operator: Operator
    value: float
    unit: str
    relative: Relative | None = None

    def __str__(self) -> str:
        if self.relative is not None:
            return f"{self.operator} {self.relative}"
        return f"{self.operator} {spelled(self.value)} {self.unit}"


class ValueTextError(ValueError):
    """A text cannot be read as the value that it should be. mend: how to write it."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what)
        self.mend = mend


def parse_duration(text: object) -> float:
    """Seconds of `45s`, `5m`, `2h`, `1h30m`, `250ms`; a number without a unit is refused, except 0."""
    if isinstance(text, float | int) and not isinstance(text, bool) and text == 0:
        return 0.0
    found = DURATION.fullmatch(text) if isinstance(text, str) else None
    if found is None or not text:
        raise ValueTextError(
            f"{shown(text)} is not a duration", "write days, hours, minutes and seconds: 45s, 5m, 2h, 1h30m, 2d"
        )
    return math.fsum(float(number) * SECONDS[unit] for unit, number in found.groupdict().items() if number)


def at_least(shortest: float, what: str) -> Callable[[float], float]:
    """A check that a duration of a plan is no shorter than that many seconds. what: why not, and what to write
    instead.
    """

    def check(seconds: float) -> float:
        if seconds < shortest:
            raise ValueTextError(
                f"{_written_duration(seconds)} is too short", f"write {spell_duration(shortest)} or more{what}"
            )
        return seconds

    return check


def spell_duration(seconds: float) -> str:
    """A duration as a plan writes it, to the millisecond: 90 -> "1m30s", 0.25 -> "250ms", 0 -> "0s"."""
    left = round(seconds * 1000)
    parts = []
    for unit, size in (("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)):
        count, left = divmod(left, size)
        parts += [f"{count}{unit}"] if count else []
    return "".join(parts) or "0s"


def _written_duration(seconds: float) -> str:
    return spell_duration(seconds) if round(seconds * 1000) / 1000 == seconds else f"{seconds:.6f}s"


def parse_target(text: object) -> TargetValue:
    """As `parse_any_target`, but the unit must be one that we know."""
    target = parse_any_target(text)
    if target.relative is not None:
        return target
    try:
        parse_unit(target.unit)
    except UnitError as error:
        raise ValueTextError(str(error), UNIT_MEND) from error
    return target


def parse_any_target(text: object) -> TargetValue:
    """Operator, number and unit of `>= 25 %`, `< 500 MB`, `== 0 leaks`. Whether the plan may have the unit is
    checked with the plan.
    """
    if isinstance(text, TargetValue):
        return text
    if isinstance(text, str) and (by_history := RELATIVE.fullmatch(text.strip())):
        return _relative(text, by_history)
    found = TARGET.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        raise ValueTextError(f"{shown(text)} is not a target", "write operator, number and unit, as in '>= 25 %'")
    value = float(found["value"])
    if Decimal(found["value"]) != Decimal(repr(settled(value))):
        mend = f"write at most {DIGITS} digits that count: more cannot be told apart"
        raise ValueTextError(f"{shown(text)} has too many digits", mend)
    return TargetValue(Operator(found["operator"]), value, found["unit"])


def _relative(text: str, found: re.Match[str]) -> TargetValue:
    last, factor = int(found["last"]), float(found["factor"])
    if not FEWEST_RUNS <= last <= MOST_RUNS or factor == 0:
        what = f"{shown(text)} rests on no {FEWEST_RUNS} to {MOST_RUNS} runs"
        raise ValueTextError(what, "write as in '>= 0.97 x median(last 20)'")
    return TargetValue(Operator(found["operator"]), math.nan, "", Relative(factor, last))


def _written_target(target: TargetValue) -> str:
    """As `parse_target` reads it: no exponent."""
    return str(target)


def shown(value: object) -> str:
    """A value as a message shows it: at most 60 characters of its text."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


DURATION_SCHEMA: Final = {
    "type": "string",
    "pattern": r"^(?=.)(\d+(\.\d+)?d)?(\d+(\.\d+)?h)?(\d+(\.\d+)?m)?(\d+(\.\d+)?s)?(\d+ms)?$",
    "description": "days, hours, minutes, seconds: 45s, 5m, 2h, 1h30m, 2d",
}
TARGET_SCHEMA: Final = {
    "type": "string",
    "pattern": r"^\s*(([<>]=?|==)\s*[+-]?\d+(\.\d+)?(\s+|(?![\d.\s]))\S+"
    r"|[<>]=?\s*\d+(\.\d+)?\s*x\s*median\(\s*last\s+\d+\s*\))\s*$",
    "description": "operator, number, unit: >= 25 %; or a share of earlier runs: >= 0.97 x median(last 20)",
}
COUNT: Final = re.compile(r"(?P<number>\d{1,12}(?:\.\d{1,6})?)(?P<unit>[kMG]?)", re.ASCII)
COST: Final = re.compile(r"(?P<number>\d{1,9}(?:\.\d{1,6})?)\s*USD", re.ASCII)
THOUSANDS: Final = {"": 1, "k": 1_000, "M": 1_000_000, "G": 1_000_000_000}


def parse_count(text: object) -> int:
    """A count of tokens: `2500`, `200k`, `10M`."""
    found = COUNT.fullmatch(str(text)) if isinstance(text, str | int) and not isinstance(text, bool) else None
    exact = None if found is None else Decimal(found["number"]) * THOUSANDS[found["unit"]]
    if exact is None or exact != int(exact) or exact < 1:
        raise ValueTextError(
            f"{shown(text)} is not a count", "write a whole number, or thousands and millions: 200k, 10M"
        )
    return int(exact)


def parse_cost(text: object) -> float:
    """US dollars: `20 USD`, `0.50 USD`. Prices are known in no other currency."""
    if isinstance(text, float):
        return text
    found = COST.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None or not float(found["number"]):
        raise ValueTextError(f"{shown(text)} is not a cost", "write an amount in US dollars: 20 USD")
    return float(found["number"])


Count = Annotated[
    int,
    BeforeValidator(parse_count),
    WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": r"^\d+(\.\d+)?[kMG]?$"}]}
    ),
]
"""A whole number; read also from 200k and 10M."""
Cost = Annotated[
    float,
    BeforeValidator(parse_cost),
    PlainSerializer(lambda dollars: f"{Decimal(repr(dollars)):f} USD", when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^\s*\d+(\.\d+)?\s*USD\s*$", "description": "US dollars: 20 USD"}),
]
"""US dollars; read from '20 USD', and written so in JSON."""
Duration = Annotated[
    float,
    BeforeValidator(parse_duration),
    PlainSerializer(_written_duration, when_used="json"),
    WithJsonSchema(DURATION_SCHEMA),
]
"""Seconds; read from 45s, 5m, 2h, 1h30m, and written so in JSON."""
Interval = Annotated[Duration, AfterValidator(at_least(0.1, "; leave it out to have none"))]
"""Seconds between things that happen again and again: at least a tenth, or nothing else would happen."""
Timeout = Annotated[Duration, AfterValidator(at_least(0.01, "; leave it out for no limit"))]
"""Seconds that something may take: at least the time that a process takes to start."""
Target = Annotated[
    TargetValue,
    BeforeValidator(parse_any_target),
    PlainSerializer(_written_target, when_used="json"),
    WithJsonSchema(TARGET_SCHEMA),
]
"""Read from '>= 25 %', and written so in JSON."""
