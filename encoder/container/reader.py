"""Read one stream from start to end from any file object and verify everything, or read its trailer from the end.
`encoder.stream.members` reads several in one file.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol

from xxhash import xxh3_64, xxh3_64_intdigest

from encoder.container.codebook_frame import parse_codebook, parse_reference
from encoder.container.format import (
    COUNT,
    END_MAGIC,
    ENTRY,
    FOOTER,
    FRAME_SIZE,
    HEADER_SIZE,
    MAGIC,
    PREFIX,
    FrameHeader,
    FrameKind,
    IndexEntry,
    StreamHeader,
    Totals,
    end_size,
    pack_entry,
    parse_codebook_frame,
    parse_end,
    parse_frame,
    parse_header,
    parse_index,
)
from encoder.container.short_end import MARK, SHORT_END, check_short_end, implied, may_end_shortly
from encoder.errors import ChecksumError, FormatError, TruncatedError
from encoder.limits import DEFAULT_LIMITS, Limits

READ_STEP: Final = 1 << 20  # asked of the source at a time, so that a short file never costs what its header claims


class Source(Protocol):
    """What a container is read from: any object with a file's `read`."""

    def read(self, size: int, /) -> bytes | None:
        """At most `size` bytes; none at the end."""


class SeekableSource(Source, Protocol):
    """A source that can be read from any place."""

    def seek(self, offset: int, whence: int = ..., /) -> int:
        """Move to a byte and say which it is."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block as it stands in the stream, its body verified and not decoded yet.

    offset: where its frame begins in the stream. raw_offset: where its bytes begin in the output. codebook: what the
    body refers to, and codebook_at where that one's frame begins; none and None for a body that stands for itself.
    """

    frame: FrameHeader
    body: bytes
    offset: int
    raw_offset: int
    codebook: bytes = b""
    codebook_at: int | None = None


class ContainerReader:
    """Reads frame after frame and keeps account of what the trailer will have to say.

    header: the stream's header. offset: bytes read so far. totals: the trailer's, once `next_block` returned None.
    Reads nothing behind the stream. head: bytes of the stream that were read already. before: bytes that the streams
    before it in the file decode to. Raises FormatError or one of its subclasses, and LimitError.
    """

    def __init__(self, source: Source, limits: Limits = DEFAULT_LIMITS, *, head: bytes = b"", before: int = 0) -> None:
        self._source: Final = source
        self._limits: Final = limits
        self._before: Final = before
        self._accounted = 0
        self._index: Final = bytearray()
        self._check: Final = xxh3_64()
        self._raw_offset = 0
        self._records = 0
        self._codebook = b""
        self._codebook_at = -1
        self._heads: Final = bytearray()  # of the stream and, while a short end is possible, of its frames
        self._only: FrameHeader | None = None
        self._end_at = 0
        self._ends: Final[dict[int, Callable[[bytes, int], None]]] = {
            FrameKind.END: self._read_end,
            FrameKind.SHORT_END: self._read_short_end,
        }
        self.offset = 0
        self.totals: Totals | None = None
        self.header: Final = self._read_header(head)

    def next_block(self) -> Block | None:
        """The next block; None once the trailer was read.

        Blocks may be read ahead. The caller decodes each and hands the result to `account` in order, then calls
        `finish`.
        """
        while (found := self._next_frame()) is not None:
            frame, start = found
            body = self._read(frame.body_size, "a block")
            check_body(frame, body, start)
            if frame.kind == FrameKind.CODEBOOK:
                self._codebook, self._codebook_at = parse_codebook(body, start), start
            elif frame.kind == FrameKind.BLOCK:
                block = self._with_codebook(bare_block(frame, body, start, self._raw_offset))
                self._list(frame, start)
                return block
        return None

    def pass_over(self, source: SeekableSource) -> "Trailer":
        """The trailer, once frame after frame was passed over, their headers alone read. source: the one that is
        read, which can seek.
        """
        while (found := self._next_frame()) is not None:
            frame, start = found
            source.seek(frame.body_size, io.SEEK_CUR)
            self.offset += frame.body_size
            if frame.kind == FrameKind.BLOCK:
                self._list(frame, start)
        assert self.totals is not None, "set by the end frame"
        return Trailer(self.header, parse_index(self._index), self.totals, self._end_at)

    @property
    def complete(self) -> bool:
        """Whether the trailer was read and every block accounted for."""
        return self.totals is not None and self._accounted == len(self._index) // ENTRY.size

    def _next_frame(self) -> tuple[FrameHeader, int] | None:
        """The next frame's header, and where it begins; None once the trailer was read."""
        if self.totals is not None:
            return None
        start = self.offset
        prefix = self._read(PREFIX.size, "a frame header")
        if prefix[0] in self._ends:
            self._end_at = start
            self._ends[prefix[0]](prefix, start)
            return None
        head = prefix + self._read(FRAME_SIZE - PREFIX.size, "a frame header")
        frame = parse_frame(head, self._raw_offset, start, self.header, self._limits, before=self._before)
        if may_end_shortly(self._heads):
            self._heads.extend(head)
            self._only = frame
        return frame, start

    def _list(self, frame: FrameHeader, start: int) -> None:
        self._index.extend(pack_entry(IndexEntry(start, self._raw_offset, frame.records)))
        self._raw_offset += frame.raw_size
        self._records += frame.records

    def _with_codebook(self, block: Block) -> Block:
        if block.codebook_at is None:
            return block
        if block.codebook_at != self._codebook_at:
            raise FormatError(f"byte {block.offset}: the block refers to another codebook than the last one before it")
        return replace(block, codebook=self._codebook)

    def account(self, raw: bytes) -> None:
        """Add the next block's decoded bytes, which `check_raw` has verified, to the stream's checksum."""
        self._check.update(raw)
        self._accounted += 1

    def finish(self) -> None:
        """Compare the whole output's checksum with the trailer's, once every block was accounted for. Raises
        ChecksumError.
        """
        if self.totals is not None and self.totals.check != self._check.intdigest():
            raise ChecksumError("the whole stream's checksum does not match; fetch the file again")

    def _read_header(self, head: bytes) -> StreamHeader:
        data = head + read_at_most(self._source, HEADER_SIZE - len(head)) if len(head) < HEADER_SIZE else head
        if data[: len(MAGIC)] != MAGIC[: len(data)]:
            raise FormatError(f"not a glyph stream: it starts with {data[: len(MAGIC)]!r}, not {MAGIC!r}")
        if len(data) < HEADER_SIZE:
            raise TruncatedError(f"the stream ends at byte {len(data)}, inside its header; fetch the whole file again")
        self.offset = HEADER_SIZE
        self._heads.extend(data)
        return parse_header(data, self._limits)

    def _read_end(self, prefix: bytes, start: int) -> None:
        count = self._read(COUNT.size, "the end frame")
        blocks = len(self._index) // ENTRY.size
        if COUNT.unpack(count)[0] != blocks:  # before anything is read for them
            raise FormatError(
                f"byte {start}: the end frame lists {COUNT.unpack(count)[0]} blocks, the stream has {blocks}"
            )
        size = end_size(blocks)
        frame = prefix + count + self._read(size - PREFIX.size - COUNT.size, "the end frame")
        index, totals = parse_end(frame, start)
        if index != self._index:
            raise FormatError(f"byte {start}: the index does not list the blocks that stand in the stream")
        if (totals.raw_size, totals.records) != (self._raw_offset, self._records):
            raise ChecksumError(f"byte {start}: the whole stream's sizes do not match; fetch the file again")
        if self._read(FOOTER.size, "the footer") != FOOTER.pack(size, END_MAGIC):
            raise FormatError(f"byte {start + size}: the footer is damaged")
        self.totals = totals

    def _read_short_end(self, prefix: bytes, start: int) -> None:
        skips = self._only is not None and self._only.kind != FrameKind.BLOCK
        if skips or not may_end_shortly(self._heads):
            raise FormatError(f"byte {start}: a short end behind anything else than one block, or the header")
        check_short_end(prefix + self._read(SHORT_END.size - PREFIX.size, "the end"), self._heads, start)
        self.totals = implied(self._only)[1]

    def _read(self, size: int, what: str) -> bytes:
        data = read_at_most(self._source, size)
        self.offset += len(data)
        if len(data) < size:
            raise TruncatedError(f"the stream ends at byte {self.offset}, inside {what}; fetch the whole file again")
        return data


def bare_block(frame: FrameHeader, body: bytes, offset: int, raw_offset: int) -> Block:
    """The block of a frame, its codebook named and not there yet. Raises FormatError."""
    if not frame.refers:
        return Block(frame, body, offset, raw_offset)
    codebook_at, body = parse_reference(body, offset)
    return Block(frame, body, offset, raw_offset, codebook_at=codebook_at)


def check_body(frame: FrameHeader, body: bytes, offset: int) -> None:
    """A damaged body is never handed to a codec. Raises ChecksumError."""
    if xxh3_64_intdigest(body) != frame.body_check:
        raise ChecksumError(f"byte {offset}: the block's encoded bytes are damaged; fetch the file again")


def check_raw(block: Block, raw: bytes) -> None:
    """Nothing of a block is returned unless all of it is right. Raises ChecksumError."""
    if len(raw) != block.frame.raw_size or xxh3_64_intdigest(raw) != block.frame.raw_check:
        raise ChecksumError(f"the block at output byte {block.raw_offset} did not decode to what was encoded")


def read_at_most(source: Source, size: int) -> bytes:
    """`size` bytes, or fewer where the source ends; a raw source may give them in pieces."""
    first = source.read(min(size, READ_STEP))
    if first is None:
        raise BlockingIOError("the input would block; use a blocking file")
    if len(first) == size or not first:
        return first
    data = bytearray(first)
    while len(data) < size:
        piece = source.read(min(size - len(data), READ_STEP))
        if not piece:
            break
        data += piece
    return bytes(data)


@dataclass(frozen=True, slots=True)
class Trailer:
    """What is known of a stream from its two ends. offset: where its end frame starts, from the stream's start."""

    header: StreamHeader
    entries: tuple[IndexEntry, ...]
    totals: Totals
    offset: int


def read_trailer(source: SeekableSource, start: int = 0, limits: Limits = DEFAULT_LIMITS) -> Trailer:
    """Header, index and totals of a stream that begins at byte `start` and ends with the file; blocks are not read.

    Raises TruncatedError where the footer is missing, else FormatError, ChecksumError, VersionError, LimitError.
    """
    source.seek(start)
    return read_index(source, ContainerReader(source, limits).header, start)


def read_index(source: SeekableSource, header: StreamHeader, start: int = 0) -> Trailer:
    """As `read_trailer`, where the header is known already. Raises as it."""
    size = source.seek(0, io.SEEK_END) - start
    source.seek(start + max(HEADER_SIZE, size - SHORT_END.size))
    end = read_at_most(source, SHORT_END.size)
    if end[: len(MARK)] == MARK and len(end) == SHORT_END.size:
        return _short_trailer(source, header, start, size - SHORT_END.size, end)
    offset, frame = _end_frame(source, start, size)
    index, totals = parse_end(frame, offset)
    entries = parse_index(index)
    _check_entries(entries, totals, offset, header)
    return Trailer(header, entries, totals, offset)


def read_block(  # noqa: PLR0913 - where it stands, and what holds there
    source: SeekableSource,
    trailer: Trailer,
    number: int,
    start: int = 0,
    limits: Limits = DEFAULT_LIMITS,
    *,
    before: int = 0,
) -> Block:
    """One block, found by the index of the stream that begins at byte `start`, and the codebook that it refers to.
    before: as in `parse_frame`.

    Raises FormatError or one of its subclasses, and LimitError.
    """
    block = read_bare_block(source, trailer, number, start, limits, before=before)
    if block.codebook_at is None:
        return block
    return replace(block, codebook=read_codebook(source, block.codebook_at, start, limits))


def read_codebook(source: SeekableSource, offset: int, start: int = 0, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """The codebook whose frame stands at byte `offset` of the stream that begins at byte `start`. Raises as
    `read_block`.
    """
    source.seek(start + offset)
    head = read_at_most(source, FRAME_SIZE)
    if len(head) < FRAME_SIZE:
        raise TruncatedError(f"the stream ends inside the codebook at byte {offset}; fetch the whole file again")
    frame = parse_codebook_frame(head, offset, limits)
    body = read_at_most(source, frame.body_size)
    check_body(frame, body, offset)
    return parse_codebook(body, offset)


def read_bare_block(  # noqa: PLR0913 - as above
    source: SeekableSource,
    trailer: Trailer,
    number: int,
    start: int = 0,
    limits: Limits = DEFAULT_LIMITS,
    *,
    before: int = 0,
) -> Block:
    """As `read_block`, without the codebook. Raises as it."""
    entry = trailer.entries[number]
    source.seek(start + entry.offset)
    head = read_at_most(source, FRAME_SIZE)
    if len(head) < FRAME_SIZE:
        raise TruncatedError(f"the stream ends inside the block at byte {entry.offset}; fetch the whole file again")
    frame = parse_frame(head, entry.raw_offset, entry.offset, trailer.header, limits, before=before)
    following = trailer.entries[number + 1].raw_offset if number + 1 < len(trailer.entries) else trailer.totals.raw_size
    if (frame.kind, frame.raw_size, frame.records) != (FrameKind.BLOCK, following - entry.raw_offset, entry.records):
        raise FormatError(f"byte {entry.offset}: the index does not list the block that stands here")
    body = read_at_most(source, frame.body_size)
    check_body(frame, body, entry.offset)
    return bare_block(frame, body, entry.offset, entry.raw_offset)


def _short_trailer(source: SeekableSource, header: StreamHeader, start: int, offset: int, end: bytes) -> Trailer:
    source.seek(start)
    heads = read_at_most(source, min(HEADER_SIZE + FRAME_SIZE, offset))
    check_short_end(end, heads, offset)
    if not may_end_shortly(heads):
        raise FormatError(f"byte {offset}: the stream's end stands inside a header")
    only = parse_frame(heads[HEADER_SIZE:], 0, HEADER_SIZE, header, DEFAULT_LIMITS) if offset > HEADER_SIZE else None
    if only is not None and (only.kind != FrameKind.BLOCK or len(heads) + only.body_size != offset):
        raise FormatError(f"byte {offset}: the stream's end does not stand behind its only block")
    entries, totals = implied(only)
    return Trailer(header, entries, totals, offset)


def _end_frame(source: SeekableSource, start: int, size: int) -> tuple[int, bytes]:
    last = size - FOOTER.size
    if last < HEADER_SIZE + end_size(0):
        raise TruncatedError(f"the stream ends at byte {size}, before its trailer; fetch the whole file again")
    source.seek(start + last)
    length, magic = FOOTER.unpack(read_at_most(source, FOOTER.size))
    if magic != END_MAGIC:
        raise TruncatedError(f"the stream does not end with its footer (at byte {last}); fetch the whole file again")
    if not end_size(0) <= length <= last - HEADER_SIZE:
        raise FormatError(f"byte {last}: the footer claims an end frame of {length} bytes")
    source.seek(start + last - length)
    return last - length, read_at_most(source, length)


def _check_entries(entries: tuple[IndexEntry, ...], totals: Totals, end: int, header: StreamHeader) -> None:
    """The index must be what a writer could have written: in order, inside the stream, no block larger than allowed."""
    ends = [*entries[1:], IndexEntry(end, totals.raw_size, 0)]
    offset, raw_offset = HEADER_SIZE, 0
    for entry, following in zip(entries, ends, strict=bool(entries)):
        if entry.offset < offset or entry.raw_offset != raw_offset:
            raise FormatError(f"byte {end}: the index is not in order")
        offset, raw_offset = entry.offset + FRAME_SIZE, following.raw_offset
        if not 0 < raw_offset - entry.raw_offset <= header.block_size or following.offset < offset:
            raise FormatError(f"byte {end}: the index lists a block that cannot be")
    if not entries and totals.raw_size:
        raise FormatError(f"byte {end}: {totals.raw_size} bytes in no block")
