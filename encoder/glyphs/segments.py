"""Segments: runs of blocks of one shape. The first block of a segment searches, and the others use what it found.

The leading block follows from the order of the blocks and their strategies, so the output does not depend on threads.
Another block waits for the leader if it needs its result. Blocks start in order, so the leader has always started.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import Final, Generic, TypeVar

from encoder.strategy import Strategy, TreeType
from encoder.trees import TREES

SEGMENT_BLOCKS: Final = 16
"""Blocks, the first of which searches for all: the others' own plans would seldom differ, and data that changes
does so at last here.
"""

StreamName = tuple[int, int, int]
"""A logical stream by what it holds: level, the column's own name (a hash of its template and slot, or of its path),
place in the column. Streams outside columns have negative names.
"""


@dataclass(frozen=True, slots=True)
class Choice:
    """A stream is sorted by `one`, or by that and `other`. sorted_share, plain_share: compressed bytes for each of its
    bytes, in the block where it was found.
    """

    one: StreamName
    other: StreamName | None
    sorted_share: float
    plain_share: float

    @property
    def tolerated(self) -> float:
        """The share above which the gain may have fallen: then sorting is held against not sorting."""
        return (self.sorted_share + self.plain_share) / 2


Value = TypeVar("Value")


class Handed(Generic[Value]):
    """What one thread hands to others, once; they wait for it. As a future is, which takes longer to load."""

    def __init__(self) -> None:
        self._there: Final = Event()

    def done(self) -> bool:
        """Whether it is there."""
        return self._there.is_set()

    def set_result(self, value: Value) -> None:
        """Hands it on."""
        self._value = value
        self._there.set()

    def result(self, timeout: float | None = None) -> Value:
        """It, as soon as it is there. Raises TimeoutError."""
        if not self._there.wait(timeout):
            raise TimeoutError
        return self._value


SortPlan = Mapping[StreamName, Choice | None]
"""What each stream that was looked at is best sorted by; None: by nothing."""


@dataclass(frozen=True, slots=True)
class SegmentPlace:
    """A block's place in its segment: whether it leads, and what the leader gives and the others wait for: how JSON
    lines name their columns, by path or not (None: it did not say), and the sort plan.
    """

    leads: bool
    sort_plan: Handed[SortPlan] = field(default_factory=Handed)
    by_path: Handed[bool | None] = field(default_factory=Handed)

    def named(self) -> bool | None:
        """The leader's naming, waited for; for the leader itself None."""
        return None if self.leads else self.by_path.result()

    def name(self, *, by_path: bool) -> None:
        """Hands the naming to the others. Only a leader's first counts."""
        if self.leads and not self.by_path.done():
            self.by_path.set_result(by_path)

    def known(self) -> SortPlan:
        """The leader's plan, waited for; for the leader itself an empty one."""
        return {} if self.leads else self.sort_plan.result()

    def found(self, plan: SortPlan) -> None:
        """Hands the plan to the others, which need not wait for a naming either from then on. Only a leader's first
        counts.
        """
        if self.leads and not self.sort_plan.done():
            self.sort_plan.set_result(plan)
        if self.leads and not self.by_path.done():
            self.by_path.set_result(None)


class Segments:
    """Gives each block of one stream its place; asked once for every block, in their order. Not thread-safe."""

    def __init__(self) -> None:
        self._running: Final[dict[tuple[TreeType, int], tuple[SegmentPlace, int]]] = {}

    def next(self, strategy: Strategy) -> SegmentPlace | None:
        """The place of the stream's next block; None where its strategy takes nothing apart."""
        if TREES[strategy.tree].plain:
            return None
        shape = strategy.tree, strategy.separator
        leader, blocks = self._running.get(shape, (None, 0))
        if leader is None or blocks == SEGMENT_BLOCKS:
            leader, blocks = SegmentPlace(leads=True), 0
            place = leader
        else:
            place = SegmentPlace(leads=False, sort_plan=leader.sort_plan, by_path=leader.by_path)
        self._running[shape] = leader, blocks + 1
        return place
