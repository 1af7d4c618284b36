"""Repeated figures. If the text refutes a figure, it is refuted in every place. What is called constant may have only
one value.
"""

from collections import defaultdict
from typing import Final

from orchestrator.audit.arithmetic import digits, same
from orchestrator.audit.changes import Flags
from orchestrator.audit.model import Claim, Reading, Role
from orchestrator.audit.read import label_of
from orchestrator.audit.words import stems

CONSTANT: Final = " constant"
MOST: Final = 20
TELLING: Final = 3
"""Significant digits by which a figure is known again."""


def check_constants(reading: Reading) -> Flags:
    """As in "6.2MB constant" as peak memory, and another peak memory elsewhere."""
    named: dict[frozenset[str], list[tuple[int, Claim]]] = defaultdict(list)
    constant: list[tuple[int, Claim, frozenset[str]]] = []
    if not any(_is_constant(reading, claim) for claim in reading.claims):
        return {}
    for place, claim in enumerate(reading.claims):
        if claim.figure is None or not claim.figure.unit or claim.role not in {Role.CLAIM, Role.AFTER}:
            continue
        row = reading.rows[claim.row]
        if any("before" in title.lower() for title in row.heading[-1:]):
            continue
        name = stems(label_of(row, claim.cell, claim.figure), 60)
        named[name].append((place, claim))
        if _is_constant(reading, claim):
            constant.append((place, claim, name))
    flags: Flags = {}
    for place, claim, name in constant[:MOST]:
        for other, told in named[name][: 10 * MOST]:
            if (
                claim.figure
                and told.figure
                and told.figure.unit == claim.figure.unit
                and not same(claim.figure, told.figure)
            ):
                flags[place] = f"said to be constant, but line {told.line} says {told.text}"
                flags[other] = f"line {claim.line} says {claim.text}, constant"
    return flags


def _is_constant(reading: Reading, claim: Claim) -> bool:
    """Whether the text calls the figure so."""
    if claim.figure is None:
        return False
    text, end = reading.rows[claim.row].cells[claim.cell].text, claim.figure.end
    return end < len(text) and text[end : end + len(CONSTANT)].lower().startswith(CONSTANT)


def spread(reading: Reading, flags: Flags, *, constants: Flags) -> Flags:
    """The same figures elsewhere. Of constants, only where it is about the same thing."""
    known: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for place in [*flags, *constants]:
        known[_same(reading.claims[place])].append(place)
    found: Flags = {}
    if not known:
        return found
    repeated = [reading.claims[place].figure for place in [*flags, *constants]]
    units = {figure.unit for figure in repeated if figure is not None}
    for place, claim in enumerate(reading.claims):
        if claim.figure is None or claim.figure.unit not in units or claim.role in {Role.GOAL, Role.ESTIMATE}:
            continue
        if place in flags or place in constants:
            continue
        others = known.get(_same(claim))
        if others is None:
            continue
        again = (one for one in others[:MOST] if _repeats(claim, reading.claims[one], constant=one in constants))
        other = next(again, None)
        if other is not None:
            found[place] = f"the same figure as on line {reading.claims[other].line}"
    return found


def _repeats(claim: Claim, other: Claim, *, constant: bool) -> bool:
    """Whether a figure of the same value is the other one told again: it is about the same thing, or has enough digits
    to be no coincidence.
    """
    assert claim.figure is not None, "only figures repeat"
    if claim.figure.whole is not None or constant:
        return _alike(claim, other)
    return bool(claim.figure.unit) and digits(claim.figure) >= TELLING and other.figure is not None


def _same(claim: Claim) -> tuple[object, ...]:
    figure = claim.figure
    return () if figure is None else (figure.low, figure.high, figure.unit, figure.whole)


def _alike(claim: Claim, other: Claim) -> bool:
    """Whether both speak of the same thing: a shared word is enough, however short the figure."""
    return bool(stems(claim.about) & stems(other.about))
