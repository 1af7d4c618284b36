"""Numbers that are a part of a name, a reference or a path, and no figures: "Phase 4", "Python 3.12", "v2"."""

import re
from typing import Final

NUMBER: Final = re.compile(r"\d{1,3}(?:[\u00a0\u202f]\d{3})+(?!\d)|\d+(?:[.,:'_/]\d+)*(?:[eE][+-]?\d{1,3}(?!\w))?")
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
BETWEEN: Final = frozenset({"is", "=", ":", "no.", "nr.", "number", ">=", "<=", ">", "<", "==", "\u2265", "\u2264"})
"""What may stand between such a word and its number: "port is 8125", "Python >= 3.10"."""


def is_part(text: str, start: int, end: int) -> bool:
    """Whether a number belongs to a name, a reference or a path."""
    before = text[start - 1] if start else " "
    further = text[start - 2] if start > 1 else " "
    if before.isalpha() or before in "_#@^\\":
        return True
    if before in "-\u2013./'" and (further.isalpha() or further in "_)" or (further.isdigit() and before in "/.")):
        return True
    return before == "[" and text[end : end + 1] == "]"


def is_named(text: str, start: int) -> bool:
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
