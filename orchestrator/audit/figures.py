"""The figures of a cell's text. It makes one pass over the numbers and looks at a bounded number of characters around
each, so time is linear.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from operator import attrgetter
from typing import Final

from orchestrator.audit import tongues
from orchestrator.audit.behind import BLANKS, MONEY, WORD, Tail, tail_at
from orchestrator.audit.model import Figure
from orchestrator.audit.naming import NUMBER, is_named, is_part
from orchestrator.audit.shortcuts import HALVES, lone_figure, plain_figure
from orchestrator.audit.spelled import SPELLED_HINTS, spelled_figures
from orchestrator.audit.words import hints
from orchestrator.importers.numerals import FACTORS, read_number

MONTH: Final = rf"(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{{0,6}}|(?:{tongues.MONTHS})\b)"
DATES: Final = re.compile(
    rf"\b\d{{4}}-\d\d(?:-\d\d)?(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d{{1,9}})?Z?)?\b|\b{MONTH}\.?\s\d{{1,2}}(?:st|nd|rd"
    rf"|th)?(?:,?\s\d{{4}})?\b"
    rf"|\b\d{{1,2}}\.?\s{MONTH}\.?(?:\s\d{{4}})?\b|\b{MONTH}\s\d{{4}}\b|\bin\s(?:19|20)\d\d\b",
    re.IGNORECASE,
)
MONTH_HINTS: Final = re.compile("jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mrz|mai|okt|dez|avr|jui")
YEAR: Final = re.compile(r"\d{4}")
DIGIT: Final = re.compile(r"\d")
ORDERS: Final = re.compile(r"\bO\([^()]{0,20}\)")
FACTORED: Final = frozenset(word[0] for word in FACTORS)
SIGNS: Final = {"\u2264": "<", "\u2265": ">", "\u2248": "~"}
RANGE: Final = re.compile(r"(?P<dash>[ \u00a0]?[-\u2013\u2014\u2026][ \u00a0]?|\.\.|\sto\s)(?=\d)")
CODE: Final = re.compile(r"(?<![\w.])(USD|EUR|GBP|CHF|SEK|JPY)[ \u00a0]?\Z")
CODED: Final = re.compile(r"[A-Z][ \u00a0]?\Z")
START: Final = attrgetter("start")
LONGEST: Final = 30
"""Signs of a number; what is longer is none."""


def find_figures(text: str, *, german: bool = False) -> list[Figure]:
    """Every figure in order. Numbers within names, versions, days, references and addresses are none. german: whether
    the report is that it stands in.
    """
    alone = lone_figure(text, german=german)
    if alone is not None:
        return [alone]
    if not text.isascii():
        text = text.replace("\u2212", "-").replace("\u202f", "\u00a0")
    counted, spelled = DIGIT.search(text) is not None, hints(text, SPELLED_HINTS)
    if not (counted or spelled):
        return []
    bare = ORDERS.sub(_blank, text) if "O(" in text else text
    if counted:
        bare = tongues.brought_over(_without_days(text), german=german)
    found = [*(_numbers(bare) if counted else ()), *(spelled_figures(bare) if spelled else ())]
    return sorted(found, key=START) if len(found) > 1 else found


def _without_days(text: str) -> str:
    """The text with days and orders of growth blanked out; as long as before."""
    if hints(text, MONTH_HINTS) or YEAR.search(text):
        text = DATES.sub(_blank, text)
    return ORDERS.sub(_blank, text) if "O(" in text else text


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _numbers(text: str) -> Iterator[Figure]:
    end, versions = 0, set[str]()
    last: Figure | None = None
    spread = "\u00b1" in text
    for match in NUMBER.finditer(text):
        if match.start() < end:
            continue
        figure = _figure(text, match)
        if figure is None:
            if is_named(text, match.start()) and "." in match[0]:
                versions.add(match[0].partition(".")[0])
            continue
        plain = not (figure.unit or figure.noun)
        if versions and plain and "." in match[0] and match[0].partition(".")[0] in versions:
            continue
        end = figure.end
        if spread and last is not None and text[last.end : figure.start].strip() == "\u00b1":
            continue  # of the figure before it
        last = figure
        yield figure


def _figure(text: str, match: re.Match[str]) -> Figure | None:
    """The figure whose number is there; None where the number is a part of a name."""
    start, end = match.span()
    plain = plain_figure(text, start, end)
    if plain is not None:
        return plain
    if end - start > LONGEST or is_part(text, start, end):
        return None
    value, whole = _value(match[0])
    if value is None:
        return None
    value, end, half = _factored(text, end, value, match[0])
    money, sign = _money(text, start)
    tail = tail_at(text, end)
    if tail is None:
        return None
    bare = end
    high = value
    if whole is None and (ranged := _ranged(text, start, bare, tail)):
        high, half, tail = ranged
    unitless = not tail.unit or (tail.unit == "B" and tail.end == bare + 1)
    if unitless and whole is None and not money and is_named(text, start):
        return None
    negative, about, bound = _sign(text, start)
    shown = text[start - sign : tail.end].replace("\u00a0", " ").replace("'", ",").strip()
    unit = money or tail.unit
    return Figure(shown, value, high, unit, tail.noun, whole, negative, tail.plus, about, bound, half, start, tail.end)


def _money(text: str, start: int) -> tuple[str, int]:
    """The currency before a number, and how many signs it takes: "$40", "USD 1.85"."""
    if start and text[start - 1] in MONEY:
        return MONEY[text[start - 1]], 1
    found = CODE.search(text, max(0, start - 5), start) if CODED.search(text, max(0, start - 2), start) else None
    return (found[1], start - found.start()) if found else ("", 0)


def _value(text: str) -> tuple[Decimal | None, Decimal | None]:
    """The number, and n of "k/n"; None for a time of day, a version, a day."""
    above, slash, below = text.partition("/")
    if slash:
        k, n = read_number(above), read_number(below) if "/" not in below else None
        return (k, n) if n is not None else (None, None)
    return (None if ":" in text else read_number(text)), None


def _factored(text: str, end: int, value: Decimal, digits: str) -> tuple[Decimal, int, Decimal]:
    """With the "k" or "million" behind it, and half of what its last digit stands for."""
    _, _, places = digits.partition(".")
    half = HALVES[len(places)] if len(places) < len(HALVES) and places.isdigit() else _half(places)
    at = end + (text[end : end + 1] in BLANKS)
    word = WORD.match(text, at) if text[at : at + 1] in FACTORED else None
    factor = word[0].partition("-")[0] if word else ""  # "10k-user" has it as well
    if factor in FACTORS and (at == end or len(factor) > 1):
        return value * FACTORS[factor], at + len(factor), half * FACTORS[factor]
    return value, end, half


def _half(places: str) -> Decimal:
    return Decimal(5).scaleb(-len(places) - 1) if places.isdigit() else HALVES[0]


def _ranged(text: str, start: int, bare: int, low: Tail) -> tuple[Decimal, Decimal, Tail] | None:
    """The upper end of "10-15 %", "10 to 15 %", "10B - 10MB", with its rounding and what stands behind it."""
    if low.plus or low.end == len(text):
        return None
    match = RANGE.match(text, low.end)
    number = NUMBER.match(text, match.end()) if match else None
    if match is None or number is None or number.end() - number.start() > LONGEST:
        return None
    high, whole = _value(number[0])
    if high is None or whole is not None:
        return None
    high, end, half = _factored(text, number.end(), high, number[0])
    tail = tail_at(text, end)
    if tail is None or not _joins(text, start, match["dash"], bare=low.end == bare, unit=tail.unit):
        return None
    return high, half, tail if tail.unit else Tail(low.unit, tail.noun, tail.plus, tail.end)


def _joins(text: str, start: int, dash: str, *, bare: bool, unit: str) -> bool:
    """Whether what stands between two numbers makes them a range. bare: the first has no unit."""
    if dash.strip() == "to":
        return bare and bool(unit) and not text[max(0, start - 6) : start].strip().lower().endswith("from")
    return dash == dash.strip() or (not bare and bool(unit))


def _sign(text: str, start: int) -> tuple[bool, bool, str]:
    """Whether a minus, whether a "~", and which of "<" and ">" stands before a number."""
    if not start:
        return False, False, ""
    head = text[max(0, start - 4) : start]
    close = head.rstrip(" \u00a0")
    sign = close[-1:]
    if sign == "=" and close[-2:-1] in {"<", ">"}:
        sign = close[-2]
    sign = SIGNS.get(sign, sign)
    negative = head == close and sign == "-" and not close[-2:-1].isalnum()
    return negative, sign == "~", sign if sign in {"<", ">"} else ""
