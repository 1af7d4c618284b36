"""Read numbers as people write them, completely or not at all: 1,280 and 1.5 and 1,5 and 99,9 and 1e-3 and 10k and 2/3.

A number is read only where its spelling has one meaning. "1.2.3", "12:30", "1,23,4" and "2026-03-02" are names, times
and dates, not numbers. They are read as `None`: there is a figure that nobody should guess.
"""

import re
from decimal import Decimal
from typing import Final

DIGITS: Final = 15
"""The longest number: what has more digits is no figure of a plan, and no double holds it."""
THOUSANDS: Final = re.compile(
    r"[1-9]\d{0,2}(?:(?P<mark>[,.'_\u00a0\u202f\u2009 ])\d{3})(?:(?P=mark)\d{3}){0,4}(?:(?P<point>[.,])\d{1,9})?"
)
SIMPLE: Final = re.compile(r"[0-9]{1,8}(?:\.[0-9]{1,6})?")
"""Most numbers: what they mean needs no other look."""
PLAIN: Final = re.compile(r"\d{1,15}(?:[.,]\d{1,9})?")
EXPONENT: Final = re.compile(r"(?P<base>\d{1,9}(?:[.,]\d{1,9})?)(?:[eE](?P<power>[+-]?\d{1,2}))")
POWER: Final = re.compile(r"10\^(?P<power>-?\d{1,2})")
FACTORS: Final = {
    "k": 1000,
    "K": 1000,
    "M": 1_000_000,
    "million": 1_000_000,
    "thousand": 1000,
    "billion": 1_000_000_000,
}
WORDS: Final = {
    word: Decimal(value)
    for value, words in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    )
    for word in words.split()
}


def read_number(text: str) -> Decimal | None:
    """What the text, which holds digits and the signs between them, means; None where it has no meaning or more
    than one.
    """
    if SIMPLE.fullmatch(text):
        return Decimal(text)
    if (len(text) > DIGITS and sum(sign.isdigit() for sign in text) > DIGITS) or (
        not text.isascii() and not _spaced(text)
    ):
        return None
    if found := POWER.fullmatch(text):
        return Decimal(10) ** int(found["power"])
    if found := EXPONENT.fullmatch(text):
        return Decimal(found["base"].replace(",", ".")) * Decimal(10) ** int(found["power"])
    if found := THOUSANDS.fullmatch(text):
        return _grouped(text, found["mark"], found["point"])
    return Decimal(text.replace(",", ".")) if PLAIN.fullmatch(text) else None


def _spaced(text: str) -> bool:
    return all(sign.isascii() or sign in "\u00a0\u202f\u2009" for sign in text)


def _grouped(text: str, mark: str, point: str | None) -> Decimal | None:
    """1,280 and 1 280 and 1.280,5; a single point before three digits is an English fraction: 1.280."""
    if point == mark:
        return None
    if mark == "." and point is None:
        return Decimal(text) if text.count(".") == 1 else Decimal(text.replace(".", ""))
    whole = text.replace(mark, "")
    return Decimal(whole.replace(",", "."))


def spelled(number: Decimal) -> str:
    """The number as a plan writes it: no exponent, no needless zeros."""
    plain = f"{number:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
