"""The streaming decoder: a file object to read from, which never gives out a byte that was not verified."""

import io
from bisect import bisect_right
from types import TracebackType
from typing import TYPE_CHECKING, Final, Protocol, Self

from encoder.container import StreamHeader
from encoder.limits import DEFAULT_LIMITS, Limits
from encoder.reader import (
    ContainerReader,
    SeekableSource,
    Source,
    Trailer,
    check_raw,
    read_block,
    read_trailer,
)

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class BlockDecoder(Protocol):
    """What turns a body back into its block; `encoder.block.decode_block`."""

    def __call__(self, body: bytes, raw_size: int, limits: Limits, /) -> bytes:
        """Exactly `raw_size` bytes, or FormatError or LimitError."""


def standard_block_decoder(body: bytes, raw_size: int, limits: Limits) -> bytes:
    """`encoder.block.decode_block`, loaded when the first block needs it."""
    from encoder.block import decode_block  # noqa: PLC0415 - so that opening a stream stays light

    return decode_block(body, raw_size, limits)


class StreamingDecoder(io.BufferedIOBase):
    """Reads one glyph stream from `fileobj`, which stays open, as the bytes that were encoded.

    A block's bytes are returned only after its checksum was verified. Reading to the end verifies the whole stream's
    checksum, the trailer and that nothing follows it; a reader that stops earlier has verified only the blocks it saw.
    Where `fileobj` is seekable, so is the decoder: `seek` reads the index from the trailer and then decodes single blocks, each verified by
    its own checksums.

    Raises FormatError (TruncatedError, ChecksumError, VersionError) and LimitError, from the constructor and from any
    read. After an error, every further read raises it again.
    """

    def __init__(
        self,
        fileobj: Source,
        limits: Limits = DEFAULT_LIMITS,
        *,
        decode_block: BlockDecoder = standard_block_decoder,
    ) -> None:
        self._fileobj: Final = fileobj
        self._limits: Final = limits
        self._decode: Final = decode_block
        self._start: Final = _tell(fileobj)
        self._reader: ContainerReader | None = ContainerReader(fileobj, limits)  # None once a seek left the sequence
        self.header: Final[StreamHeader] = self._reader.header
        self._trailer: Trailer | None = None
        self._raw_starts: list[int] = []
        self._block = memoryview(b"")
        self._block_start = 0  # where the current block's bytes begin in the output
        self._next_block = 0  # after a seek: the number of the block to decode next
        self._at = 0  # position inside the current block
        self._error: Exception | None = None

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Whether the file that is read is."""
        seekable = getattr(self._fileobj, "seekable", None)
        return bool(seekable is not None and seekable())

    def read(self, size: int | None = -1, /) -> bytes:
        """`size` bytes, fewer only at the end; all that are left for None or a negative size."""
        self._check_open()
        pieces = bytearray()
        while size is None or size < 0 or len(pieces) < size:
            if not self._fill():
                break
            pieces += self._take(None if size is None or size < 0 else size - len(pieces))
        return bytes(pieces)

    def read1(self, size: int = -1, /) -> bytes:
        """At most `size` bytes of the current block; none only at the end."""
        self._check_open()
        if size == 0 or not self._fill():
            return b""
        return bytes(self._take(None if size < 0 else size))

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Fill the buffer as far as the stream goes; how many bytes that were."""
        self._check_open()
        with memoryview(buffer) as whole, whole.cast("B") as view:
            filled = 0
            while filled < len(view) and self._fill():
                piece = self._take(len(view) - filled)
                view[filled : filled + len(piece)] = piece
                filled += len(piece)
            return filled

    def peek(self, size: int = 0, /) -> bytes:  # noqa: ARG002 - the io classes' signature
        """Some bytes without moving on; empty only at the end. Makes reading lines fast."""
        self._check_open()
        return bytes(self._block[self._at : self._at + io.DEFAULT_BUFFER_SIZE]) if self._fill() else b""

    def tell(self) -> int:
        """The position in the decoded bytes."""
        self._check_open()
        return self._block_start + self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move to a position in the decoded bytes and decode the block there. Past the end, reads give no bytes."""
        self._check_open()
        if not self.seekable():
            raise io.UnsupportedOperation("the file under this decoder is not seekable")
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.tell()}.get(whence)
        target = (self._index().totals.raw_size if base is None else base) + offset
        if target < 0:
            raise ValueError(f"cannot seek to {target}, before the start")
        if self._block_start <= target < self._block_start + len(self._block):
            self._at = target - self._block_start
        elif target != self.tell():
            self._jump(target)
        return target

    def close(self) -> None:
        """Drop the current block; the file stays open."""
        self._block = memoryview(b"")
        self._reader = None
        super().close()

    def __enter__(self) -> Self:
        self._check_open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("the decoder is closed")
        if self._error is not None:
            raise self._error

    def _take(self, size: int | None) -> memoryview:
        piece = self._block[self._at :] if size is None else self._block[self._at : self._at + size]
        self._at += len(piece)
        return piece

    def _fill(self) -> bool:
        """Whether the current block has bytes left, after decoding the next one where it had not."""
        if self._at < len(self._block):
            return True
        try:
            raw = self._decode_in_order() if self._reader is not None else self._decode_by_index()
        except Exception as error:
            self._error = error
            raise
        if raw is None:
            return False
        self._block_start += len(self._block)
        self._block, self._at = memoryview(raw), 0
        return True

    def _decode_in_order(self) -> bytes | None:
        assert self._reader is not None, "the caller looked"
        found = self._reader.next_block()
        if found is None:
            return None
        frame, body = found
        raw = self._decode(body, frame.raw_size, self._limits)
        self._reader.verify(frame, raw)
        return raw

    def _decode_by_index(self) -> bytes | None:
        trailer = self._index()
        if self._next_block >= len(trailer.entries):
            return None
        raw = self._decode_block(self._next_block)
        self._next_block += 1
        return raw

    def _decode_block(self, number: int) -> bytes:
        """The block of that number, read from where the index says it is, and verified by itself."""
        trailer = self._index()
        frame, body = read_block(self._seekable(), trailer, number, self._start, self._limits)
        raw = self._decode(body, frame.raw_size, self._limits)
        check_raw(frame, raw, trailer.entries[number].raw_offset)
        return raw

    def _jump(self, target: int) -> None:
        trailer = self._index()
        self._reader = None
        self._block, self._at = memoryview(b""), 0
        if target >= trailer.totals.raw_size:
            self._block_start, self._next_block = target, len(trailer.entries)
            return
        self._next_block = bisect_right(self._raw_starts, target) - 1
        self._block_start = self._raw_starts[self._next_block]
        self._fill()
        self._at = target - self._block_start

    def _index(self) -> Trailer:
        """The trailer, read once; the file is left where it was."""
        if self._trailer is None:
            source = self._seekable()
            place = source.seek(0, io.SEEK_CUR)
            self._trailer = read_trailer(source, self._start, self._limits)
            self._raw_starts = [entry.raw_offset for entry in self._trailer.entries]
            source.seek(place)
        return self._trailer

    def _seekable(self) -> SeekableSource:
        return self._fileobj  # type: ignore[return-value]  # `seek` has asked `seekable`


def _tell(fileobj: Source) -> int:
    """Where the stream begins in its file; 0 where the file cannot say."""
    seekable = getattr(fileobj, "seekable", None)
    return fileobj.tell() if seekable is not None and seekable() else 0  # type: ignore[attr-defined]  # asked above
