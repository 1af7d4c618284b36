"""Which byte, if any, cuts every line into the same number of fields."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from encoder.detect.lines import Lines
from encoder.detect.marks import LINE_END, QUOTE, SEPARATORS, Marks, Mask, before

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


def find_separator(marks: Marks, lines: Lines) -> Separation:
    """The best of `SEPARATORS`: counts outside double quotes (RFC 4180), weighed by consistency and, a little, by number."""
    if len(lines.ends) < FEWEST_LINES:
        return NOTHING
    if not marks.separators:
        return NOTHING
    outside = _outside_quotes(marks) if marks.counts[QUOTE] else None
    found = [_consistency(marks, lines, separator, outside) for separator in marks.separators]
    best = max(found, key=lambda it: it.consistency * min(it.count, 3))
    return best if best.count else NOTHING


def _consistency(marks: Marks, lines: Lines, separator: int, outside: Mask | None) -> Separation:
    stands = marks.values == separator
    sums = before(stands if outside is None else stands & outside)
    counts = np.minimum(sums[lines.last] - sums[lines.first], MOST_FIELDS)
    filled = counts[lines.ends > lines.starts]  # blank lines belong to no table
    if not len(filled):
        return Separation(separator, 0.0, 0)
    usual = int(np.bincount(filled).argmax())
    return Separation(separator, np.count_nonzero(filled == usual) / len(filled) if usual else 0.0, usual)


def _outside_quotes(marks: Marks) -> Mask:
    """Which marks stand behind an even number of quotes, counted from their own line's start."""
    odd = np.cumsum(marks.values == QUOTE, dtype=np.uint8)  # wraps, which leaves odd and even as they are
    ends = (marks.values == LINE_END).nonzero()[0]
    starts = np.zeros(len(ends) + 1, np.uint8)
    starts[1:] = odd[ends]
    odd ^= np.repeat(starts, np.diff(ends, prepend=-1, append=len(odd) - 1))
    even: Mask = odd & np.uint8(1) == 0
    return even
