"""Figures that one pattern reads whole, as most are. It gives up where a closer look could find anything else."""

import re
from decimal import Decimal
from typing import Final

from orchestrator.audit import tongues
from orchestrator.audit.behind import unit_of
from orchestrator.audit.model import Figure
from orchestrator.importers.numerals import FACTORS

ALONE: Final = re.compile(
    r"(?:([<>~]|[<>]=) ?|(-))?([0-9]{1,8}(?:\.[0-9]{1,6})?)(?: ?(%|[A-Za-z][a-z]{0,2}[A-Z]?(?:/[a-z]{1,3})?))?"
)
"""A number, and its unit if it has one. What a factor, a language or a day may hide in is no such text, and is read as
any other.
"""
PLAIN: Final = re.compile(
    r"([0-9]{1,8}(?:\.[0-9]{1,6})?)(?:"
    r"( ?)(%|[A-Za-z](?!o)[a-z]{0,2}[A-Z]?(?:/[a-z]{1,3})?)(?=[,;:)]|\.(?!\.)| (?![-\u2013\u2014\u2026t])|\Z)"
    r"|(?=[,;:)]|\.(?!\.)| (?=[\d(])|\Z))"
)
"""A number and its unit in a sentence where no range, factor, noun or further sign can follow."""
AFTER_WORD: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789,;:)%")
AFTER_FIGURE: Final = frozenset("0123456789,;)%")
"""Signs that end a word, which with a blank may stand before such a number, and before one without a unit."""
HALVES: Final = tuple(Decimal(5).scaleb(-places - 1) for places in range(16))
"""Half of a number's last digit, by its decimal places."""


def lone_figure(text: str, *, german: bool = False) -> Figure | None:
    """The figure of a text that is nothing else, as most cells of a table are: "49.6 MB". None where it may be
    anything else.
    """
    found = ALONE.fullmatch(text)
    if found is None or (german and tongues.has_points(text)):
        return None
    sign, minus, number, word = found.groups()
    unit = "" if word is None else unit_of(word, glued=found.start(4) == found.end(3))
    if unit is None:
        return None
    value, point, start, end = Decimal(number), number.find("."), found.start(3), len(text)
    half = HALVES[len(number) - point - 1 if point > 0 else 0]
    shown = text[start:] if start else text
    bound = sign[0] if sign and sign != "~" else ""
    return Figure(shown, value, value, unit, "", None, minus is not None, False, sign == "~", bound, half, start, end)


def plain_figure(text: str, start: int, end: int) -> Figure | None:
    """The figure whose number is there, where neither what is before nor what is behind needs a closer look."""
    found = PLAIN.match(text, start)
    if found is None or found.end(1) != end:
        return None
    number, blank, word = found.groups()
    before = text[start - 2 : start] if start > 1 else ""
    if word is None:
        unit = "" if before[-1:] == " " and before[0] in AFTER_FIGURE and "." not in number else None
    else:
        open_ = not start or before[-1:] == "(" or (before[-1:] == " " and before[0] in AFTER_WORD)
        unit = unit_of(word, glued=not blank) if open_ and word not in FACTORS and word != "B" else None
        unit = unit or None
    if unit is None:
        return None
    value, point = Decimal(number), number.find(".")
    half = HALVES[len(number) - point - 1 if point > 0 else 0]
    return Figure(found[0], value, value, unit, half=half, start=start, end=found.end())
