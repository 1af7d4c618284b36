"""Which byte, if any, cuts every line into the same number of fields."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from encoder.detect.lines import Bytes, Lines, Positions

SEPARATORS: Final = tuple(b",;\t|")
"""Separators that are tried, the first winning a tie."""
MOST_FIELDS: Final = 64
"""Counts above this say nothing more, and are cut to it."""
FEWEST_LINES: Final = 5


@dataclass(frozen=True, slots=True)
class Separation:
    """separator: the byte, or a comma when nothing separates. consistency: share of lines with the usual count, 0 to 1.

    count: separators in a usual line, at most `MOST_FIELDS`; 0 when nothing separates.
    """

    separator: int
    consistency: float
    count: int


NOTHING: Final = Separation(SEPARATORS[0], 0.0, 0)


def find_separator(data: Bytes, lines: Lines) -> Separation:
    """The best of `SEPARATORS`: counts outside double quotes (RFC 4180), weighed by consistency and, a little, by number."""
    if len(lines.ends) < FEWEST_LINES:
        return NOTHING
    quotes = np.flatnonzero(data == ord('"'))
    found = [_consistency(data, lines, separator, quotes) for separator in SEPARATORS]
    best = max(found, key=lambda it: it.consistency * min(it.count, 3))
    return best if best.count else NOTHING


def _consistency(data: Bytes, lines: Lines, separator: int, quotes: Positions) -> Separation:
    places = np.flatnonzero(data == separator)
    if len(places) * 2 < len(lines.ends):
        return Separation(separator, 0.0, 0)
    if len(quotes):
        places = places[~_quoted(places, lines, quotes)]
    counts = np.minimum(np.searchsorted(places, lines.ends) - np.searchsorted(places, lines.starts), MOST_FIELDS)
    filled = counts[lines.ends > lines.starts]  # blank lines belong to no table
    if not len(filled):
        return Separation(separator, 0.0, 0)
    usual = int(np.bincount(filled).argmax())
    return Separation(separator, float(np.mean(filled == usual)) if usual else 0.0, usual)


def _quoted(places: Positions, lines: Lines, quotes: Positions) -> NDArray[np.bool_]:
    """Which of `places` stand behind an odd number of quotes, counted from their own line's start."""
    line = np.maximum(np.searchsorted(lines.starts, places, side="right") - 1, 0)
    before = np.searchsorted(quotes, places) - np.searchsorted(quotes, lines.starts)[line]
    odd: NDArray[np.bool_] = before % 2 == 1
    return odd
