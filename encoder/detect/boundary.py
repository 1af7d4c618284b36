"""Where the kind of data changes inside a window, so that a block can end there.

Records of one kind compress far better without another kind between them. A block of two kinds is detected as neither.
Most windows hold one kind, and three glances show that. More glances are taken only if one of the three differs. Both
sides are measured only if those glances agree on a change.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import Final, NamedTuple

import numpy as np

from encoder.detect.glance import Glance, alike, distance, glance
from encoder.detect.pattern import PatternDetector
from encoder.detect.records import RECORD_END, Cutting, cut_at
from encoder.detect.runs import is_runs
from encoder.trees import TREES

PLACES: Final = 16
"""How many places of a window get a glance."""

PIECE: Final = 1 << 12
"""Bytes of such a glance, and about how far from the change the cut can be."""

APART: Final = 0.28
"""Total variation from what came before that makes two consecutive places another kind.

Measured on pieces of `PIECE` bytes: at most 0.27 within files of one kind, rarely less between kinds of records.
"""

MEASURED: Final = 1 << 14
"""Bytes from the middle of each side, enough to name a shape."""

LEAST_WINDOW: Final = 1 << 20
"""A window of fewer bytes is not examined."""

LEAST_PART: Final = 1 << 17
"""Bytes that each kind must have in the window for a cut between them."""

SKIPPED: Final = LEAST_PART // 2 - PIECE
"""Bytes at the head without a glance. The last cut can have left a few records of the former kind there."""

MOST_VERDICTS: Final = 8
"""How many changes are remembered: kinds that alternate change in the same ways."""


class _Verdict(NamedTuple):
    """Whether data that looks like `before` is of another kind than data that looks like `after`."""

    before: Glance
    after: Glance
    differ: bool


class KindCutting:
    """Finds the changes in one stream's windows, which must come in their order.

    The result is a function of the windows so far. Not thread-safe.
    """

    def __init__(self) -> None:
        self._verdicts: list[_Verdict] = []

    def change_in(self, window: memoryview) -> int:
        """Bytes before the change between records and another kind of data, or other records; 0 if there is none."""
        size = len(window)
        if size < LEAST_WINDOW or is_runs(window) or not _may_change(window):
            return 0
        step = size // PLACES
        starts = [SKIPPED, *range(step, PLACES * step, step), size - PIECE]
        glances = [glance(window, start, PIECE) for start in starts]
        place = _first_apart(glances)
        if not place:
            return 0
        sides = _mean(glances[:place]), _mean(glances[place : place + 2])
        end = _narrowed(window, (starts[place - 1], starts[place]), *sides)
        found = bytes(window[end : end + LEAST_PART]).find(RECORD_END)
        cut = end + found + 1
        if found < 0 or not LEAST_PART <= cut <= size - LEAST_PART:
            return 0
        return cut if self._differ(sides, window, cut) else 0

    def _differ(self, sides: tuple[Glance, Glance], window: memoryview, cut: int) -> bool:
        """Whether the kinds on both sides differ. If the sides are like those of an earlier change, its result is
        reused.
        """
        for verdict in self._verdicts:
            if alike(verdict.before, sides[0]) and alike(verdict.after, sides[1]):
                return verdict.differ
        differ = _kinds_differ(window[:cut], window[cut:])
        self._verdicts = [_Verdict(*sides, differ), *self._verdicts][:MOST_VERDICTS]
        return differ


def _may_change(window: memoryview) -> bool:
    """Whether head, middle and tail are not all alike."""
    places = [glance(window, start, PIECE) for start in (SKIPPED, len(window) // 2, len(window) - PIECE)]
    return any(distance(one, other) > APART for one, other in combinations(places, 2))


def _first_apart(glances: Sequence[Glance]) -> int:
    """The first of two consecutive glances that differ from all before them; 0 if there are none."""
    every = np.array(glances)
    before = (np.cumsum(every, axis=0) / np.arange(1, len(every) + 1)[:, None])[:-2]
    apart = [np.abs(before - every[behind : len(every) + behind - 2]).sum(axis=1) > 2 * APART for behind in (1, 2)]
    both = apart[0] & apart[1]
    return int(both.argmax()) + 1 if both.any() else 0


def _mean(glances: Sequence[Glance]) -> Glance:
    mean: Glance = np.mean(glances, axis=0)
    return mean


def _narrowed(window: memoryview, between: tuple[int, int], before: Glance, after: Glance) -> int:
    """The approximate place of a change that is between two places."""
    low, high = between
    while high - low > PIECE:
        middle = (low + high) // 2
        now = glance(window, middle, PIECE)
        if distance(now, before) <= distance(now, after):
            low = middle
        else:
            high = middle
    return low + PIECE // 2


def _kinds_differ(one: memoryview, other: memoryview) -> bool:
    """Whether the detector names two shapes, one of them records and neither a document.

    A large document has parts that look different, and loses by being cut.
    """
    middles = [part[len(part) // 2 :][:MEASURED] for part in (one, other)]
    one_tree, other_tree = (PatternDetector().detect(middle).tree for middle in middles)
    rows = TREES[one_tree], TREES[other_tree]
    return one_tree is not other_tree and any(row.records for row in rows) and not any(row.document for row in rows)


def by_kind() -> Cutting:
    """For one stream: as `encoder.detect.records.AT_RECORDS`, with extra cuts where the kind of data changes.

    Such a cut is behind the first kind's last record.
    """
    change_in = KindCutting().change_in
    return Cutting(
        full=lambda window: change_in(window) or cut_at(window), rest=lambda window: change_in(window) or len(window)
    )
