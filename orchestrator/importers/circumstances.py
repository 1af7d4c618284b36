"""Figures that are no targets: they give the conditions of another figure, a time, a possibility, or a version."""

import re
from collections.abc import Sequence
from typing import Final

from orchestrator.importers.figures import Figure
from orchestrator.importers.tokens import Is, Token, said_after, said_before

CONDITION: Final = re.compile(
    r"\b(?:for|at|with|on|during|after|when|if|while|across|among|out of|over|per|every|each|given|using|bei|pour"
    r"|avec)(?: a| an| the| all| up to| load of| inputs? of| files? of| files?| inputs?)*$"
)
LEADING: Final = re.compile(
    r"^(?:for|at(?! (?:most|least|max|min))|with|on|during|after|when|if|while|given|under|using|bei|pour|avec|per)\b"
)
LOADS: Final = frozenset(
    {"users", "requests", "connections", "requests/s", "counts", "sessions", "queries/s", "threads"}
)
BEYOND: Final = r"(?:more|greater|higher|larger|longer|bigger|slower|over|above|beyond|past|exceed\w*|reach\w*|[<>]=?)"
TRIGGER: Final = re.compile(
    rf"(?:\b(?:if|when|whenever|once|wenn|falls|si|quand)\b|^(?:reject|refus|block|warn|alert|abort)\w*\b)"
    rf".{{0,60}}{BEYOND}(?: than)?(?: a| an)?$"
)
"""As in "fails if memory exceeds", "rejects uploads over": what comes next is where something begins."""
FAILURE: Final = re.compile(
    r"(?:(?:is|are|counts as|means)(?: a| an)? (?:fail|error|defect|unaccept|not accept)|fails?\b)"
)
POSSIBLE: Final = re.compile(r"\b(?:can|could|may|able|allowed)\b")
VERSIONED: Final = re.compile(
    r"\b(?:support\w*|compatib\w*|requires?|runs? (?:on|with)|works? (?:on|with)|version|needs?)\b", re.IGNORECASE
)


TODAY: Final = r"(?:today|now|currently|current(?: value)?|at present|before|heute|derzeit|aujourd'hui|hoy)"
WAS: Final = re.compile(rf"\b(?:was|were|is|baseline|{TODAY})(?: at| of| about)?$")
IS_NOW: Final = re.compile(rf"{TODAY}\b")


def is_of_today(tokens: Sequence[Token], figure: Figure) -> bool:
    """Whether it says what is, or was, beside what shall be: in brackets with "today", "was"."""
    opened = next((token.text for token in reversed(tokens[: figure.at]) if token.text in "()"), "")
    before = said_before(tokens, figure.at, 4)
    return opened == "(" and (IS_NOW.match(said_after(tokens, figure.end)) or WAS.search(before)) is not None


def is_trigger(before: str) -> bool:
    """Whether the words before a figure make it one at which something happens."""
    return TRIGGER.search(before) is not None


def is_called_failure(after: str) -> bool:
    """Whether the words behind a figure call it a failure."""
    return FAILURE.match(after) is not None


def may_be(before: str, after: str) -> bool:
    """Whether "up to" a figure is what somebody can do: it may be more than they need, or a limit that is kept."""
    return before.endswith("up to") and POSSIBLE.search(f"{before} {after}") is not None


def is_version(tokens: Sequence[Token], figure: Figure, text: str) -> bool:
    """Whether it is the version of what stands before it, in a line about what is required: "Python >= 3.11"."""
    at = figure.at - 1
    while at > 0 and tokens[at].kind is Is.SIGN:
        at -= 1
    name = tokens[at] if at >= 0 else None
    named = name is not None and name.kind is Is.WORD and any(sign.isupper() for sign in name.text)
    return (
        named and figure.unit in {"", "counts"} and VERSIONED.search(text) is not None and not _counts(tokens, figure)
    )


def _counts(tokens: Sequence[Token], figure: Figure) -> bool:
    """Whether something is counted: "Supports NATO 30 members"."""
    return figure.unit == "counts" and tokens[figure.end - 1].low not in {"supported", "required", "or", "and"}


def is_of_share(tokens: Sequence[Token], figure: Figure, last: Figure) -> bool:
    """Whether it says of which cases the share before it is: "1 % of requests may take longer than 2 s"."""
    between = [token.low for token in tokens[last.end : figure.at]]
    apart = any(word in {"and", "but", "et", "und", "y"} or word in ",;.:(" for word in between)
    return last.unit == "%" and between[:1] in (["of"], ["de"], ["der"], ["des"]) and not apart


def is_condition(tokens: Sequence[Token], figure: Figure) -> bool:
    """Whether the figure says under which circumstances another one holds: "for 100 MB of input", "with 50 users"."""
    before = said_before(tokens, figure.at, 6)
    return CONDITION.search(before) is not None


def is_circumstance(tokens: Sequence[Token], figure: Figure, last: Figure) -> bool:
    """Whether words between the last demand and this figure make it a circumstance of that, though it has an
    operator of its own.
    """
    between = [token.low for token in tokens[last.end : figure.at]]
    joined = any(word in {"and", ",", ";", "in", "but", "et", "und", "y"} for word in between)
    opened = any(
        word in {"for", "when", "if", "while", "with", "at", "on", "given", "during", "over", "after"}
        for word in between
    )
    loaded = bool(between) and between[-1] in {"under", "over"} and figure.unit in LOADS
    return loaded or (opened and not joined)


def leads(tokens: Sequence[Token], figure: Figure) -> bool:
    """Whether it stands in a clause that opens the sentence as a circumstance: "With 1000 users, …"."""
    start = " ".join(token.low for token in tokens[:2])
    if start.startswith("under") and figure.unit not in LOADS:
        return False
    comma = any(token.text == "," for token in tokens[figure.end : figure.end + 8])
    plain = not any(token.text in ",;" for token in tokens[: figure.at])
    return comma and plain and LEADING.match(start) is not None
