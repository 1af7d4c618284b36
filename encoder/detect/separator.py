"""Find the byte that splits every line into the same number of fields, if there is one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from encoder.detect.lines import Lines
from encoder.detect.marks import LINE_END, QUOTE, SEPARATORS, Marks, Mask, before

MOST_FIELDS: Final = 64
"""Larger counts say nothing more, and are cut to this."""
FEWEST_LINES: Final = 5


@dataclass(frozen=True, slots=True)
class Fields:
    """Fields of the lines that are not blank, for one separator outside double quotes.

    usual: the usual count, `MOST_FIELDS` at most. agreeing: how many lines have it.
    """

    separator: int
    usual: int
    agreeing: int


@dataclass(frozen=True, slots=True)
class Separation:
    """separator: the byte, or a comma if nothing separates. consistency: share of lines with the usual count, 0 to 1.

    count: separators in a usual line, at most `MOST_FIELDS`; 0 if nothing separates.
    """

    separator: int
    consistency: float
    count: int


NOTHING: Final = Separation(SEPARATORS[0], 0.0, 0)


def separation_of(looked: int, filled: int, fields: Sequence[Fields]) -> Separation:
    """The best of the tried separators, weighed by consistency and, a little, by number.

    looked, filled: examined lines, and how many of them are not blank.
    """
    found = [Separation(it.separator, it.agreeing / filled, it.usual) for it in fields if it.usual and it.agreeing]
    if looked < FEWEST_LINES or not found:
        return NOTHING
    return max(found, key=lambda it: it.consistency * min(it.count, 3))


def count_fields(marks: Marks, lines: Lines) -> tuple[int, tuple[Fields, ...]]:
    """How many lines are not blank, and their fields by each tried separator (RFC 4180: double quotes protect
    separators).
    """
    filled = lines.ends > lines.starts  # blank lines belong to no table
    count = int(np.count_nonzero(filled))
    if not count:
        return 0, ()
    outside = _outside_quotes(marks) if marks.separators and marks.counts[QUOTE] else None
    return count, tuple(_fields(marks, lines, filled, separator, outside) for separator in marks.separators)


def _fields(marks: Marks, lines: Lines, filled: Mask, separator: int, outside: Mask | None) -> Fields:
    stands = marks.values == separator
    sums = before(stands if outside is None else stands & outside)
    counts = np.minimum(sums[lines.last] - sums[lines.first], MOST_FIELDS)[filled]
    frequencies = np.bincount(counts)
    usual = int(frequencies.argmax())
    return Fields(separator, usual, int(frequencies[usual]))


def _outside_quotes(marks: Marks) -> Mask:
    """Which marks come after an even number of quotes, counted from their own line's start."""
    odd = np.cumsum(marks.values == QUOTE, dtype=np.uint8)  # wraps, which keeps odd and even
    ends = (marks.values == LINE_END).nonzero()[0]
    starts = np.zeros(len(ends) + 1, np.uint8)
    starts[1:] = odd[ends]
    odd ^= np.repeat(starts, np.diff(ends, prepend=-1, append=len(odd) - 1))
    even: Mask = odd & np.uint8(1) == 0
    return even
