"""Several streams in one file, one after another. They are read as one stream with one index."""

import io
import re
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise
from typing import Final

from encoder.container.blocks import READ_STEP, Block, SeekableSource, Source, read_at_most
from encoder.container.format import (
    END_MAGIC,
    FIRST_SKIPPABLE,
    FRAME_SIZE,
    HEADER_SIZE,
    MAGIC,
    FrameKind,
    StreamHeader,
    parse_frame,
    unpack_frame,
)
from encoder.container.random_access import Trailer, read_block, read_index
from encoder.container.reader import ContainerReader
from encoder.container.short_end import MARK, SHORT_END
from encoder.errors import FormatError, GlyphError, TruncatedError
from encoder.limits import DEFAULT_LIMITS, Limits

_BOUNDARY: Final = re.compile(
    b"(?s:%b|%b.{%d})%b" % (re.escape(END_MAGIC), MARK, SHORT_END.size - len(MARK), re.escape(MAGIC))
)


class FileReader:
    """Reads stream after stream to the end of the source, as `ContainerReader` does one; anything else behind a stream
    is an error.

    header: the first stream's. Raises FormatError or one of its subclasses, and LimitError.
    """

    def __init__(self, source: Source, limits: Limits = DEFAULT_LIMITS) -> None:
        self._source: Final = source
        self._limits: Final = limits
        self._began = 0
        self._before = 0
        self._current = ContainerReader(source, limits)
        self._unfinished: Final = deque([self._current])  # those of which not every block is accounted for
        self._ended = False
        self.header: Final = self._current.header

    @property
    def offset(self) -> int:
        """Bytes of the file read so far."""
        return self._began + self._current.offset

    def next_block(self) -> Block | None:
        """The next block, None at the end; to be handed to `account` once decoded, as with one stream."""
        while not self._ended:
            with _named(self._began):
                block = self._current.next_block()
            if block is not None:
                return block
            self.finish()
            self._ended = not self._begin_next()
        return None

    def account(self, raw: bytes) -> None:
        """Add the next block's decoded bytes to the checksum of its stream; compare it where that was the last one.
        Raises ChecksumError.
        """
        self._unfinished[0].account(raw)
        self.finish()

    def finish(self) -> None:
        """Compare the checksums of all streams whose blocks are accounted for. Raises ChecksumError."""
        while self._unfinished and self._unfinished[0].complete:
            self._unfinished.popleft().finish()

    def _begin_next(self) -> bool:
        """Whether another stream follows."""
        head = read_at_most(self._source, HEADER_SIZE)
        if not head:
            return False
        if head[: len(MAGIC)] != MAGIC[: len(head)]:
            raise FormatError(
                f"byte {self.offset}: more bytes follow the end of the stream, and are no stream; cut them off"
            )
        assert self._current.totals is not None, "its end was read"
        self._before += self._current.totals.raw_size
        self._began = self.offset
        with _named(self._began):
            self._current = ContainerReader(self._source, self._limits, head=head, before=self._before)
        self._unfinished.append(self._current)
        return True


@contextmanager
def _named(began: int) -> Iterator[None]:
    """Errors of a stream that is not the first say which it is, as their bytes count from its beginning."""
    try:
        yield
    except GlyphError as error:
        if not began:
            raise
        raise type(error)(f"in the stream that begins at byte {began}: {error}") from error


@dataclass(frozen=True, slots=True)
class Member:
    """One stream of a file. start: its first byte in the file; raw_start: where its bytes begin in the output; first:
    the number of its first block among those of the file.
    """

    start: int
    raw_start: int
    first: int
    trailer: Trailer


@dataclass(frozen=True, slots=True)
class FileIndex:
    """Every block of every stream of a file, numbered through. raw_starts: where each block's bytes begin in the
    output.
    """

    members: tuple[Member, ...]
    raw_starts: list[int] = field(init=False)
    _firsts: list[int] = field(init=False)

    def __post_init__(self) -> None:
        """Lay the streams' indexes one behind the other."""
        starts = [member.raw_start + entry.raw_offset for member in self.members for entry in member.trailer.entries]
        object.__setattr__(self, "raw_starts", starts)
        object.__setattr__(self, "_firsts", [member.first for member in self.members])

    @property
    def raw_size(self) -> int:
        """Bytes of the output."""
        return self.members[-1].raw_start + self.members[-1].trailer.totals.raw_size

    def block(self, source: SeekableSource, number: int, limits: Limits) -> Block:
        """One block and the codebook that it refers to. Raises as `encoder.container.random_access.read_block`."""
        member = self.members[
            bisect_right(self._firsts, number) - 1
        ]  # of empty ones before a block, the last, which has it
        with _named(member.start):
            return read_block(
                source, member.trailer, number - member.first, member.start, limits, before=member.raw_start
            )

    def records(self, ends_inside: Callable[[int], bool]) -> list[int]:
        """How many records of the output begin in each block. ends_inside: whether that block ends within a record,
        which a stream behind it then carries on; asked of the last block of every stream that another follows. Raises
        what it raises.
        """
        counts = [entry.records for member in self.members for entry in member.trailer.entries]
        full = [member for member in self.members if member.trailer.entries]
        for _, following in pairwise(full):
            counts[following.first] -= ends_inside(following.first - 1)
        return counts


def read_file_index(
    source: SeekableSource, start: int = 0, limits: Limits = DEFAULT_LIMITS, header: StreamHeader | None = None
) -> FileIndex:
    """The index of the streams from byte `start` to the end of the file; no body is read. header: the first one's,
    where it is known or cannot be read.

    One stream costs a look at both ends. Of several, every frame's header is read. Raises TruncatedError where the last
    footer is missing, else FormatError, ChecksumError, VersionError, LimitError.
    """
    unbounded = replace(limits, max_output=None)  # which is for what is decoded
    if header is None:
        source.seek(start)
        header = ContainerReader(source, unbounded).header
    alone, reason = _read_alone(source, start, header)
    if alone is not None and _joins(source, alone, start, unbounded):
        return _index_of([(start, alone)])
    try:
        return _index_of(list(_walk(source, start, unbounded)))
    except GlyphError as error:
        if _has_boundary(source, start):
            raise
        if alone is None:
            raise reason or error from error
        return _index_of([(start, alone)])  # damaged, but one


def _read_alone(source: SeekableSource, start: int, header: StreamHeader) -> tuple[Trailer | None, FormatError | None]:
    """The trailer at the end, read as that of a stream which begins at `start`; or why it is not. Raises
    TruncatedError.
    """
    try:
        return read_index(source, header, start), None
    except TruncatedError:
        raise
    except FormatError as error:
        return None, error


def _index_of(found: list[tuple[int, Trailer]]) -> FileIndex:
    raw_starts = accumulate((trailer.totals.raw_size for _, trailer in found), initial=0)
    firsts = accumulate((len(trailer.entries) for _, trailer in found), initial=0)
    members = zip(found, raw_starts, firsts, strict=False)
    return FileIndex(tuple(Member(at, raw, first, trailer) for (at, trailer), raw, first in members))


def _joins(source: SeekableSource, trailer: Trailer, start: int, limits: Limits) -> bool:
    """Whether the last block that the trailer lists stands where it says from `start`, and nothing but skippable
    frames between it and the trailer.
    """
    at, last = HEADER_SIZE, trailer.entries[-1] if trailer.entries else None
    try:
        if last is not None:
            frame = parse_frame(
                _head(source, start + last.offset), last.raw_offset, last.offset, trailer.header, limits
            )
            if frame.kind != FrameKind.BLOCK:
                return False
            at = last.offset + FRAME_SIZE + frame.body_size
        while at < trailer.offset:
            frame = unpack_frame(_head(source, start + at), at)
            if frame.kind < FIRST_SKIPPABLE:
                return False
            at += FRAME_SIZE + frame.body_size
    except GlyphError:
        return False
    return at == trailer.offset


def _head(source: SeekableSource, at: int) -> bytes:
    source.seek(at)
    head = read_at_most(source, FRAME_SIZE)
    if len(head) < FRAME_SIZE:
        raise TruncatedError(f"the file ends at byte {at + len(head)}, inside a frame header; fetch it again")
    return head


def _walk(source: SeekableSource, start: int, limits: Limits) -> Iterator[tuple[int, Trailer]]:
    """Each stream with where it begins, front to back."""
    size = source.seek(0, io.SEEK_END)
    at = start
    while at < size:
        source.seek(at)
        with _named(at - start):
            reader = ContainerReader(source, limits)
            trailer = reader.pass_over(source)
        yield at, trailer
        at += reader.offset


def _has_boundary(source: SeekableSource, start: int) -> bool:
    """Whether anywhere a stream ends and another begins, as far as their magics say. Reads the file."""
    source.seek(start)
    kept = b""
    while piece := read_at_most(source, READ_STEP):
        window = kept + piece
        if _BOUNDARY.search(window):
            return True
        kept = window[1 - len(END_MAGIC + MAGIC) :]
    return False
