"""Compare claims with what was measured and what was asked for. Words decide which thing a claim is about, and units
which kind of figure it is.

A claim is matched only if a single metric fits best. The claim must have every word of the metric's name, or enough
words of its title, and a unit of the same dimension. A claim that matches nothing has no evidence. We never guess.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from orchestrator.audit.model import Asked, Claim, Figure, Label, Measured, Reading, Role
from orchestrator.audit.words import says, stems
from orchestrator.evidence.numbers import times
from orchestrator.evidence.units import UnitError, conversion

ROUNDED: Final = 0.005
"""A claim's rounding, as in the ledger of a run."""
ENOUGH: Final = 0.65
"""The share of a name's or title's words that a claim must say."""
CERTAIN: Final = 2.0
"""Where the metric's own name stands there."""
MARGIN: Final = 0.1
"""By how much the best must be better than the next."""
QUANTITIES: Final = stems(
    "memory speed throughput latency time overhead ratio compression coverage leaks size errors cost accuracy "
    "duration rate tests "
    "allocation bandwidth cpu disk scaling linear regressions failures requests energy"
)
"""Words that say what is measured: claim and metric must have the same of them."""
SEPARATORS: Final = re.compile(r"[._-]")
CONDITION: Final = re.compile(
    r"^[- \u00a0]?(?:files?|inputs?|documents?|datasets?|payloads?|blocks?|chunks?|buffers?)\b", re.IGNORECASE
)
BECAME: Final = re.compile(r"\s?(?:\u2192|->|=>)")
GIVEN: Final = re.compile(r"(?:\b(?:file|input|files|inputs|for|on|with) ?\(?)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Held:
    """A claim beside evidence. metric: "" for a goal beside a plan. measured: value and interval in the claim's
    unit.
    """

    label: Label
    why: str
    beside: str
    metric: str = ""
    measured: tuple[float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """What can be matched: the full name, words of it, of the title, of the group around it."""

    full: str
    name: frozenset[str]
    title: frozenset[str]
    group: frozenset[str]
    unit: str


def hold(reading: Reading, measured: Sequence[Measured], asked: Sequence[Asked]) -> Mapping[int, Held]:
    """What becomes of the claims that evidence, or a plan, speaks of; by their places."""
    if not (measured or asked):
        return {}
    known = [_known(one.metric, one.words, one.unit) for one in measured]
    wanted = [_known(one.criterion, one.words, one.unit) for one in asked]
    found: dict[int, Held] = {}
    for place, claim in enumerate(reading.claims):
        if claim.figure is None or _is_condition(reading, claim):
            continue
        held = _claim(claim, measured, known) if claim.role is not Role.GOAL else _goal(claim, asked, wanted)
        if held is not None:
            found[place] = held
    return found


def _is_condition(reading: Reading, claim: Claim) -> bool:
    """Whether a figure is of what was worked on, not of how: "for 1 GB files", or of a state before."""
    row = reading.rows[claim.row]
    figure = claim.figure
    if figure is None or any(title.lower().startswith("before") for title in row.heading[-1:]):
        return True
    text = row.cells[claim.cell].text
    sized = bool(figure.unit) and figure.unit not in {"%", "x"}
    given = GIVEN.search(text[max(0, figure.start - 12) : figure.start]) is not None
    behind = text[figure.end : figure.end + 12]
    return BECAME.match(behind) is not None or (sized and (given or CONDITION.match(behind) is not None))


def _known(name: str, words: str, unit: str) -> _Known:
    title, _, group = words.partition("\n")
    prefix, dot, rest = name.partition(".")
    own = SEPARATORS.sub(" ", rest if dot else name)
    return _Known(
        name.lower() if dot else "", stems(own), stems(title), stems(f"{group} {prefix if dot else ''}"), unit
    )


def _claim(claim: Claim, measured: Sequence[Measured], known: Sequence[_Known]) -> Held | None:
    place = _best(claim, known) if claim.role in {Role.CLAIM, Role.AFTER, Role.ESTIMATE} else None
    if place is None or claim.figure is None:
        return None
    one = measured[place]
    try:
        factor = conversion(one.unit, claim.figure.unit or one.unit)
    except UnitError:
        return None
    value, low, high = (times(each, factor) for each in (one.value, one.low, one.high))
    unit = claim.figure.unit or one.unit
    beside = f"{_shown(value)} {unit}" + (f" ({_shown(low)} to {_shown(high)})" if low != high else "")
    where = f"{one.metric} {one.source}".strip()
    if _agrees(claim.figure, value, low, high):
        return Held(Label.MEASURED, f"within what was measured: {where}", beside, one.metric, (value, low, high))
    if claim.role is Role.ESTIMATE:
        return Held(
            Label.ESTIMATE,
            f"the text says so itself; measured was another: {where}",
            beside,
            one.metric,
            (value, low, high),
        )
    return Held(
        Label.CONTRADICTED, f"claimed {claim.text}, measured {beside}: {where}", beside, one.metric, (value, low, high)
    )


def _shown(value: float) -> str:
    return f"{value:.4g}"


def _agrees(figure: Figure, value: float, low: float, high: float) -> bool:
    """Whether the claim, as it was rounded, meets the interval; a claim of "5+" is one of five or more."""
    first, last = float(figure.low), float(figure.high)
    if figure.negative and value < 0:
        first, last = -last, -first
    half = float(figure.half) if figure.half < abs(figure.low) / 10 else 0.0
    if figure.plus:
        return high >= first - half
    if figure.bound:
        return low < last if figure.bound == "<" else high > first
    half = max(half, abs(first) * 0.05) if figure.about else half
    return (first - half <= high and low <= last + half) or math.isclose(first, value, rel_tol=ROUNDED)


def _goal(claim: Claim, asked: Sequence[Asked], wanted: Sequence[_Known]) -> Held | None:
    """A goal that the text tells otherwise than the plan has it."""
    place = _best(claim, wanted)
    if place is None or claim.figure is None:
        return None
    one = asked[place]
    try:
        goal = times(one.goal, conversion(one.unit, claim.figure.unit or one.unit))
    except UnitError:
        return None
    beside = f"{one.operator} {_shown(goal)} {claim.figure.unit or one.unit}"
    if float(claim.figure.low) - ROUNDED * goal <= goal <= float(claim.figure.high) + ROUNDED * goal:
        return Held(Label.GOAL, f"as the plan has it: {one.criterion}", beside)
    return Held(
        Label.CONTRADICTED, f"told as a goal is {claim.text}; the plan asks for {beside}: {one.criterion}", beside
    )


def _best(claim: Claim, known: Sequence[_Known]) -> int | None:
    """The one that fits, clearly better than every other; None where none does."""
    if claim.figure is None or claim.figure.whole is not None:
        return None
    words = stems(claim.about)
    around = words | stems(claim.topic)
    ranked = sorted(((_score(claim, words, around, one), -place) for place, one in enumerate(known)), reverse=True)
    if not ranked or ranked[0][0] < ENOUGH or (len(ranked) > 1 and ranked[0][0] - ranked[1][0] < MARGIN):
        return None
    return -ranked[0][1]


def _score(claim: Claim, words: frozenset[str], around: frozenset[str], one: _Known) -> float:
    """How well a claim fits: the share of a name's or title's words that it says, and a little for its group's."""
    if claim.figure is None or not _fits(claim.figure, one.unit):
        return 0.0
    if one.full and says(claim.about, one.full):
        return CERTAIN
    own = one.name | one.title
    if (words & QUANTITIES) - own - one.group or ((one.title or one.name) & QUANTITIES) - around:
        return 0.0
    counted = not claim.figure.unit
    best = max(_share(one.name, words, alone=counted), _share(one.title, words, alone=counted))
    return best + MARGIN * len(one.group & around) / len(one.group) if best and one.group else best


def _share(own: frozenset[str], words: frozenset[str], *, alone: bool) -> float:
    """One word is no name, unless it is what is counted."""
    return len(own & words) / len(own) if len(own) > 1 or (alone and own) else 0.0


def _fits(figure: Figure, unit: str) -> bool:
    if not figure.unit:
        return bool(figure.noun) and unit in {figure.noun.split()[0], figure.noun.split()[-1]}
    try:
        conversion(unit, figure.unit)
    except UnitError:
        return False
    return True
