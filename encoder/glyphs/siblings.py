"""Choose which streams of a block are sorted by which siblings: search in samples, then decide by compressing.

Only streams that take a large part of the compressed block are considered, so the search stays a small part of
encoding.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.context_sort import (
    LEAST_SORTED,
    LEAST_SORTED_BY_TWO,
    NO_SIBLING,
    best_siblings,
    sort_stream,
)
from encoder.glyphs.numbers import SAMPLE
from encoder.glyphs.segments import Choice, SortPlan, StreamName
from encoder.glyphs.sink import TEXT_CLASSES

Stream = tuple[int, memoryview]

_MOST_TRIED: Final = 32  # streams of a block, the largest once compressed
_WINDOW: Final = 24  # siblings that each is held against, the nearest before it
_LEAST_SHARE: Final = 128  # a stream that takes less than one part in so many is left alone
_WORTH_TRYING: Final = 0.95  # of the estimated bits
# bytes that are encoded in the time of one look at a stream's siblings; and a stream, in that of sorting it in vain
_LOOK: Final = 11_000
_MOST_BITS: Final = (
    8 * 1.15
)  # for each byte that it takes unsorted: an estimate beyond is of a stream that repeats itself
_WORTH_KEEPING: Final = 0.98  # of the compressed bytes
NOTHING_KNOWN: Final[SortPlan] = MappingProxyType({})
_UNKNOWN: Final = Choice((0, 0, 0), None, 0.0, 0.0)  # stands for a stream that a plan does not speak of


@dataclass(frozen=True, slots=True)
class Permutation:
    """Logical stream number `stream` is in the order of number `one`, then of `other` (NO_SIBLING for none)."""

    stream: int
    one: int
    other: int

    def numbers(self, last: int) -> tuple[int, int, int]:
        """As the metadata has it, after a permutation of stream number `last` (-1 for the first)."""
        return self.stream - last, self.stream - self.one, 0 if self.other == NO_SIBLING else self.stream - self.other


def permutation_numbers(permutations: Sequence[Permutation]) -> list[int]:
    """As the metadata has them: how many, and of each what `Permutation.numbers` says."""
    numbers, last = [len(permutations)], -1
    for permutation in permutations:
        numbers += permutation.numbers(last)
        last = permutation.stream
    return numbers


@dataclass(frozen=True, slots=True)
class Sorting:
    """The streams of a block, some of them in the order of siblings; which; and what was found for the blocks to
    come.
    """

    streams: list[Stream]
    permutations: list[Permutation]
    plan: SortPlan


def sort_streams(
    streams: Sequence[Stream],
    names: Sequence[StreamName],
    compressed_size: Callable[[int, memoryview], int],
    known: SortPlan = NOTHING_KNOWN,
    *,
    budget: int,
) -> Sorting:
    """Sorts streams by siblings where that makes them smaller.

    names: of each stream. compressed_size(class, bytes): what the back end makes of a stream. It is asked for every
    stream that could be sorted, and for every sorting that is tried. known: what was found for an earlier block. Its
    choices are tried first, and stay where they gain about what they did; what it does not speak of, or what gains less
    now, is searched for, the largest first, while `budget` lasts: bytes that encoding could take in the time of the
    search.
    """
    able = [n for n, (kind, view) in enumerate(streams) if len(view) >= LEAST_SORTED and kind not in TEXT_CLASSES]
    attempt = _Attempt(streams, names, compressed_size)
    numbers = {names[number]: number for number in able}
    for number in able:
        choice = known.get(names[number])
        if choice is None or not attempt.keep(number, choice, numbers):
            attempt.measure(number)
    least = sum(attempt.sizes.values()) // _LEAST_SHARE
    large = sorted((n for n in able if attempt.sizes[n] > least), key=lambda number: (-attempt.sizes[number], number))
    groups = _Groups(streams, names, able)
    for number in large[:_MOST_TRIED]:
        if number not in attempt.kept and known.get(names[number], _UNKNOWN) is not None:
            affordable = budget >= _LOOK + len(streams[number][1])  # should it be sorted in vain
            budget -= attempt.search(number, groups) if affordable else attempt.pass_over(number)
    return attempt.sorting()


class _Attempt:
    """What is known of one block's streams while they are sorted. sizes: compressed bytes, of a sorted stream as it
    is sorted.
    """

    def __init__(
        self, streams: Sequence[Stream], names: Sequence[StreamName], compressed_size: Callable[[int, memoryview], int]
    ) -> None:
        self._streams = streams
        self._names = names
        self._compressed_size = compressed_size
        self.sizes: dict[int, int] = {}
        self.kept: dict[int, tuple[Permutation, Stream]] = {}
        self._plan: dict[StreamName, Choice | None] = {}

    def measure(self, number: int) -> int:
        """What the stream takes as it is."""
        size = self.sizes[number] = self._compressed_size(*self._streams[number])
        return size

    def keep(self, number: int, choice: Choice, numbers: Mapping[StreamName, int]) -> bool:
        """Sorts the stream as an earlier block's was, unless its siblings are not here or that gains too little."""
        permutation = _permutation(self._streams, number, choice, numbers)
        if permutation is None:
            return False
        ordered, size = self._ordered(permutation)
        if size > choice.tolerated * len(ordered) and size >= _WORTH_KEEPING * self.measure(number):
            return False
        self.sizes[number] = size
        self.kept[number] = permutation, (self._streams[number][0], ordered)
        return True

    def pass_over(self, number: int) -> int:
        """Leaves the stream alone, in the blocks to come as well. Costs nothing."""
        self._plan[self._names[number]] = None
        return 0

    def search(self, number: int, groups: "_Groups") -> int:
        """Looks for siblings, and sorts the stream where that gains. Returns what it cost, in bytes encoded
        meanwhile.
        """
        name = self._names[number]
        self._plan[name] = None
        found = groups.siblings(number, self.sizes[number])
        if found is None:
            return _LOOK
        (ordered, size), plain = self._ordered(found), self.sizes[number]
        if size >= _WORTH_KEEPING * plain:
            return _LOOK + len(ordered)
        self.kept[number] = found, (self._streams[number][0], ordered)
        other = None if found.other == NO_SIBLING else self._names[found.other]
        self._plan[name] = Choice(self._names[found.one], other, size / len(ordered), plain / len(ordered))
        return _LOOK + len(ordered) // 4  # what is lost is the stream compressed as it was

    def _ordered(self, permutation: Permutation) -> tuple[memoryview, int]:
        ordered = _sorted(self._streams, permutation)
        return ordered, self._compressed_size(self._streams[permutation.stream][0], ordered)

    def sorting(self) -> Sorting:
        """The outcome."""
        streams = list(self._streams)
        for number, (_, stream) in self.kept.items():
            streams[number] = stream
        return Sorting(streams, [self.kept[number][0] for number in sorted(self.kept)], self._plan)


def _permutation(
    streams: Sequence[Stream], number: int, choice: Choice, numbers: Mapping[StreamName, int]
) -> Permutation | None:
    """The choice in this block's numbers, or None where its siblings do not stand before the stream, or have
    another length.
    """
    length = len(streams[number][1])
    wanted = [choice.one] if choice.other is None else [choice.one, choice.other]
    found = [numbers.get(name, number) for name in wanted]
    if any(it >= number or len(streams[it][1]) != length for it in found):
        return None
    if choice.other is None:
        return Permutation(number, found[0], NO_SIBLING)
    return Permutation(number, *found) if length >= LEAST_SORTED_BY_TWO else None


class _Groups:
    """Samples of the streams that have one length, and could thus stand beside each other."""

    def __init__(self, streams: Sequence[Stream], names: Sequence[StreamName], able: Sequence[int]) -> None:
        self._streams = streams
        self._names = names
        self._members: dict[int, list[int]] = {}
        for number in able:
            self._members.setdefault(len(streams[number][1]), []).append(number)
        self._looks: dict[int, tuple[NDArray[np.uint8], NDArray[np.uint8]]] = {}
        self._counts = np.zeros((2, 1 << 16), np.int32)

    def siblings(self, number: int, size: int) -> Permutation | None:
        """What the stream is best sorted by, by the look of the sample. size: what it takes unsorted."""
        length = len(self._streams[number][1])
        members = self._members[length]
        if members[0] == number:
            return None
        if length not in self._looks:
            self._looks[length] = self._samples(members), self._planes(members)
        samples, planes = self._looks[length]
        row = members.index(number)
        first, most = max(0, row - _WINDOW), _MOST_BITS * size / length * samples.shape[1]
        one, other = best_siblings(samples, row, first, planes, self._counts, _WORTH_TRYING, most)
        if one == NO_SIBLING:
            return None
        two = other != NO_SIBLING and length >= LEAST_SORTED_BY_TWO
        return Permutation(number, members[one], members[other] if two else NO_SIBLING)

    def _samples(self, members: list[int]) -> NDArray[np.uint8]:
        return np.stack([_sample(self._streams[member][1]) for member in members])

    def _planes(self, members: list[int]) -> NDArray[np.uint8]:
        """1 for each member whose column the next one is of, too; 0 for the last."""
        columns = [self._names[member][:2] for member in members]
        return np.array([*(one == other for one, other in pairwise(columns)), False], np.uint8)


def _sample(view: memoryview) -> NDArray[np.uint8]:
    values = np.frombuffer(view, np.uint8)
    return values[:: max(1, len(values) // SAMPLE)][:SAMPLE]


def _sorted(streams: Sequence[Stream], found: Permutation) -> memoryview:
    stream, one = (np.frombuffer(streams[number][1], np.uint8) for number in (found.stream, found.one))
    two = found.other != NO_SIBLING
    other = np.frombuffer(streams[found.other][1], np.uint8) if two else one
    out = np.empty(len(stream), np.uint8)
    sort_stream(stream, one, other, two, out)
    return out.data
