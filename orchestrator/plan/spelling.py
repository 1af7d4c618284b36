"""Scalars without quotes: what YAML makes of them, when that is not what was written, and how to write what is read
back the same.

A number is taken only where its own spelling is the text: `3.10` would become 3.1 and `7225e10` 72250000000000.0
wherever it ends up in a text, an id or a runner's parameter, so both are problems with the mend "put it in quotes".
"""

import re
from decimal import Decimal
from math import isfinite
from typing import Any, Final

WORDS: Final = {"": None, "~": None, "null": None, "Null": None, "NULL": None} | {
    form: word == "true" for word in ("true", "false") for form in (word, word.capitalize(), word.upper())
}
SWITCHES: Final = {form for word in ("yes", "no", "on", "off") for form in (word, word.capitalize(), word.upper())}
INTEGER: Final = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})", re.ASCII)
FLOAT: Final = re.compile(
    r"[-+]?([0-9]{1,400}\.[0-9]{0,400}|\.[0-9]{1,400}|[0-9]{1,400}(?=[eE]))([eE][-+]?[0-9]{1,3})?", re.ASCII
)
OCTAL: Final = re.compile(r"[-+]?0[0-9_]+", re.ASCII)
SEXAGESIMAL: Final = re.compile(r"[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?", re.ASCII)
OTHER_NUMBER: Final = re.compile(
    r"[-+]?(0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|[0-9][0-9_]*_[0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?|\.(inf|Inf"
    r"|INF))"
    r"|\.(nan|NaN|NAN)",
    re.ASCII,
)
NUMBER_STARTS: Final = frozenset("+-.0123456789")
TRAPS: Final = (
    (SEXAGESIMAL, "{} is a number to base 60 in YAML", 'write a duration as 1h30m, or "{}" in quotes'),
    (OCTAL, "{} is an octal number to YAML", 'write the number without its 0, or put it in quotes: "{}"'),
    (OTHER_NUMBER, "{} is a number to YAML, and a text to others", 'put it in quotes: "{}"; or write digits alone'),
)
"""What is one thing to some readers of YAML and another to others: pattern, what is wrong, mend."""

NUMBER_KEYS: Final = frozenset({"tolerance", "level", "backoff"})
"""Keys whose value is a number and nothing else, so that its spelling is nowhere seen."""


def scalar(text: str) -> Any:  # noqa: ANN401 - what YAML holds
    """The value of a plain scalar: None, a truth value, a number, or else the text itself."""
    if text in WORDS:
        return WORDS[text]
    if INTEGER.fullmatch(text):
        return int(text)
    return float(text) if FLOAT.fullmatch(text) else text


def spell(value: Any) -> str:  # noqa: ANN401 - what YAML holds
    """A value within a text: truth values as YAML writes them, numbers in full, lists with commas."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        text = f"{Decimal(repr(value)):f}"
        return text if "." in text or not isfinite(value) else f"{text}.0"
    return ",".join(spell(part) for part in value) if isinstance(value, list | tuple) else str(value)


def respelled(text: str) -> str | None:
    """How the number that a plain scalar stands for would be spelled, where that is not as it is written."""
    value = scalar(text)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return None if spell(value) == text else spell(value)


def trap(text: str, *, number: bool = False) -> tuple[str, str] | None:
    """What is wrong with a scalar without quotes and its mend, None for one that everybody reads as it is written.

    number: it stands where nothing but a number can, so that only its value counts.
    """
    if text in SWITCHES:
        return f"{text} without quotes is a truth value to YAML", f'write true or false, or "{text}" in quotes'
    if text[:1] not in NUMBER_STARTS:
        return None
    for pattern, what, mend in TRAPS:
        if pattern.fullmatch(text):
            return what.format(text), mend.format(text)
    return None if number else _changed(text)


def _changed(text: str) -> tuple[str, str] | None:
    other = respelled(text)
    if other is None:
        return None
    short = other if len(other) <= 40 else f"{other[:40]}…"
    return (
        f"{text} is a number to YAML, and would become {short}",
        f'put it in quotes: "{text}"; as a number write {short}',
    )
