"""Reduce words of claims to stems, to find whether two texts are about the same thing."""

import re
from functools import lru_cache
from typing import Final

WORD: Final = re.compile(r"[^\W\d_]{2,40}")
ENDINGS: Final = ("ations", "ation", "ings", "ing", "ions", "ion", "ers", "ed", "es", "er", "s", "e")
EMPTY: Final = frozenset(
    [
        "the",
        "and",
        "for",
        "with",
        "from",
        "into",
        "than",
        "that",
        "this",
        "was",
        "were",
        "are",
        "is",
        "its",
        "our",
        "all",
        "any",
        "per",
        "not",
        "has",
        "have",
        "had",
        "now",
        "new",
        "by",
        "of",
        "in",
        "on",
        "to",
        "at",
        "an",
        "as",
        "be",
        "it",
        "or",
        "up",
        "down",
        "key",
        "target",
        "goal",
        "achieved",
        "result",
        "value",
        "status",
        "metric",
        "item",
        "phase",
        "workstream",
        "stream",
        "complete",
        "ready",
        "we",
        "our",
        "my",
        "their",
        "about",
    ]
)
SAME: Final = {
    "reduction": "reduc", "reduced": "reduc", "reduce": "reduc", "less": "reduc", "smaller": "reduc", "saving": "reduc",
    "savings": "reduc",
    "lower": "reduc", "dropped": "reduc", "fell": "reduc", "decrease": "reduc", "decreased": "reduc",
    "improvement": "gain", "improve": "gain", "improved": "gain", "better": "gain", "gains": "gain", "gain": "gain",
    "tests": "test", "testing": "test", "detection": "detect", "detecting": "detect", "compression": "compress",
    "compressed": "compress",
    "streaming": "stream", "streams": "stream", "faster": "speed", "speedup": "speed", "files": "file", "rss": "memory",
}  # fmt: skip


def hints(text: str, some: re.Pattern[str]) -> bool:
    """Whether a text may hold what a slower pattern looks for, of which each match holds one of `some`, lower case."""
    return not text.isascii() or some.search(text.lower()) is not None


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The word without a common ending, lower case; words that say the same get the same stem."""
    low = word.lower()
    known = SAME.get(low) or SAME.get(low.removesuffix("s"))
    if known:
        return known
    for ending in ENDINGS:
        if low.endswith(ending) and len(low) - len(ending) >= 4:
            return low[: -len(ending)]
    return low


def stems(text: str, most: int = 400) -> frozenset[str]:
    """The stems of the words of the first so many characters that mean something."""
    return _stems(text[:most])


@lru_cache(maxsize=16_384)
def _stems(text: str) -> frozenset[str]:
    return frozenset([stem(word) for word in WORD.findall(text.replace("_", " ")) if word.lower() not in EMPTY])


def says(text: str, name: str) -> bool:
    """Whether the text has the name of a metric in it as a whole: `share` does not stand in `pack.share`."""
    return re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-]|\.\w)", text, re.IGNORECASE) is not None
