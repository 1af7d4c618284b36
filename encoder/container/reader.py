"""Read one stream from start to end from any file object and verify everything, or read its trailer from the end.
`encoder.stream.members` reads several in one file.
"""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from xxhash import xxh3_64

from encoder.container.blocks import Block, SeekableSource, Source, bare_block, check_body, read_at_most
from encoder.container.codebook_frame import parse_codebook
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
    parse_end,
    parse_frame,
    parse_header,
    parse_index,
)
from encoder.container.random_access import Trailer, read_index
from encoder.container.short_end import SHORT_END, check_short_end, implied, may_end_shortly
from encoder.errors import ChecksumError, FormatError, TruncatedError
from encoder.limits import DEFAULT_LIMITS, Limits


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


def read_trailer(source: SeekableSource, start: int = 0, limits: Limits = DEFAULT_LIMITS) -> Trailer:
    """Header, index and totals of a stream that begins at byte `start` and ends with the file; blocks are not read.

    Raises TruncatedError where the footer is missing, else FormatError, ChecksumError, VersionError, LimitError.
    """
    source.seek(start)
    return read_index(source, ContainerReader(source, limits).header, start)
