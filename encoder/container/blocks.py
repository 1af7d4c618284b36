"""A block of a stream, and the byte sources that blocks are read from."""

from dataclasses import dataclass
from typing import Final, Protocol

from xxhash import xxh3_64_intdigest

from encoder.container.codebook_frame import parse_reference
from encoder.container.format import (
    FrameHeader,
)
from encoder.errors import ChecksumError

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
