"""Find the figures of a line: a number or range, its unit, and its position. `relations` reads what is demanded of
them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from orchestrator.evidence.units import COUNTS
from orchestrator.importers.numerals import FACTORS, WORDS, read_number
from orchestrator.importers.tokens import Is, Token
from orchestrator.importers.unitwords import DAYS, MANY, NOUNS, TIMES, plan_unit

DASHES: Final = frozenset("-\u2013\u2014")
FROM: Final = frozenset({"from", "de", "von", "desde", "currently"})
PER: Final = frozenset({"per", "/", "par", "pro", "a", "each"})
STOPPERS: Final = frozenset(
    {
        "in",
        "on",
        "at",
        "for",
        "with",
        "to",
        "and",
        "or",
        "than",
        "is",
        "are",
        "by",
        "per",
        "after",
        "from",
        "under",
        "over",
        "within",
    }
    | {
        "when",
        "while",
        "if",
        "each",
        "during",
        "before",
        "as",
        "the",
        "until",
        "across",
        "between",
        "max",
        "min",
        "minimum",
        "maximum",
    }
    | {
        "faster",
        "slower",
        "less",
        "fewer",
        "better",
        "higher",
        "lower",
        "but",
        "et",
        "ou",
        "und",
        "oder",
        "de",
        "des",
        "out",
        "up",
    }
)
ORDINALS: Final = frozenset({"st", "nd", "rd", "th", "e", "\u00e8me", "eme"})
ONE: Final = frozenset({"than", "most", "least", "within", "exactly", "only"})
"""Words behind which "one" is a number."""
WORKED: Final = frozenset({"business", "working"})
"""Words before a span that nobody can tell the length of on the clock."""


@dataclass(frozen=True, slots=True)
class Figure:
    """at, end: its tokens. value: None where the number means nothing or several things. high: of a range. unit: a
    plan's; `counts` for a noun that no plan knows. aloud: how unit or noun were read, where that is not plain. plus:
    "60+". negative: "-5".
    """

    at: int
    end: int
    value: Decimal | None
    unit: str = ""
    high: Decimal | None = None
    plus: bool = False
    negative: bool = False
    aloud: str = ""
    text: str = ""


def find_figures(tokens: Sequence[Token]) -> list[Figure]:
    """Every figure in order; numbers within names, days and versions are none."""
    found: list[Figure] = []
    at = 0
    while at < len(tokens):
        figure = _figure(tokens, at)
        if figure is not None:
            found.append(figure)
        at = figure.end if figure is not None else at + 1
    return found


def _figure(tokens: Sequence[Token], at: int) -> Figure | None:
    value, end = _number(tokens, at)
    if end == at:
        return None
    unit = _unit(tokens, end)
    figure = Figure(at, unit.end, value, unit.unit, aloud=unit.aloud, plus=unit.plus)
    figure = _ranged(tokens, figure, bare=unit.end == end)
    if _is_of_so_many(tokens, figure):
        text = " ".join(token.text for token in tokens[at : figure.end + 2])
        return replace(figure, value=None, text=text, unit="1", end=_named(tokens, figure.end + 2).end)
    if _is_name(tokens, at, figure.end):
        return replace(figure, value=None, unit="", text="")
    if end + 1 < len(tokens) and tokens[end].low in WORKED and tokens[end + 1].low in {*DAYS, *TIMES}:
        return replace(figure, value=None, text=" ".join(token.text for token in tokens[at : end + 2]))
    negative = at > 0 and tokens[at - 1].text in {"-", "\u2212"} and tokens[at].glued and not tokens[at - 1].glued
    text = " ".join(token.text for token in tokens[at : figure.end])
    return replace(figure, negative=negative, text=text)


def _is_of_so_many(tokens: Sequence[Token], figure: Figure) -> bool:
    """As in "3 of 5 users", "1 error per 1,000 requests"."""
    if figure.end + 1 >= len(tokens) or tokens[figure.end + 1].kind is not Is.NUMBER:
        return False
    joint = tokens[figure.end].low
    return joint == "per" or (joint in {"in", "of"} and not figure.unit)


def _number(tokens: Sequence[Token], at: int) -> tuple[Decimal | None, int]:
    """The number at a place, with its factor, and where it ends; the place itself where there is none."""
    token = tokens[at]
    counted = token.low != "one" or (at > 0 and tokens[at - 1].low in ONE)
    if token.kind is Is.WORD and token.low in WORDS and token.low != "zero" and counted:
        return WORDS[token.low], at + 1
    if token.kind is not Is.NUMBER:
        return None, at
    value, end = read_number(token.text), at + 1
    if value is not None and end < len(tokens) and tokens[end].kind is Is.WORD:
        factor = tokens[end].text
        if factor in FACTORS and (tokens[end].glued or len(factor) > 1):
            return value * FACTORS[factor], end + 1
    return value, end


@dataclass(frozen=True, slots=True)
class _Unit:
    end: int
    unit: str = ""
    aloud: str = ""
    plus: bool = False


def _unit(tokens: Sequence[Token], at: int) -> _Unit:
    """The unit that begins at a place, with the "+" before or after it."""
    plus = _is_plus(tokens, at)
    at += plus
    found = _named(tokens, at)
    plus = plus or (found.end > at and _is_plus(tokens, found.end))
    return replace(found, plus=plus, end=found.end + (plus and found.end > at and _is_plus(tokens, found.end)))


def _is_plus(tokens: Sequence[Token], at: int) -> bool:
    return at < len(tokens) and tokens[at].text == "+" and tokens[at].glued


def _named(tokens: Sequence[Token], at: int) -> _Unit:
    if at >= len(tokens) or tokens[at].kind in {Is.NUMBER, Is.STOP}:
        return _Unit(at)
    token = tokens[at]
    unit = plan_unit(token.text)
    if token.low in {"per", "pour"} and at + 1 < len(tokens) and tokens[at + 1].low == "cent":
        return _Unit(at + 2, "%")
    if token.low in DAYS:
        return _Unit(at + 1, f"{DAYS[token.low]}h")
    if unit is not None:
        return _rated(tokens, at + 1, unit)
    above, _, below = token.text.partition("/")
    if below and (unit := plan_unit(above)):
        return _Unit(at + 1, unit, f"a plan has no unit per {below}")
    return _noun(tokens, at) if token.kind is Is.WORD and not token.glued else _Unit(at)


def _rated(tokens: Sequence[Token], at: int, unit: str) -> _Unit:
    """With "per second" behind it."""
    if at + 1 < len(tokens) and tokens[at].low in PER and "/" not in unit and (time := TIMES.get(tokens[at + 1].low)):
        unit = "counts" if unit == "x" else unit
        return _Unit(at + 2, f"{unit}/{time}")
    return _Unit(at, unit)


def _noun(tokens: Sequence[Token], at: int) -> _Unit:
    """What is counted: a noun that a plan knows within the next words, or whatever word stands there."""
    for place in range(at, min(at + 3, len(tokens))):
        token = tokens[place]
        if token.kind is not Is.WORD or token.low in STOPPERS:
            break
        above, _, below = token.low.partition("/")
        if known := plan_unit(token.text) if token.low in MANY or token.low in COUNTS or token.low in NOUNS else None:
            return _rated(tokens, place + 1, known)
        if below and (time := TIMES.get(below)):
            return _Unit(place + 1, f"counts/{time}", f"{above!r} is not a unit of a plan: counted as counts")
    first = tokens[at]
    if first.low in STOPPERS or len(first.text) < 3:
        return _Unit(at)
    rated = _rated(tokens, at + 1, "counts")
    return replace(rated, aloud=f"{first.text!r} is not a unit of a plan: counted as counts")


def _ranged(tokens: Sequence[Token], low: Figure, *, bare: bool) -> Figure:
    """The figure with its upper end, of "10-15 ms", "10 to 15 ms", "10 % - 15 %"."""
    at = low.end
    if at + 1 >= len(tokens) or not (tokens[at].text in DASHES or tokens[at].low in {"to", "bis", "\u00e0"}):
        return low
    if tokens[at].text not in DASHES and low.at and tokens[low.at - 1].low in FROM:
        return low
    if tokens[at].text in DASHES and tokens[at].glued != tokens[at + 1].glued:
        return low
    high, end = _number(tokens, at + 1)
    if end == at + 1 or tokens[at + 1].kind is not Is.NUMBER:
        return low
    unit = _unit(tokens, end)
    if not (bare or unit.unit == low.unit):
        return low
    value = low.value if high is not None and low.value is not None and low.value <= high else None
    return Figure(low.at, unit.end, value, unit.unit or low.unit, high, plus=unit.plus, aloud=unit.aloud)


def _is_name(tokens: Sequence[Token], at: int, end: int) -> bool:
    """Whether it is a part of a day (2026-03-02), a reference (#12), an amount of money, an ordinal or a heading's
    number.
    """
    before = tokens[at - 1] if at else None
    if before is not None and tokens[at].glued and before.text in {"#", "$", "\u20ac", "\u00a3"}:
        return True
    if at + 1 < len(tokens) and tokens[at + 1].glued and tokens[at + 1].low in ORDINALS:
        return True
    if end < len(tokens) and tokens[end].text in {"$", "\u20ac", "\u00a3"}:
        return True
    dashed = end + 1 < len(tokens) and tokens[end].text in DASHES and tokens[end].glued
    return dashed and tokens[end + 1].kind is Is.NUMBER and tokens[end + 1].glued
