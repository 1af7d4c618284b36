"""Compare figures of a text with each other: by kind, by value, and by a change recomputed with the text's own
rounding.
"""

import math
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from orchestrator.audit.model import Figure
from orchestrator.evidence.units import UnitError, parse_unit

ABOUT: Final = 0.05
"""What "about" allows, as a share."""
SLACK: Final = 0.01
"""A share that nobody is blamed for."""
CALENDAR: Final = {"day": 86400.0, "days": 86400.0, "week": 604800.0, "weeks": 604800.0}
CHANGES: Final = frozenset({"%", "x"})


class Quantity(NamedTuple):
    """kind: what it measures. value, half: in base units, with half of the last digit."""

    kind: str
    value: float
    half: float


def quantity(figure: Figure) -> Quantity:
    """A figure in base units; its kind is its noun where it has no unit."""
    value = float(figure.low)
    half = max(float(figure.half), abs(value) * ABOUT) if figure.about else float(figure.half)
    kind, factor = _base(figure.unit)
    return Quantity(kind, value * factor, half * factor)


def kind(figure: Figure) -> str:
    """What a figure measures, as `quantity` has it."""
    return _base(figure.unit)[0]


@lru_cache(maxsize=1024)
def _base(unit: str) -> tuple[str, float]:
    """What a unit measures, and how many base units it is; a word that is none is a kind of its own."""
    if not unit:
        return "", 1.0
    if unit in CALENDAR:
        return "time", CALENDAR[unit]
    try:
        found = parse_unit(unit)
    except UnitError:
        return unit, 1.0
    return found.dimension, float(found.factor)


def same(a: Figure, b: Figure) -> bool:
    """Whether two figures of a kind are the same value as far as their rounding tells."""
    one, other = quantity(a), quantity(b)
    gap = abs(one.value - other.value)
    return one.kind == other.kind and gap <= max(one.half, other.half) * 1.001 + SLACK * abs(one.value)


def digits(figure: Figure) -> int:
    """How many significant digits a figure has: "161.6" four, "100" one."""
    normal = figure.low.normalize() if figure.low else Decimal(0)
    return len(normal.as_tuple().digits)


@dataclass(frozen=True, slots=True)
class Change:
    """A change from before to after. percent: negative for less. factor: the larger by the smaller. blur: what
    rounding leaves open, as a share.
    """

    percent: float
    factor: float
    blur: float
    less: bool


def change(before: Figure, after: Figure) -> Change | None:
    """What really became of it; None where the two cannot be compared."""
    one, other = quantity(before), quantity(after)
    if one.kind != other.kind or one.value <= 0 or other.value <= 0:
        return None
    blur = math.hypot(one.half / one.value, other.half / other.value)
    ratio = other.value / one.value
    return Change(100 * (ratio - 1), max(ratio, 1 / ratio), blur, less=ratio < 1)


def fits(claimed: Figure, real: Change, *, direction: int = 0, strict: bool = True) -> bool:
    """Whether a claimed "%" or "x" is the change. direction: -1 where the text says less, 1 more, 0 neither.

    strict: a share is one of the value before; otherwise also of the one after ("60 % faster").
    """
    if direction and abs(real.percent) > 100 * real.blur and (real.percent < 0) != (direction < 0):
        return False
    goal = float(claimed.low)
    half = float(claimed.half) + SLACK * abs(goal) + (ABOUT * abs(goal) if claimed.about else 0)
    if claimed.unit == "x":
        options = [(real.factor, real.factor * real.blur), (1 / real.factor, real.blur / real.factor)]
    else:
        share = abs(real.percent)
        scale = 100 * (1 + real.percent / 100) * real.blur
        options = [(share, scale), (100 + real.percent, scale)] if not strict else [(share, scale)]
        options += [] if strict else [(100 * (real.factor - 1), 100 * real.factor * real.blur)]
    high = float(claimed.high) if claimed.high > claimed.low else goal
    return any(
        goal - half - blur <= value <= (math.inf if claimed.plus else high + half + blur) for value, blur in options
    )


def told(real: Change, claimed: Figure) -> str:
    """The real change in the words of the claim: "1.6 % more", "1613 x"."""
    if claimed.unit == "x":
        return f"{real.factor:.4g} x"
    return f"{abs(real.percent):.3g} % {'less' if real.less else 'more'}"
