"""Where the blocks and records of a file are: what a seek needs, and reading in order does not."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from encoder.container.blocks import Block, SeekableSource
from encoder.container.format import StreamHeader
from encoder.detect.records import RECORD_END, ends_inside
from encoder.errors import FormatError
from encoder.limits import Limits
from encoder.stream.members import FileIndex, read_file_index


class RecordCounts(NamedTuple):
    """For each block, how many records begin in it, and how many before it."""

    inside: list[int]
    before: list[int]


class Places:
    """Read from the source once, when it is first asked for; the source is left where it was.

    start: the first byte of the file's first stream. decoded: turns a block into its verified bytes. Each property
    raises what reading does: FormatError and its subclasses, LimitError, OSError.
    """

    def __init__(
        self,
        source: SeekableSource,
        start: int,
        limits: Limits,
        header: StreamHeader,
        decoded: Callable[[Block], bytes],
    ) -> None:
        self._source = source
        self._start = start
        self._limits = limits
        self._header = header
        self._decoded = decoded

    @cached_property
    def index(self) -> FileIndex:
        """Where each block's bytes begin in the output."""
        with _place_kept(self._source):
            return read_file_index(self._source, self._start, self._limits, self._header)

    @cached_property
    def records(self) -> RecordCounts:
        """The records of each block; decodes the last block of every stream that another follows."""
        index = self.index
        with _place_kept(self._source):
            counts = index.records(lambda number: ends_inside(memoryview(self._decoded(self.block(number)))))
        return RecordCounts(counts, list(accumulate(counts, initial=0))[:-1])

    def block(self, number: int) -> Block:
        """A block, still encoded, and the codebook that it refers to."""
        return self.index.block(self._source, number, self._limits)


@contextmanager
def _place_kept(source: SeekableSource) -> Iterator[None]:
    """The source is where it was in the end, also after an error: whoever reads in order goes on there."""
    place = source.seek(0, io.SEEK_CUR)
    try:
        yield
    finally:
        source.seek(place)


def place_of(block: bytes, number: int, records: int, start: int) -> int:
    """Where in a block the given one of the records that begin in it begins. start: the block's first byte in the
    output, for the message.

    Raises FormatError where the block has fewer.
    """
    ends = block.count(RECORD_END, 0, len(block) - 1)
    at = 0
    for _ in range(number + (ends == records)):  # else a record begins with the block itself
        at = block.find(RECORD_END, at) + 1
        if not at:
            raise FormatError(f"the block at output byte {start} has not the records that it claims")
    return at
