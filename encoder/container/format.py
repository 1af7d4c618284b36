"""The container's wire layout: what each header's bytes are, packed and parsed by pure functions.

`docs/reference/glyph-format.md` specifies the same tables in prose. All integers are little-endian. Every parse
function checks a header completely before its caller allocates anything for it.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple

from xxhash import xxh3_64_intdigest

from encoder.errors import ChecksumError, FormatError, LimitError, VersionError
from encoder.limits import Limits

MAGIC: Final = b"\x8eGLYPH\r\n"  # a high bit and both line ends show a transfer that changed the bytes
END_MAGIC: Final = b"\x8eGLYEND\n"
MAJOR: Final = 1
MINOR: Final = 4
"""Of what is written: codebooks (1), plain bytes taken apart as numbers (2), short ends (3), filters (4)."""

HEADER: Final = struct.Struct("<8sBBBBI")  # magic, major, minor, must flags, may flags, block size
CHECK: Final = struct.Struct("<I")  # low half of the xxh3-64 of the header before it
PREFIX: Final = struct.Struct("<BBBB")  # kind, must flags, may flags, reserved: how every frame begins
SIZES: Final = struct.Struct("<IIIQQ")  # raw size, body size, records, xxh3-64 of raw, xxh3-64 of body
COUNT: Final = struct.Struct("<I")  # end frame: blocks, after the prefix
ENTRY: Final = struct.Struct("<QQI")  # end frame, per block: frame offset, raw offset, records
TOTALS: Final = struct.Struct("<QQQ")  # end frame: raw size, records, xxh3-64 of all raw bytes
END_CHECK: Final = struct.Struct("<Q")  # xxh3-64 of the end frame up to here
FOOTER: Final = struct.Struct("<Q8s")  # size of the end frame, end magic

HEADER_SIZE: Final = HEADER.size + CHECK.size
FRAME_SIZE: Final = PREFIX.size + SIZES.size + CHECK.size
MOST_BLOCKS: Final = 0xFFFFFFFF
FIRST_SKIPPABLE: Final = 0x80
BODY_SLACK: Final = 1024
REFERS: Final = 0x01
"""A block frame's bit that must be understood: its body refers to a codebook."""
MOST_CODEBOOK: Final = 1 << 16
"""Bytes of a codebook."""


class FrameKind(IntEnum):
    """What a frame holds. An unknown kind from 0x80 up is skipped (its body check is still verified); others are
    refused.
    """

    BLOCK = 1
    END = 2
    SHORT_END = 3
    CODEBOOK = 0x80


@dataclass(frozen=True, slots=True)
class StreamHeader:
    """The stream's first bytes. block_size: no block of the stream decodes to more bytes than this."""

    block_size: int
    minor: int = MINOR
    ignorable: int = 0


class FrameHeader(NamedTuple):
    """What stands before a body. raw_check and body_check: xxh3-64 of the decoded and of the encoded bytes. refers:
    to a codebook.
    """

    raw_size: int
    body_size: int
    records: int
    raw_check: int
    body_check: int
    kind: int = FrameKind.BLOCK
    refers: bool = False


class Totals(NamedTuple):
    """What the end frame says of the whole stream. check: xxh3-64 of all raw bytes in order."""

    raw_size: int
    records: int
    check: int


class IndexEntry(NamedTuple):
    """One block as the trailer lists it: where its frame starts in the stream, where its bytes start in the output."""

    offset: int
    raw_offset: int
    records: int


def largest_body(raw_size: int) -> int:
    """The most bytes that a body of `raw_size` decoded bytes may take: room for a compressor's own overhead, no
    more.
    """
    return raw_size + raw_size // 256 + BODY_SLACK


def short_check(data: bytes | bytearray | memoryview, seed: int = 0) -> int:
    """The low 32 bits of xxh3-64 with that seed (taken modulo 2**64)."""
    return xxh3_64_intdigest(data, seed & 0xFFFFFFFFFFFFFFFF) & 0xFFFFFFFF


def pack_header(header: StreamHeader) -> bytes:
    """The first `HEADER_SIZE` bytes of a stream."""
    packed = HEADER.pack(MAGIC, MAJOR, header.minor, 0, header.ignorable, header.block_size)
    return packed + CHECK.pack(short_check(packed))


def parse_header(data: bytes, limits: Limits) -> StreamHeader:
    """Read and check the stream's header (exactly `HEADER_SIZE` bytes).

    Raises FormatError (not a glyph stream), VersionError (newer major, unknown must-understand flag), ChecksumError,
    LimitError.
    """
    magic, major, minor, must, may, block_size = HEADER.unpack_from(data)
    if magic != MAGIC:
        raise FormatError(f"not a glyph stream: it starts with {magic!r}, not {MAGIC!r}")
    if major != MAJOR:
        raise VersionError(
            f"byte 8: format version {major}.{minor} is not known, this reader knows {MAJOR}.x; install a newer one"
        )
    if CHECK.unpack_from(data, HEADER.size)[0] != short_check(data[: HEADER.size]):
        raise ChecksumError("byte 16: the header's checksum does not match; fetch the file again")
    if must:
        raise VersionError(f"byte 10: the stream needs feature bits {must:#04x}, unknown here; install a newer reader")
    if not block_size:
        raise FormatError("byte 12: a block size of 0")
    if block_size > limits.max_block:
        raise LimitError(
            f"byte 12: blocks of {block_size} bytes exceed the limit max_block={limits.max_block}; "
            "raise it if you trust the source"
        )
    return StreamHeader(block_size, minor, may)


def pack_frame(frame: FrameHeader, raw_offset: int) -> bytes:
    """A frame's header, `FRAME_SIZE` bytes; its check is seeded with where the block's bytes start in the output."""
    packed = PREFIX.pack(frame.kind, REFERS if frame.refers else 0, 0, 0) + SIZES.pack(
        frame.raw_size, frame.body_size, frame.records, frame.raw_check, frame.body_check
    )
    return packed + CHECK.pack(short_check(packed, raw_offset))


def parse_frame(  # noqa: PLR0913 - where it stands, and what holds there
    data: bytes, raw_offset: int, offset: int, header: StreamHeader, limits: Limits, *, before: int = 0
) -> FrameHeader:
    """Read and check a frame's header (exactly `FRAME_SIZE` bytes) that starts at byte `offset` of the stream. before:
    bytes that the streams before this one in the file decode to, which count towards `limits.max_output`.

    Because the check is seeded with `raw_offset`, a block that was moved, doubled or dropped does not pass.
    Raises ChecksumError, VersionError, FormatError, LimitError.
    """
    if CHECK.unpack_from(data, FRAME_SIZE - CHECK.size)[0] != short_check(data[: FRAME_SIZE - CHECK.size], raw_offset):
        raise ChecksumError(f"byte {offset}: the frame header's checksum does not match; fetch the file again")
    frame = unpack_frame(data, offset)
    if frame.kind == FrameKind.BLOCK:
        _check_block(frame, before + raw_offset, offset, header, limits)
    elif frame.kind >= FIRST_SKIPPABLE:
        _check_skippable(frame, offset, limits)
    else:
        raise VersionError(f"byte {offset}: frame kind {frame.kind} is not known here; install a newer reader")
    return frame


def parse_codebook_frame(data: bytes, offset: int, limits: Limits) -> FrameHeader:
    """As `parse_frame`, of the codebook's frame that a block refers to. The short check is not looked at, as its seed,
    where the output stood, is not known; the body's own checksum is.
    """
    frame = unpack_frame(data, offset)
    if frame.kind != FrameKind.CODEBOOK:
        raise FormatError(f"byte {offset}: a block refers to a codebook that does not stand here")
    _check_skippable(frame, offset, limits)
    return frame


def unpack_frame(data: bytes, offset: int) -> FrameHeader:
    """A frame's header as it says, its check and its sizes not looked at. Raises VersionError."""
    kind, must, _may, reserved = PREFIX.unpack_from(data)
    known = REFERS if kind == FrameKind.BLOCK else 0
    if must & ~known or reserved:
        raise VersionError(f"byte {offset}: the frame needs feature bits unknown here; install a newer reader")
    raw_size, body_size, records, raw_check, body_check = SIZES.unpack_from(data, PREFIX.size)
    return FrameHeader(raw_size, body_size, records, raw_check, body_check, kind, bool(must & REFERS))


def _check_block(frame: FrameHeader, given: int, offset: int, header: StreamHeader, limits: Limits) -> None:
    if not 0 < frame.raw_size <= header.block_size:
        raise FormatError(
            f"byte {offset}: a block of {frame.raw_size} bytes; the header allows 1 to {header.block_size}"
        )
    if not 0 < frame.body_size <= largest_body(frame.raw_size):
        raise FormatError(f"byte {offset}: a body of {frame.body_size} bytes for a block of {frame.raw_size}")
    if frame.records > frame.raw_size:
        raise FormatError(f"byte {offset}: {frame.records} records in a block of {frame.raw_size} bytes")
    if limits.max_output is not None and given + frame.raw_size > limits.max_output:
        raise LimitError(
            f"byte {offset}: the stream decodes to more than max_output={limits.max_output} bytes; "
            "raise it if you trust the source"
        )


def _check_skippable(frame: FrameHeader, offset: int, limits: Limits) -> None:
    if frame.raw_size or frame.records or frame.raw_check:
        raise FormatError(f"byte {offset}: a skippable frame that claims decoded bytes")
    if frame.body_size > limits.max_block:
        raise LimitError(
            f"byte {offset}: a skippable frame of {frame.body_size} bytes exceeds max_block={limits.max_block}"
        )
    if frame.kind == FrameKind.CODEBOOK and not 0 < frame.body_size <= largest_body(MOST_CODEBOOK):
        raise FormatError(f"byte {offset}: a codebook of {frame.body_size} encoded bytes")


def pack_entry(entry: IndexEntry) -> bytes:
    """One block's line of the index."""
    return ENTRY.pack(entry.offset, entry.raw_offset, entry.records)


def pack_end(index: bytes | bytearray, totals: Totals) -> bytes:
    """The end frame with its footer. index: the packed entries of every block, in order."""
    frame = PREFIX.pack(FrameKind.END, 0, 0, 0) + COUNT.pack(len(index) // ENTRY.size) + index
    frame += TOTALS.pack(totals.raw_size, totals.records, totals.check)
    frame += END_CHECK.pack(xxh3_64_intdigest(frame))
    return frame + FOOTER.pack(len(frame), END_MAGIC)


def end_size(blocks: int) -> int:
    """The bytes that an end frame for so many blocks takes, footer not included."""
    return PREFIX.size + COUNT.size + blocks * ENTRY.size + TOTALS.size + END_CHECK.size


def parse_end(frame: bytes | bytearray, offset: int) -> tuple[memoryview, Totals]:
    """Check an end frame (footer not included) that starts at byte `offset`; its packed index and its totals.

    Raises ChecksumError, VersionError, FormatError.
    """
    view = memoryview(frame)
    if len(view) < end_size(0):
        raise FormatError(f"byte {offset}: the end frame is too short")
    if END_CHECK.unpack(view[-END_CHECK.size :])[0] != xxh3_64_intdigest(view[: -END_CHECK.size]):
        raise ChecksumError(f"byte {offset}: the end frame's checksum does not match; fetch the file again")
    kind, must, _may, reserved = PREFIX.unpack_from(view)
    if must or reserved:
        raise VersionError(f"byte {offset}: the end frame needs feature bits unknown here; install a newer reader")
    (blocks,) = COUNT.unpack_from(view, PREFIX.size)
    if kind != FrameKind.END or len(view) != end_size(blocks):
        raise FormatError(f"byte {offset}: the end frame does not hold what it says")
    start = PREFIX.size + COUNT.size
    index = view[start : start + blocks * ENTRY.size]
    return index, Totals(*TOTALS.unpack_from(view, start + len(index)))


def parse_index(index: bytes | bytearray | memoryview) -> tuple[IndexEntry, ...]:
    """The packed index as entries."""
    return tuple(IndexEntry(*fields) for fields in ENTRY.iter_unpack(index))
