"""Numbers written as words, where something is counted: "zero regressions", "two of three"."""

import re
from collections.abc import Iterator
from typing import Final

from orchestrator.audit.behind import WORD, noun_at
from orchestrator.audit.model import Figure
from orchestrator.evidence.units import COUNTS
from orchestrator.importers.numerals import WORDS
from orchestrator.importers.unitwords import NOUNS

SPELLED: Final = re.compile(
    r"\b(" + "|".join(sorted(set(WORDS) - {"one"}, key=len, reverse=True)) + r")\b", re.IGNORECASE
)
SPELLED_HINTS: Final = re.compile("zero|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve")
OF_SPELLED: Final = re.compile(rf"[ \u00a0](?:out )?of (?:the )?(?:{SPELLED.pattern})[ \u00a0]", re.IGNORECASE)
SPELLED_OF: Final = re.compile(rf"(?:{SPELLED.pattern})[ \u00a0](?:out )?of (?:the )?\Z", re.IGNORECASE)
VERBS: Final = frozenset({"are", "were", "is", "was", "remain", "failed", "passed"})


def spelled_figures(text: str) -> Iterator[Figure]:
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
