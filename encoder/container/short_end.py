"""The end of a stream of at most one block, in eight bytes. The block's header has what an end frame would say."""

import struct
from typing import Final

from xxhash import xxh3_64_intdigest

from encoder.container.format import FRAME_SIZE, HEADER_SIZE, FrameHeader, IndexEntry, Totals, short_check
from encoder.errors import ChecksumError, FormatError

MARK: Final = b"\x03END"
"""How it begins: its kind of frame, and three letters by which it is known from behind."""
SHORT_END: Final = struct.Struct("<4sI")  # mark, short check of the headers before it
NOTHING: Final = xxh3_64_intdigest(b"")


def pack_short_end(heads: bytes | bytearray) -> bytes:
    """The end behind the stream's header and its block's header, if it has one, which are `heads`."""
    return SHORT_END.pack(MARK, short_check(heads))


def check_short_end(data: bytes, heads: bytes | bytearray, offset: int) -> None:
    """Compare the end at byte `offset` with the headers before it: a lost or foreign block does not pass. Raises
    FormatError, ChecksumError.
    """
    mark, check = SHORT_END.unpack(data)
    if mark != MARK:
        raise FormatError(f"byte {offset}: the stream's end is damaged")
    if check != short_check(heads):
        raise ChecksumError(f"byte {offset}: the stream's end belongs to other headers; fetch the file again")


def may_end_shortly(heads: bytes | bytearray) -> bool:
    """Whether headers of that length are those of a stream of one block or none."""
    return len(heads) in (HEADER_SIZE, HEADER_SIZE + FRAME_SIZE)


def implied(frame: FrameHeader | None) -> tuple[tuple[IndexEntry, ...], Totals]:
    """Index and totals of a stream that has this block alone, or none."""
    if frame is None:
        return (), Totals(0, 0, NOTHING)
    return (IndexEntry(HEADER_SIZE, 0, frame.records),), Totals(frame.raw_size, frame.records, frame.raw_check)
