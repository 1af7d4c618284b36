"""Numbers, units and durations as people write them in prose: "reduced by 25%", "< 500MB for 100MB input", "1GB+", "75 minutes"."""

import re
from dataclasses import dataclass
from typing import Final

from orchestrator.evidence.units import COUNTS, UnitError, parse_unit

NUMBER: Final = r"\d[\d,]*(?:\.\d+)?"
QUANTITY: Final = re.compile(
    rf"(?P<sign><=|>=|≤|≥|<|>|==|=|~)?\s*(?P<low>{NUMBER})(?:\s*[-\u2013]\s*(?P<high>{NUMBER}))?\s*(?P<unit>%|[A-Za-zµ]+(?:/[A-Za-z]+)?)?(?P<plus>\+)?",
)
SIGNS: Final = {"≤": "<=", "≥": ">=", "=": "==", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "==": "=="}
AT_LEAST: Final = re.compile(
    r"\b(at least|no less than|minimum|more than|reduc\w*|improv\w*|increas\w*|faster|decreas\w*|sav\w*|gain\w*|lower\w* by)\b",
    re.IGNORECASE,
)
AT_MOST: Final = re.compile(r"\b(at most|no more than|less than|under|below|within|maximum|up to)\b", re.IGNORECASE)
ALL: Final = re.compile(r"\b(all|every|each|pass\w*)\b", re.IGNORECASE)
NONE: Final = re.compile(r"\b(?:zero|no)\s+((?:\w+\s+)?\w+)", re.IGNORECASE)
DURATION: Final = re.compile(
    r"(?P<number>\d+(?:\.\d+)?)\s*(?:[-\u2013]\s*(?P<high>\d+(?:\.\d+)?)\s*)?(?P<unit>[a-z]+)\.?", re.IGNORECASE
)
SECONDS: Final = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600),
    **dict.fromkeys(("d", "day", "days", "pd"), 8 * 3600),
    **dict.fromkeys(("w", "wk", "week", "weeks"), 5 * 8 * 3600),
}
WITHOUT_FIGURE: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), target, aloud)
    for pattern, target, aloud in (
        (r"\bfaster\b", "> 1 x", "faster is read as more than 1 x"),
        (r"\bbetter\b", "> 0 %", "better is read as more than 0 %"),
        (r"\b(same|equal|unchanged)\b.*\b(ratio|size|speed|time|memory|quality)\b", "<= 1 %", "the same is read as a difference of at most 1 %"),
        (r"\bconstant\b.*\bmemory\b", "== 0 MiB/GiB", "constant is read as a slope of 0 against the size of the input; give it a tolerance"),
        (r"\blinear(ly)?\b", ">= 0.98 1", "linear is read as a coefficient of determination of at least 0.98"),
        (r"\b(freed|released|given back)\b", "<= 10 %", "freed is read as: at most 10 % of it is left"),
    )
)  # fmt: skip
"""What people promise without a figure, and the figure that it is read as; always told aloud."""
WORKING: Final = frozenset({"d", "day", "days", "pd", "w", "wk", "week", "weeks"})


@dataclass(frozen=True, slots=True)
class Demand:
    """A target in a plan's words, ">= 25 %"; aloud: how it was read where that is not plain, empty otherwise."""

    target: str
    aloud: str = ""

    @property
    def number(self) -> str:
        """Number and unit without the operator: what two texts that mean the same figure have in common."""
        return self.target.partition(" ")[2]


def find_demands(text: str) -> list[Demand]:
    """The targets in a criterion's text, in order. "< 500MB for 100MB input" is one: what comes after "for" is a condition."""
    said = re.split(r"\bfor\s+(?=[<>~]?\s*\d)", text)[0]
    found = [demand for match in QUANTITY.finditer(said) if (demand := _demand(match, said)) is not None]
    return found or _in_words(said)


def _demand(match: re.Match[str], text: str) -> Demand | None:
    unit = _unit(match["unit"] or "")
    if unit is None:
        return None
    figure = f"{match['low'].replace(',', '')} {unit}"
    operator, aloud = _operator(match, text, figure)
    return Demand(f"{operator} {figure}", aloud)


def _operator(match: re.Match[str], text: str, figure: str) -> tuple[str, str]:
    """The first reading that applies: what the figure itself says, then what the words around it say."""
    said = match[0].strip()
    readings = (
        (match["sign"] in SIGNS, SIGNS.get(match["sign"] or "", ""), ""),
        (bool(match["high"]), ">=", f"of the range {said}, the lower end must be reached"),
        (bool(match["plus"]), ">=", ""),
        (bool(AT_MOST.search(text)), "<=", ""),
        (figure == "100 %" and bool(ALL.search(text)), "==", ""),
        (bool(AT_LEAST.search(text)), ">=", ""),
        (True, ">=", f"{said} says neither at least nor at most: read as at least"),
    )
    return next((operator, aloud) for applies, operator, aloud in readings if applies)


def _in_words(text: str) -> list[Demand]:
    for match in NONE.finditer(text):
        for word in reversed(match[1].lower().split()):
            if word in COUNTS or word in COUNTS.values():
                return [Demand(f"== 0 {COUNTS.get(word, word)}")]
    return next(
        ([Demand(target, f"no figure: {aloud}")] for pattern, target, aloud in WITHOUT_FIGURE if pattern.search(text)),
        [],
    )


def _unit(word: str) -> str | None:
    """The unit in a plan's spelling; None for a word that is no unit, and so no quantity."""
    for spelling in (word, word.lower(), word.upper()):
        try:
            return parse_unit(spelling).text if spelling else None
        except UnitError:
            continue
    return None


def find_duration(text: str) -> tuple[float, str] | None:
    """Seconds and how they were read aloud (empty where plain), of "75 minutes", "2h", "1h30m", "15-20 min"; None for none.

    Of a range the first counts. A day is read as 8 hours of work and a week as 5 days, and that is said.
    """
    total, aloud = 0.0, ""
    for match in DURATION.finditer(text):
        unit = match["unit"].lower()
        if unit not in SECONDS:
            continue
        total += float(match["number"]) * SECONDS[unit]
        if unit in WORKING:
            aloud = "a day is read as 8 hours of work, a week as 5 days"
        if match["high"]:
            aloud = f"of {match[0]} the first counts"
            break
    return (total, aloud) if total else None
