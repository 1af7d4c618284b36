"""The words and forms of a task's line: its key, marks, estimate, owner, needs and status."""

import re
from typing import Final

KEY: Final = re.compile(
    r"(?P<key>(?:[A-Z]{1,6}-?)?\d{1,9}(?:\.\d{1,9}){0,6}|[A-Z]{1,4}\d{1,9}(?:\.\d{1,9}){0,6})[.:)]?\s+(?=\S)"
)
STEP: Final = re.compile(
    r"(?:step|sub-?task|task|schritt|t\u00e2che"
    r"|\u00e9tape)\s+(?P<key>\d{1,4}(?:\.\d{1,4}){0,3})\s?[:.\u2013\u2014)-]\s?(?=\S)",
    re.IGNORECASE,
)
MARK: Final = re.compile(r"\s?\[(?P<mark>P\??|US\d{1,3}|Story[ -]?\d{1,3})\](?=\s|$)", re.IGNORECASE)
ESTIMATE: Final = re.compile(
    r"(?P<text>\d{1,6}(?:[.,]\d{1,4})?\s?(?:[-\u2013]\s?\d{1,6}(?:[.,]\d{1,4})?)?\s?"
    r"(?:h|hrs?|hours?|m|mins?|minutes?|d|days?|w|weeks?|person-days?|pd|j|jours?|semaines?|heures?|tage?|stunden?"
    r"|wochen?)"
    r"(?:\s?\d{1,4}\s?(?:h|hrs?|hours?|m|mins?|minutes?))?)$",
    re.IGNORECASE,
)
BRACKETED: Final = re.compile(r"\s?[(\[](?P<text>[^()\[\]]{2,40})[)\]]$")
BEFORE_ESTIMATE: Final = re.compile(
    r"(?:\b(?:est(?:imated?)?\.?|effort|duration|dur\u00e9e|aufwand)\s?:?|~|\u2248|[\u2013\u2014(\[-])\s?$",
    re.IGNORECASE,
)
WAITS: Final = re.compile(
    r"\b(?:depends on|dependencies|depend on|blocked by|requires|needs|after|d\u00e9pend de|abh\u00e4ngig von"
    r"|nach)\b\s?:?\s?",
    re.IGNORECASE,
)
BY_TITLE: Final = re.compile(r"depend|block|d\u00e9p|abh", re.IGNORECASE)
"""These announce titles clearly enough; the others only names with a digit, so that "profile before/after
optimization" is a title.
"""
NAMED: Final = re.compile(r"#?[\w.-]{1,40}(?:\s?(?:,|and|&|et|und|\s)\s?#?[\w.-]{1,40}){0,40}")
OWNER: Final = re.compile(r"(?<![\w@])@(?P<name>[^\W\d_][\w-]{0,60})")
LAG: Final = re.compile(
    r"(?P<key>[\w.-]{1,40}?)(?P<kind>FS|SS|FF|SF)(?P<lag>[+-]\s?\d{1,5}(?:[.,]\d{1,3})?\s?\w{0,10})?", re.IGNORECASE
)
PERCENT: Final = re.compile(r"\s?\[\s?\d{1,4}\s?%?\s?\]")
NOTHING: Final = frozenset(
    {
        "",
        "-",
        "\u2013",
        "\u2014",
        "none",
        "n/a",
        "na",
        "nothing",
        "aucune",
        "aucun",
        "keine",
        "tbd",
        "?",
        "null",
        "[]",
        "no",
        "start",
    }
)
DONE_WORDS: Final = frozenset(
    {
        "done",
        "complete",
        "completed",
        "finished",
        "closed",
        "shipped",
        "merged",
        "x",
        "yes",
        "100%",
        "termin\u00e9",
        "termin\u00e9e",
        "fait",
        "erledigt",
        "fertig",
        "resolved",
        "hecho",
        "true",
    }
)
OPEN: Final = frozenset({"todo", "open", "pending", "ready", "not started", "planned", "to do", "0%", "no", "false"})
"""A status that says nothing."""
GIVEN_UP: Final = re.compile(
    r"cancell?ed|abandoned|dropped|obsolete|rejected|wo(?:n'?t|nt)[ -]?(?:do|fix)|duplicate|abandonn\u00e9e?"
    r"|annul\u00e9e?|abgebrochen|verworfen|cancelad[oa]",
    re.IGNORECASE,
)
"""A status of work that nobody will do."""


def split_names(text: str) -> list[str]:
    """The names in "T1, T2 and #3"; none for a dash."""
    names = (name.strip().strip("#[]'\"()`.") for name in re.split(r"[,;&+\n]|\band\b|\bet\b|\bund\b|\s", text[:2000]))
    return [name for name in names if name.lower() not in NOTHING]


def is_given_up(status: str) -> bool:
    """Whether a status says that nobody will do it."""
    return GIVEN_UP.fullmatch(status.strip(" .!*")[:40]) is not None


def is_done(status: str) -> bool:
    """Whether a status says that something is done."""
    word = status.strip(" .!*").lower()
    return word in DONE_WORDS or word.partition(" ")[0].rstrip(",:;") in {
        "done",
        "completed",
        "complete",
        "termin\u00e9",
        "erledigt",
    }
