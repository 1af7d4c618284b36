"""What is left of a damaged stream: every block that is whole, in order, and what was lost between them.

Blocks stand for themselves, so that damage costs the blocks that it hits. They are found by the index where the stream's end is
whole, else by looking for frames: one is taken for real when its body has the checksum that it names.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from xxhash import xxh3_64_intdigest

from encoder.container import (
    FRAME_SIZE,
    HEADER_SIZE,
    PREFIX,
    SIZES,
    FrameHeader,
    FrameKind,
    StreamHeader,
    largest_body,
)
from encoder.errors import GlyphError, LimitError
from encoder.limits import DEFAULT_LIMITS, Limits
from encoder.reader import (
    Block,
    ContainerReader,
    SeekableSource,
    Trailer,
    check_raw,
    read_at_most,
    read_block,
    read_index,
)
from encoder.stream_decoder import BlockDecoder, standard_block_decoder

FRAME_START: Final = PREFIX.pack(FrameKind.BLOCK, 0, 0, 0)
STEP: Final = 1 << 20
MOST_HASHED: Final = 64
"""Times the stream's size that a search may hash in all: bytes made to look like frames everywhere must not cost more."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A part of the stream that gave nothing. offset, size: its bytes in the stream; raw_offset, raw_size: in the output, where the
    index says so, else None. why: for people.
    """

    offset: int
    size: int
    raw_offset: int | None
    raw_size: int | None
    why: str


def salvage(
    source: SeekableSource,
    limits: Limits = DEFAULT_LIMITS,
    *,
    decode_block: BlockDecoder = standard_block_decoder,
) -> Iterator[bytes | Lost]:
    """Each whole block's bytes, verified by its own checksums, and each loss, in the order of the stream.

    A stream without any loss gives its blocks alone; its whole-stream checksum is not looked at. A block over the limits is
    lost. Never raises FormatError. Raises LimitError where the output would exceed `limits.max_output`, OSError.
    """
    given = 0
    for piece in _pieces(source, replace(limits, max_output=None), decode_block):  # else blocks behind it seemed lost
        given += len(piece) if isinstance(piece, bytes) else 0
        if limits.max_output is not None and given > limits.max_output:
            raise LimitError(
                f"the stream gives more than max_output={limits.max_output} bytes; raise it if you trust it"
            )
        yield piece


def _pieces(source: SeekableSource, limits: Limits, decode_block: BlockDecoder) -> Iterator[bytes | Lost]:
    header = _header(source, limits)
    if header is None:
        yield Lost(0, HEADER_SIZE, None, 0, "the stream's header is damaged")
    known = header or StreamHeader(limits.max_block)
    try:
        trailer = read_index(source, known)
    except GlyphError as error:
        yield from _by_search(source, known, limits, decode_block, str(error))
    else:
        yield from _by_index(source, trailer, limits, decode_block)


def _header(source: SeekableSource, limits: Limits) -> StreamHeader | None:
    source.seek(0)
    try:
        return ContainerReader(source, limits).header
    except GlyphError:
        return None


def _by_index(
    source: SeekableSource, trailer: Trailer, limits: Limits, decode_block: BlockDecoder
) -> Iterator[bytes | Lost]:
    ends = [*(entry.offset for entry in trailer.entries[1:]), trailer.offset]
    raw_ends = [*(entry.raw_offset for entry in trailer.entries[1:]), trailer.totals.raw_size]
    for number, entry in enumerate(trailer.entries):
        try:
            block = read_block(source, trailer, number, limits=limits)
            raw = _decoded(block, limits, decode_block)
        except GlyphError as error:
            size, raw_size = ends[number] - entry.offset, raw_ends[number] - entry.raw_offset
            yield Lost(entry.offset, size, entry.raw_offset, raw_size, str(error))
        else:
            yield raw


def _decoded(block: Block, limits: Limits, decode_block: BlockDecoder) -> bytes:
    raw = decode_block(block.body, block.frame.raw_size, limits)
    check_raw(block, raw)
    return raw


def _by_search(
    source: SeekableSource, header: StreamHeader, limits: Limits, decode_block: BlockDecoder, why: str
) -> Iterator[bytes | Lost]:
    """Frame after frame from the start; after one that is not whole, the next place that looks like one."""
    search = _Search(source, header)
    at = lost_from = HEADER_SIZE
    raw_offset = 0
    while (found := search.block_from(at, raw_offset)) is not None:
        try:
            raw = _decoded(found, limits, decode_block)
        except GlyphError:
            at = found.offset + 1
            continue
        if found.offset > lost_from:
            yield Lost(lost_from, found.offset - lost_from, None, None, "no whole block stands here")
        yield raw
        raw_offset += len(raw)
        at = lost_from = found.offset + FRAME_SIZE + len(found.body)
    yield Lost(lost_from, max(0, search.size - lost_from), None, None, why)


class _Search:
    """Looks for block frames in the bytes of a stream."""

    def __init__(self, source: SeekableSource, header: StreamHeader) -> None:
        self._source: Final = source
        self._header: Final = header
        self.size: Final = source.seek(0, io.SEEK_END)
        self._window_at = 0
        self._window = b""
        self._hashable = MOST_HASHED * self.size

    def block_from(self, at: int, raw_offset: int) -> Block | None:
        """The first block at `at` or behind it whose body has the checksum that its frame names."""
        while self._hashable > 0 and (place := self._next_start(at)) is not None:
            block = self._block_at(place, raw_offset)
            if block is not None:
                return block
            at = place + 1
        return None

    def _next_start(self, at: int) -> int | None:
        while at + FRAME_SIZE <= self.size:
            if not self._window_at <= at <= self._window_at + len(self._window) - FRAME_SIZE:
                self._window_at, self._window = at, self._read(at, STEP)
            found = self._window.find(FRAME_START, at - self._window_at)
            if found >= 0:
                return self._window_at + found
            at = max(at + 1, self._window_at + len(self._window) - len(FRAME_START) + 1)
        return None

    def _block_at(self, place: int, raw_offset: int) -> Block | None:
        head = self._read(place, FRAME_SIZE)
        if len(head) < FRAME_SIZE:
            return None
        raw_size, body_size, records, raw_check, body_check = SIZES.unpack_from(head, PREFIX.size)
        sane = 0 < raw_size <= self._header.block_size and 0 < body_size <= largest_body(raw_size)
        if not sane or records > raw_size or place + FRAME_SIZE + body_size > self.size:
            return None
        self._hashable -= body_size
        body = self._read(place + FRAME_SIZE, body_size)
        if xxh3_64_intdigest(body) != body_check:
            return None
        return Block(FrameHeader(raw_size, body_size, records, raw_check, body_check), body, place, raw_offset)

    def _read(self, at: int, size: int) -> bytes:
        self._source.seek(at)
        return read_at_most(self._source, size)
