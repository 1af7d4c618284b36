"""Which streams of a block are sorted by which of their siblings: a search in samples, settled by compressing.

Only streams that take much of the compressed block are looked at, so that the search stays a small part of encoding.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
from encoder.glyphs.sink import TEXT_CLASSES

Stream = tuple[int, memoryview]

_MOST_TRIED: Final = 16  # streams of a block, the largest once compressed
_WINDOW: Final = 24  # siblings that each is held against, the nearest before it
_LEAST_SHARE: Final = 64  # a stream that takes less than one part in so many is left alone
_WORTH_TRYING: Final = 0.9  # of the estimated bits
_WORTH_KEEPING: Final = 0.98  # of the compressed bytes


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


def sort_streams(
    streams: Sequence[Stream], compressed_size: Callable[[int, memoryview], int]
) -> tuple[list[Stream], list[Permutation]]:
    """The streams, some of them in the order of siblings, and which.

    compressed_size(class, bytes): what the back end makes of a stream; a stream is only sorted where that gains. It is
    asked for every stream that could be sorted, and for every sorting that is tried.
    """
    able = [n for n, (kind, view) in enumerate(streams) if len(view) >= LEAST_SORTED and kind not in TEXT_CLASSES]
    sizes = {number: compressed_size(*streams[number]) for number in able}
    least = sum(sizes.values()) // _LEAST_SHARE
    tried = [number for number in sorted(able, key=lambda number: (-sizes[number], number)) if sizes[number] > least]
    groups = _Groups(streams, able)
    result, permutations = list(streams), []
    for number in sorted(tried[:_MOST_TRIED]):
        found = groups.siblings(number)
        if found is None:
            continue
        kind = streams[number][0]
        ordered = _sorted(streams, found)
        if compressed_size(kind, ordered) < _WORTH_KEEPING * sizes[number]:
            result[number] = kind, ordered
            permutations.append(found)
    return result, permutations


class _Groups:
    """Samples of the streams that have one length, and could thus stand beside each other."""

    def __init__(self, streams: Sequence[Stream], able: Sequence[int]) -> None:
        self._streams = streams
        self._members: dict[int, list[int]] = {}
        for number in able:
            self._members.setdefault(len(streams[number][1]), []).append(number)
        self._samples: dict[int, NDArray[np.uint8]] = {}
        self._counts = np.zeros((2, 1 << 16), np.int32)

    def siblings(self, number: int) -> Permutation | None:
        """What the stream is best sorted by, by the look of the sample."""
        length = len(self._streams[number][1])
        members = self._members[length]
        if members[0] == number:
            return None
        if length not in self._samples:
            self._samples[length] = np.stack([_sample(self._streams[member][1]) for member in members])
        row = members.index(number)
        one, other = best_siblings(self._samples[length], row, max(0, row - _WINDOW), self._counts, _WORTH_TRYING)
        if one == NO_SIBLING:
            return None
        two = other != NO_SIBLING and length >= LEAST_SORTED_BY_TWO
        return Permutation(number, members[one], members[other] if two else NO_SIBLING)


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
