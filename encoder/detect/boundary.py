"""Where the kind of data changes inside a window, so that a block can end there: records of one kind compress far better without another's
between them, and a block of two kinds is seen as neither.

Most windows hold one kind: three glances say so. Only where one of them differs are more taken, and both sides are measured only where those agree
on a change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from encoder.detect.glance import Glance, alike, distance, glance
from encoder.detect.pattern import PatternDetector
from encoder.records import RECORD_END, Cutting, cut_at
from encoder.strategy import TreeType

PLACES: Final = 16
"""Places of a window at which a glance is taken."""

PIECE: Final = 1 << 12
"""Bytes of such a glance, and about how far beside the change the cut may lie."""

APART: Final = 0.28
"""Total variation from what came before, from which on two places in a row are of another kind. Measured on pieces of `PIECE` bytes: within files of
one kind at most 0.27, between kinds of records seldom less.
"""

MEASURED: Final = 1 << 14
"""Bytes from the middle of each side, enough to name a shape."""

LEAST_WINDOW: Final = 1 << 20
"""Bytes, below which a window is not looked at."""

LEAST_PART: Final = 1 << 17
"""Bytes that each kind must have in the window for a cut between them."""

SKIPPED: Final = LEAST_PART // 2 - PIECE
"""Bytes at the head that no glance is taken of: the last cut may have left a few records of what came before there."""

MOST_VERDICTS: Final = 8
"""Changes that are remembered: kinds that take turns change in the same ways."""

RECORDS: Final = (TreeType.LOG, TreeType.JSON_LINES, TreeType.CSV)
KEPT_WHOLE: Final = (TreeType.JSON, TreeType.XML)
"""Documents: one that is large has parts of many looks, and loses by being cut."""


@dataclass(frozen=True, slots=True)
class _Verdict:
    """Whether data that looks like `before` is of another kind than what looks like `after`."""

    before: Glance
    after: Glance
    differ: bool


class KindCutting:
    """Finds the changes in one stream's windows, asked for in their order. A function of the windows so far; not thread-safe."""

    def __init__(self) -> None:
        self._verdicts: list[_Verdict] = []

    def change_in(self, window: memoryview) -> int:
        """Bytes before the change from records to another kind of data, or to records from another kind; 0 where there is none."""
        size = len(window)
        if size < LEAST_WINDOW or not _may_change(window):
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
        """Whether the kinds on both sides differ; of sides like those of a change before, what was found then."""
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
    """The first of two glances in a row that are apart from all before them; 0 where none are."""
    for place in range(1, len(glances) - 1):
        before = _mean(glances[:place])
        if distance(before, glances[place]) > APART and distance(before, glances[place + 1]) > APART:
            return place
    return 0


def _mean(glances: Sequence[Glance]) -> Glance:
    mean: Glance = np.mean(glances, axis=0)
    return mean


def _narrowed(window: memoryview, between: tuple[int, int], before: Glance, after: Glance) -> int:
    """About where the change lies that is known to lie between two places."""
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
    """Whether the detector names two shapes, one of them records and neither a document."""
    middles = [part[len(part) // 2 :][:MEASURED] for part in (one, other)]
    trees = {PatternDetector().detect(middle).tree for middle in middles}
    return len(trees) > 1 and not trees.isdisjoint(RECORDS) and trees.isdisjoint(KEPT_WHOLE)


def by_kind() -> Cutting:
    """For one stream: as `encoder.records.AT_RECORDS`, and behind the first kind's last record where the kind of data changes."""
    change_in = KindCutting().change_in
    return Cutting(
        full=lambda window: change_in(window) or cut_at(window), rest=lambda window: change_in(window) or len(window)
    )
