"""What stands behind a number: its unit, or the noun of what is counted, and a "+"."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from orchestrator.audit import tongues
from orchestrator.evidence.units import COUNTS
from orchestrator.importers.figures import STOPPERS
from orchestrator.importers.unitwords import plan_unit

UNIT: Final = re.compile(r"[^\W\d_]{1,20}(?:/[^\W\d_]{1,20})?|[%\u00d7\u20ac\u00a3]")
BLANKS: Final = frozenset(" \u00a0\u202f")
WORD: Final = re.compile(r"[^\W\d_]{1,40}(?:[-'][^\W\d_]{1,40})?")
MONEY: Final = {"$": "USD", "\u20ac": "EUR", "\u00a3": "GBP"}
CURRENCIES: Final = frozenset({"usd", "eur", "gbp", "chf", "dollars", "euros", "cents"})
CALENDAR: Final = frozenset({"day", "days", "week", "weeks", "month", "months"})
SIZED: Final = {"b": "B", "kb": "KB", "mb": "MB", "gb": "GB", "tb": "TB"}


class Tail(NamedTuple):
    """What stands behind a number. end: of the whole figure."""

    unit: str
    noun: str
    plus: bool
    end: int


def tail_at(text: str, at: int) -> Tail | None:
    """Unit or noun, with a "+" before or behind it. None where the number is a part of a name."""
    plus = text[at : at + 1] == "+" and not text[at + 1 : at + 2].isdigit()
    at += plus
    begin = at + (text[at : at + 1] in BLANKS)
    match = UNIT.match(text, begin)
    if match is None or (match[0] == "x" and text[match.end() : match.end() + 1].isdigit()):
        hyphen = WORD.match(text, at + 1) if text[at : at + 1] == "-" else None
        return Tail("", "", plus, at) if hyphen is None else _compound(hyphen, plus=plus, at=at)
    unit = MONEY.get(match[0]) or unit_of(tongues.octets(match[0], text), glued=begin == at)
    if unit is not None:
        more = text[match.end() : match.end() + 1] == "+" and not text[match.end() + 1 : match.end() + 2].isalnum()
        return Tail(unit, "", plus or more, match.end() + more)
    if begin == at and match[0][0].isalpha():
        return None
    return Tail("", noun_at(text, begin), plus, at)


def _compound(word: re.Match[str], *, plus: bool, at: int) -> Tail:
    """Of "4-stream" and "30-day"."""
    head = word[0].partition("-")[0]
    unit = unit_of(head, glued=False)
    return Tail(unit, "", plus, word.end()) if unit else Tail("", head.lower(), plus, at)


@lru_cache(maxsize=4096)
def unit_of(word: str, *, glued: bool) -> str | None:
    """The unit that a word is, in a plan's spelling; None for a noun or any other word."""
    low = word.lower()
    if low in CALENDAR or low in CURRENCIES:
        return low
    if low in {"times", "fold"}:
        return None
    if low == "m" and not glued:
        return None
    if low in SIZED and (glued or len(low) > 1):
        return word if word in {"B", "kB", "KB", "MB", "GB", "TB"} else SIZED[low]
    found = plan_unit(word)
    return None if found is None or found in COUNTS.values() or found == "counts" else found


def noun_at(text: str, at: int) -> str:
    """What is counted: the first three words behind a number as far as its clause goes, lower case."""
    words: list[str] = []
    for _ in range(3):
        match = WORD.match(text, at)
        if match is None or match[0].lower() in STOPPERS:
            break
        words.append(match[0].lower())
        at = match.end() + (text[match.end() : match.end() + 1] in BLANKS)
        if at == match.end():
            break
    return " ".join(words)
