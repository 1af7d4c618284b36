"""Write a container from start to end to any file object, one block at a time."""

import io
from typing import Final, Protocol

from xxhash import xxh3_64, xxh3_64_intdigest

from encoder.container.codebook_frame import pack_codebook, pack_reference
from encoder.container.format import (
    ENTRY,
    MOST_BLOCKS,
    FrameHeader,
    FrameKind,
    IndexEntry,
    StreamHeader,
    Totals,
    largest_body,
    pack_end,
    pack_entry,
    pack_frame,
    pack_header,
)
from encoder.container.short_end import may_end_shortly, pack_short_end
from encoder.errors import GlyphError


class Sink(Protocol):
    """What the container is written to: any object with a file's `write`."""

    def write(self, data: memoryview, /) -> int | None:
        """Take the bytes; a raw file may take fewer and says how many."""


class ContainerWriter:
    """Writes header, block frames and trailer. The index grows by 20 bytes a block; beside it only the last codebook is
    kept.

    block_size: the most bytes that a block may decode to. offset: bytes written so far. Every codebook stands in the
    stream twice, before the blocks that refer to it and behind them, so that damage to one copy costs no block. A
    stream of one block or none has a short end in place of a trailer.
    """

    def __init__(self, sink: Sink, block_size: int) -> None:
        self._sink: Final = sink
        self._index: Final = bytearray()
        self._check: Final = xxh3_64()
        self._records = 0
        self.block_size: Final = block_size
        self.offset = 0
        self.raw_offset = 0
        self._codebook = b""
        self._codebook_body = b""
        self._codebook_at = 0
        self._heads: Final = bytearray()  # while a short end is possible, and one frame's more
        self._put_head(pack_header(StreamHeader(block_size)))

    @property
    def blocks(self) -> int:
        """How many blocks have been written."""
        return len(self._index) // ENTRY.size

    def add_to_check(self, raw: memoryview) -> None:
        """Add a block's decoded bytes to the checksum of the whole stream: every block's once, in their order, before
        `finish`. Another thread may do so while this one writes.
        """
        self._check.update(raw)

    def write_block(self, raw_size: int, body: bytes, records: int, raw_check: int, codebook: bytes = b"") -> None:
        """Append one block. raw_size: of its decoded bytes; raw_check: their own xxh3-64.

        codebook: what the body refers to, if anything; one that is not the last one's is written first.
        """
        if codebook:
            body = self._reference(codebook) + body
        if len(body) > largest_body(raw_size) or not 0 < raw_size <= self.block_size:
            raise GlyphError(f"a block of {raw_size} bytes with a body of {len(body)} does not fit the container")
        if self.blocks == MOST_BLOCKS:
            raise GlyphError(f"a stream holds at most {MOST_BLOCKS} blocks; use a larger block size")
        frame = FrameHeader(raw_size, len(body), records, raw_check, xxh3_64_intdigest(body), refers=bool(codebook))
        self._index.extend(pack_entry(IndexEntry(self.offset, self.raw_offset, records)))
        self._put_head(pack_frame(frame, self.raw_offset))
        self._put(body)
        self._records += records
        self.raw_offset += raw_size

    def finish(self) -> None:
        """Write the trailer, or the short end: only now is the stream complete."""
        if may_end_shortly(self._heads):
            self._put(pack_short_end(self._heads))
            return
        self._repeat_codebook()
        self._put(pack_end(self._index, Totals(self.raw_offset, self._records, self._check.intdigest())))

    def _reference(self, codebook: bytes) -> bytes:
        if codebook != self._codebook:
            self._repeat_codebook()
            self._codebook, self._codebook_body = codebook, pack_codebook(codebook)
            self._codebook_at = self.offset
            self._put_codebook()
        return pack_reference(self.offset - self._codebook_at)

    def _repeat_codebook(self) -> None:
        if self._codebook:
            self._put_codebook()

    def _put_codebook(self) -> None:
        body = self._codebook_body
        frame = FrameHeader(0, len(body), 0, 0, xxh3_64_intdigest(body), FrameKind.CODEBOOK)
        self._put_head(pack_frame(frame, self.raw_offset))
        self._put(body)

    def _put_head(self, head: bytes) -> None:
        if may_end_shortly(self._heads) or not self._heads:
            self._heads.extend(head)
        self._put(head)

    def _put(self, data: bytes) -> None:
        write_all(self._sink, data)
        self.offset += len(data)


def write_all(sink: Sink, data: bytes | memoryview) -> None:
    """Write every byte, also to a raw file that takes only a part at a time."""
    view = memoryview(data)
    while view:
        written = sink.write(view)
        if written is None:
            if isinstance(sink, io.RawIOBase):
                raise BlockingIOError("the output would block; use a blocking file")
            return
        view = view[written:]
