"""The figures of a cell's text. It makes one pass over the numbers and looks at a bounded number of characters around
each, so time is linear.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Final, NamedTuple

from orchestrator.audit import tongues
from orchestrator.audit.model import Figure
from orchestrator.audit.words import hints
from orchestrator.evidence.units import COUNTS
from orchestrator.importers.figures import NOUNS, STOPPERS, plan_unit
from orchestrator.importers.numerals import FACTORS, WORDS, read_number

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
NUMBER: Final = re.compile(r"\d{1,3}(?:[\u00a0\u202f]\d{3})+(?!\d)|\d+(?:[.,:'_/]\d+)*(?:[eE][+-]?\d{1,3}(?!\w))?")
UNIT: Final = re.compile(r"[^\W\d_]{1,20}(?:/[^\W\d_]{1,20})?|[%\u00d7\u20ac\u00a3]")
FACTORED: Final = frozenset(word[0] for word in FACTORS)
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
BLANKS: Final = frozenset(" \u00a0\u202f")
SIGNS: Final = {"\u2264": "<", "\u2265": ">", "\u2248": "~"}
RANGE: Final = re.compile(r"(?P<dash>[ \u00a0]?[-\u2013\u2014\u2026][ \u00a0]?|\.\.|\sto\s)(?=\d)")
WORD: Final = re.compile(r"[^\W\d_]{1,40}(?:[-'][^\W\d_]{1,40})?")
HALVES: Final = tuple(Decimal(5).scaleb(-places - 1) for places in range(16))
"""Half of a number's last digit, by its decimal places."""
SPELLED: Final = re.compile(
    r"\b(" + "|".join(sorted(set(WORDS) - {"one"}, key=len, reverse=True)) + r")\b", re.IGNORECASE
)
SPELLED_HINTS: Final = re.compile("zero|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve")
OF_SPELLED: Final = re.compile(rf"[ \u00a0](?:out )?of (?:the )?(?:{SPELLED.pattern})[ \u00a0]", re.IGNORECASE)
SPELLED_OF: Final = re.compile(rf"(?:{SPELLED.pattern})[ \u00a0](?:out )?of (?:the )?\Z", re.IGNORECASE)
VERBS: Final = frozenset({"are", "were", "is", "was", "remain", "failed", "passed"})
NAMING: Final = frozenset(
    [
        "phase",
        "step",
        "stage",
        "section",
        "chapter",
        "issue",
        "issues",
        "pr",
        "figure",
        "table",
        "task",
        "sprint",
        "day",
        "week",
        "milestone",
        "level",
        "port",
        "http",
        "rfc",
        "node",
        "python",
        "ubuntu",
        "debian",
        "postgres",
        "version",
        "release",
        "line",
        "lines-of",
        "workstream",
        "stream",
        "round",
        "part",
        "item",
        "appendix",
        "option",
        "scenario",
        "java",
        "go",
        "gcc",
        "clang",
        "cuda",
        "rust",
        "ticket",
        "epic",
        "iteration",
        "wave",
        "lot",
        "page",
        "tier",
        "type",
        "class",
        "model",
        "gen",
        "generation",
        "ipv",
        "schema",
        "priority",
        "abschnitt",
        "kapitel",
        "fassung",
        "zeile",
        "seite",
        "etappe",
    ]
)
VERSIONED: Final = re.compile(
    r"\b(?:from|with|on|using|under|by|and|needs|requires|supports?)\s(?!ratio|score|mean|average)[A-Za-z][\w+]{1,20}$"
)
"""A tool before a number with a point: "from mypy 1.11"."""
MONEY: Final = {"$": "USD", "\u20ac": "EUR", "\u00a3": "GBP"}
CODE: Final = re.compile(r"(?<![\w.])(USD|EUR|GBP|CHF|SEK|JPY)[ \u00a0]?\Z")
CODED: Final = re.compile(r"[A-Z][ \u00a0]?\Z")
CURRENCIES: Final = frozenset({"usd", "eur", "gbp", "chf", "dollars", "euros", "cents"})
CALENDAR: Final = frozenset({"day", "days", "week", "weeks", "month", "months"})
SIZED: Final = {"b": "B", "kb": "KB", "mb": "MB", "gb": "GB", "tb": "TB"}
BETWEEN: Final = frozenset({"is", "=", ":", "no.", "nr.", "number", ">=", "<=", ">", "<", "==", "\u2265", "\u2264"})
"""What may stand between such a word and its number: "port is 8125", "Python >= 3.10"."""
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
    found = [*(_numbers(bare) if counted else ()), *(_spelled(bare) if spelled else ())]
    return sorted(found, key=START) if len(found) > 1 else found


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
            if _named(text, match.start()) and "." in match[0]:
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


def _plain_figure(text: str, start: int, end: int) -> Figure | None:
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


def _figure(text: str, match: re.Match[str]) -> Figure | None:
    """The figure whose number is there; None where the number is a part of a name."""
    start, end = match.span()
    plain = _plain_figure(text, start, end)
    if plain is not None:
        return plain
    if end - start > LONGEST or _is_part(text, start, end):
        return None
    value, whole = _value(match[0])
    if value is None:
        return None
    value, end, half = _factored(text, end, value, match[0])
    money, sign = _money(text, start)
    tail = _unit(text, end)
    if tail is None:
        return None
    bare = end
    high = value
    if whole is None and (ranged := _ranged(text, start, bare, tail)):
        high, half, tail = ranged
    unitless = not tail.unit or (tail.unit == "B" and tail.end == bare + 1)
    if unitless and whole is None and not money and _named(text, start):
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


def _is_part(text: str, start: int, end: int) -> bool:
    """Whether a number belongs to a name, a reference or a path."""
    before = text[start - 1] if start else " "
    further = text[start - 2] if start > 1 else " "
    if before.isalpha() or before in "_#@^\\":
        return True
    if before in "-\u2013./'" and (further.isalpha() or further in "_)" or (further.isdigit() and before in "/.")):
        return True
    return before == "[" and text[end : end + 1] == "]"


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


class _Tail(NamedTuple):
    """What stands behind a number. end: of the whole figure."""

    unit: str
    noun: str
    plus: bool
    end: int


def _unit(text: str, at: int) -> _Tail | None:
    """Unit or noun, with a "+" before or behind it. None where the number is a part of a name."""
    plus = text[at : at + 1] == "+" and not text[at + 1 : at + 2].isdigit()
    at += plus
    begin = at + (text[at : at + 1] in BLANKS)
    match = UNIT.match(text, begin)
    if match is None or (match[0] == "x" and text[match.end() : match.end() + 1].isdigit()):
        hyphen = WORD.match(text, at + 1) if text[at : at + 1] == "-" else None
        return _Tail("", "", plus, at) if hyphen is None else _compound(hyphen, plus=plus, at=at)
    unit = MONEY.get(match[0]) or unit_of(tongues.octets(match[0], text), glued=begin == at)
    if unit is not None:
        more = text[match.end() : match.end() + 1] == "+" and not text[match.end() + 1 : match.end() + 2].isalnum()
        return _Tail(unit, "", plus or more, match.end() + more)
    if begin == at and match[0][0].isalpha():
        return None
    return _Tail("", noun_at(text, begin), plus, at)


def _compound(word: re.Match[str], *, plus: bool, at: int) -> _Tail:
    """Of "4-stream" and "30-day"."""
    head = word[0].partition("-")[0]
    unit = unit_of(head, glued=False)
    return _Tail(unit, "", plus, word.end()) if unit else _Tail("", head.lower(), plus, at)


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


def _ranged(text: str, start: int, bare: int, low: _Tail) -> tuple[Decimal, Decimal, _Tail] | None:
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
    tail = _unit(text, end)
    if tail is None or not _joins(text, start, match["dash"], bare=low.end == bare, unit=tail.unit):
        return None
    return high, half, tail if tail.unit else _Tail(low.unit, tail.noun, tail.plus, tail.end)


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


def _named(text: str, start: int) -> bool:
    """Whether the word before a number makes it a name: "Phase 4", "Python 3.12"."""
    if not start:
        return False
    head = text[max(0, start - 24) : start].rstrip(" \u00a0")
    words = head.split()
    if not words or len(head) == start:
        return False
    if len(words) > 1 and words[-1] in BETWEEN:
        words.pop()
    return words[-1].lower().strip("(*") in NAMING or (VERSIONED.search(head) is not None and _is_decimal(text, start))


def _is_decimal(text: str, start: int) -> bool:
    found = NUMBER.match(text, start)
    return found is not None and "." in found[0]


def _spelled(text: str) -> Iterator[Figure]:
    """As in "zero regressions", "three agents": numbers written as words, where something is counted."""
    for match in SPELLED.finditer(text):
        if text[match.end() : match.end() + 1] not in {" ", "\u00a0"} or text[max(0, match.start() - 1)] in "-/.":
            continue
        word = WORD.match(text, match.end() + 1)
        if word is None:
            continue
        noun = noun_at(text, match.end() + 1)
        if (
            match[0].lower() == "zero"
            or OF_SPELLED.match(text, match.end())
            or _after_of(text, match.start())
            or _is_counted(noun)
            or word[0].lower() in VERBS
        ):
            value = WORDS[match[0].lower()]
            yield Figure(match[0], value, value, noun=noun, start=match.start(), end=match.end())


def _after_of(text: str, start: int) -> bool:
    """Whether it is the whole of "two of three"."""
    return SPELLED_OF.search(text[max(0, start - 24) : start]) is not None


def _is_counted(noun: str) -> bool:
    return any(word in COUNTS.values() or word in NOUNS for word in noun.split())
