"""Read a stream's index and single blocks by random access."""

import io
from dataclasses import dataclass, replace

from encoder.container.blocks import Block, SeekableSource, bare_block, check_body, read_at_most
from encoder.container.codebook_frame import parse_codebook
from encoder.container.format import (
    END_MAGIC,
    FOOTER,
    FRAME_SIZE,
    HEADER_SIZE,
    FrameKind,
    IndexEntry,
    StreamHeader,
    Totals,
    end_size,
    parse_codebook_frame,
    parse_end,
    parse_frame,
    parse_index,
)
from encoder.container.short_end import MARK, SHORT_END, check_short_end, implied, may_end_shortly
from encoder.errors import FormatError, TruncatedError
from encoder.limits import DEFAULT_LIMITS, Limits


@dataclass(frozen=True, slots=True)
class Trailer:
    """What is known of a stream from its two ends. offset: where its end frame starts, from the stream's start."""

    header: StreamHeader
    entries: tuple[IndexEntry, ...]
    totals: Totals
    offset: int


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
