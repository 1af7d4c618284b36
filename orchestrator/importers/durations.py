"""Durations as people write them in a plan: "75 minutes", "1h 30m", "15-20 min", "(1,5h)", "40% (1,280 hours)", "3
person-days".
"""

import re
from decimal import Decimal
from typing import Final

from orchestrator.importers.numerals import WORDS, read_number
from orchestrator.importers.tokens import LONGEST, Is, Token, tokenise

DAY: Final = 8 * 3600
SECONDS: Final = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "secondes", "sekunden"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "minuten", "minutos"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "heure", "heures", "stunde", "stunden", "std", "hora", "horas"),
    3600),
    **dict.fromkeys(("d", "day", "days", "pd", "md", "j", "jour", "jours", "tag", "tage", "pt", "d\u00eda", "d\u00edas",
    "person-day", "person-days", "man-day", "man-days", "workday", "workdays"), DAY),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks", "semaine", "semaines", "woche", "wochen", "semana", "semanas",
    "person-week", "person-weeks"), 5 * DAY),
    **dict.fromkeys(("month", "months", "mois", "monat", "monate", "mo"), 20 * DAY),
}  # fmt: skip
BESIDE: Final = frozenset(
    {"working", "business", "person", "man", "work", "calendar", "dev", "engineer", "engineering", "ideal", "about"}
)
AROUND: Final = frozenset(
    {"ca.", "ca", "circa", "etwa", "approx", "approx.", "approximately", "roughly", "max", "max.", "at", "most", "up",
    "to", "bis", "und",
     "and", "a", "an", "half", "est", "estimate", "estimated", "effort", "duration", "in", "total", "each", "-",
     "\u2013", "\u2014", "~", "\u2248",
     "<", "<=", "\u2264", ",", ".", ":"}
)  # fmt: skip
"""What may stand beside the figures of an estimate without making it anything else."""
FRACTIONS: Final = {"\u00bd": Decimal("0.5"), "\u00bc": Decimal("0.25"), "\u00be": Decimal("0.75")}
SHORTEST: Final = 60
"""Seconds of the smallest unit that a bare estimate is given in: "(5 s)" behind a title is rather a part of it."""
SIZES: Final = re.compile(
    r"(?:XXS|XS|S|M|L|XL|XXL|small|medium|large|tiny|huge)(?:\s*[-/]\s*(?:XS|S|M|L|XL))?", re.IGNORECASE
)
POINTS: Final = re.compile(r"\b\d{1,6}\s{0,3}(?:sp|pts?|points?|story points?)\b|^\d{1,3}$", re.IGNORECASE)
IN_BRACKETS: Final = re.compile(r"\((?P<text>[^()]{2,40})\)\s*$")
LARGEST: Final = 100_000 * 3600


def is_size(text: str) -> bool:
    """Whether it is a shirt's size, or points: an estimate that is no time."""
    return SIZES.fullmatch(text.strip()[:40]) is not None or POINTS.search(text.strip()[:40]) is not None


def is_duration_alone(text: str) -> bool:
    """Whether there is nothing in the text but a duration of minutes or more: "ca. 90 min", not "5 h after the
    deploy".
    """
    tokens = tokenise(text)
    units = [SECONDS[token.low] for token in tokens if token.low in SECONDS]
    known = (token.kind is Is.NUMBER or any(token.low in words for words in _ALONE) for token in tokens)
    return bool(units) and min(units) >= SHORTEST and all(known)


def ends_with_estimate(title: str) -> bool:
    """Whether brackets at its end hold a duration and nothing else: "Site survey (8h)"."""
    found = IN_BRACKETS.search(title[-60:])
    return found is not None and is_duration_alone(found["text"]) and find_duration(found["text"]) is not None


def speaks_of_time(text: str) -> bool:
    """Whether figures, or words for them, and a unit of time stand in it."""
    tokens = tokenise(text)
    counted = (token.text[0].isnumeric() or token.low in WORDS or token.low == "half" for token in tokens)
    return any(counted) and any(SECONDS.get(token.low, 0) >= SHORTEST for token in tokens)


def find_duration(text: str, unit: str = "") -> tuple[float, str] | None:
    """Seconds, and how they were read aloud (empty where plain); None for what is no duration, or not only one.

    unit: of a number that has none, by what stands above it ("hours"). Of a range the first counts. A day is read as 8
    hours of work, a week as 5 days and a month as 20, and that is said. Parts add up ("1h 30m") as long as each is of a
    smaller unit than the one before.
    """
    tokens = tokenise(text) if len(text) <= LONGEST else []
    total, aloud, last = Decimal(0), "", Decimal(LARGEST)
    found, at = False, 0
    while at < len(tokens):
        part = _part(tokens, at, unit)
        if part is None:
            at += 1
            continue
        seconds, size, at, said = part
        if seconds is None or seconds > LARGEST:
            return None
        if found and (size >= last or aloud.startswith("of ")):
            break
        found, last, total = True, size, total + seconds
        aloud = said or aloud
    return (float(total), aloud) if found else None


def _part(tokens: list[Token], at: int, unit: str) -> tuple[Decimal | None, Decimal, int, str] | None:
    """Seconds, what one of its unit takes, where it ends, and how it was read; None where no duration begins."""
    number, end = _number(tokens, at)
    if end == at:
        return None
    high, after = _high(tokens, end)
    size, stop = _size(tokens, after, unit)
    if size is None:
        return None
    aloud = "a day is read as 8 hours of work, a week as 5 days" if size >= DAY else ""
    if high:
        said = "".join(token.text if token.glued else f" {token.text}" for token in tokens[at:stop]).strip()
        aloud = f"of {said} the first counts"
    return (None if number is None else number * size), size, stop, aloud


def _number(tokens: list[Token], at: int) -> tuple[Decimal | None, int]:
    token = tokens[at]
    if token.low in FRACTIONS:
        return FRACTIONS[token.low], at + 1
    if token.kind is Is.NUMBER:
        value = read_number(token.text)
        part = FRACTIONS.get(tokens[at + 1].low) if at + 1 < len(tokens) else None
        return (value, at + 1) if part is None or value is None else (value + part, at + 2)
    if token.low in WORDS:
        return WORDS[token.low], at + 1
    if token.low == "half" and at + 1 < len(tokens) and tokens[at + 1].low in {"a", "an"}:
        return Decimal("0.5"), at + 2
    return None, at


def _high(tokens: list[Token], at: int) -> tuple[bool, int]:
    """Whether a range goes on, and where it ends: "-20", "to 20", "d-3" of "2d-3d"."""
    start = at
    if at < len(tokens) and tokens[at].low in SECONDS and tokens[at].glued:
        at += 1
    if (
        at + 1 < len(tokens)
        and tokens[at].text in {"-", "\u2013", "\u2014", "to", "\u00e0", "bis"}
        and tokens[at + 1].kind is Is.NUMBER
    ):
        return True, at + 2
    return False, start


def _size(tokens: list[Token], at: int, unit: str) -> tuple[Decimal | None, int]:
    """What one of the unit takes, and where the unit ends."""
    end = at
    while end < len(tokens) and end - at < 3 and (tokens[end].low in BESIDE or tokens[end].text == "-"):
        end += 1
    if end < len(tokens) and tokens[end].kind is Is.WORD and (known := SECONDS.get(tokens[end].low)):
        return Decimal(known), end + 1
    ends = at >= len(tokens) or tokens[at].kind is not Is.WORD
    if unit and ends and not (at < len(tokens) and tokens[at].text == "%"):
        return Decimal(SECONDS[unit]), at
    return None, at


_ALONE: Final = (SECONDS, BESIDE, WORDS, AROUND, FRACTIONS)
