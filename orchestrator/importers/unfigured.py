"""Targets without a figure: "no regressions", "zero leaks", "twice as fast", "linear"."""

import re
from collections.abc import Iterator
from typing import Final

from orchestrator.evidence.units import COUNTS
from orchestrator.importers.relations import LOWER
from orchestrator.importers.unitwords import plan_unit

Asked = tuple[str, str]
"""A target, and how it was read where that is not plain."""
NONE: Final = re.compile(r"\b(zero|no|zéro|null|keine?|aucune?)[ -]((?:\w+ )?\w+)(?= (\w+))?", re.IGNORECASE)
BEHIND: Final = frozenset(
    {
        "in",
        "of",
        "on",
        "at",
        "from",
        "after",
        "remain",
        "left",
        "found",
        "during",
        "when",
        "is",
        "are",
        "allowed",
        "for",
        "with",
        "by",
        "per",
        "",
    }
    | {"introduced", "reported", "over", "under", "anywhere", "within", "to", "and", "or", "across", "since", "between"}
)
WITHOUT_FIGURE: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), target, aloud)
    for pattern, target, aloud in (
        (r"\btwice (?:as|the)\b", ">= 2 x", "twice is read as a factor of 2"),
        (r"\bhalv(?:e[sd]?|ing)\b|\b(?:by|in) half\b", ">= 50 %", "half is read as 50 % less"),
        (r"\bfaster\b", "> 1 x", "faster is read as more than 1 x"),
        (r"\bbetter\b", "> 0 %", "better is read as more than 0 %"),
        (
            r"\b(same|equal|unchanged)\b.{0,60}\b(ratio|size|speed|time|memory|quality)\b",
            "<= 1 %",
            "the same is read as a difference of at most 1 %",
        ),
        (
            r"\bconstant\b.{0,60}\bmemory\b",
            "== 0 MiB/GiB",
            "constant is read as a slope of 0 against the size of the input; give it a tolerance",
        ),
        (r"\blinear(ly)?\b", ">= 0.98 1", "linear is read as a coefficient of determination of at least 0.98"),
        (
            r"\bmemory\b.{0,60}\b(freed|released|given back)\b",
            "<= 10 %",
            "freed is read as: at most 10 % of it is left",
        ),
    )
)
"""What people promise without a figure, and the figure that it is read as; always told aloud."""


def none_in(text: str) -> list[Asked]:
    """As in "No regressions", "zero leaks"."""
    for match in NONE.finditer(text):
        named = text[match.start(2) - 1] == "-"  # "zero-copy" is a name, and "zero-downtime" is none of what is counted
        if named and not LOWER.match(match[2].lower()) and not plan_unit(match[2].split()[0]):
            continue
        if demand := _none_of(match[1].lower(), match[2].lower().split(), (match[3] or "").lower()):
            return [demand]
    return []


def without_figure(text: str) -> Iterator[Asked]:
    """As in "faster", "linear", "twice as fast"."""
    for pattern, target, aloud in WITHOUT_FIGURE:
        if pattern.search(text):
            yield target, f"no figure: {aloud}"
            return


def _none_of(word: str, nouns: list[str], following: str) -> Asked | None:
    """None of a noun that a plan knows, as the last of its words; of any other noun only where it is "zero" of them."""
    if len(nouns) == 2 and nouns[1] in BEHIND:
        nouns, following = nouns[:1], nouns[1]
    if nouns[0] in BEHIND:  # "sums are zero for each"
        return None
    unit = plan_unit(nouns[-1])
    counted = unit in COUNTS.values() if unit else False
    if counted and (following in BEHIND or following.endswith(("ed", "ing")) or word in {"zero", "z\u00e9ro"}):
        return f"== 0 {unit}", ""
    if counted and not following:
        return f"== 0 {unit}", ""
    if word in {"zero", "z\u00e9ro"}:
        return "== 0 counts", f"{' '.join(nouns)!r} is not a unit of a plan: counted as counts"
    return None
