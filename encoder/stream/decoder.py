"""The streaming decoder: a file object to read from. It never returns a byte that was not verified."""

import io
import operator
import sys
from bisect import bisect_right
from types import TracebackType
from typing import TYPE_CHECKING, Final, Protocol, Self

from encoder.container.blocks import Block, SeekableSource, Source, check_raw
from encoder.container.format import StreamHeader
from encoder.detect.records import RECORD_END
from encoder.limits import DEFAULT_LIMITS, Limits
from encoder.stream.decode_ahead import DecodeAhead
from encoder.stream.members import FileReader
from encoder.stream.underlying import descriptor_of, start_of

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from encoder.stream.places import Places


class BlockDecoder(Protocol):
    """What turns a body back into its block; `encoder.block.codec.decode_block`."""

    def __call__(self, body: bytes, raw_size: int, limits: Limits, codebook: bytes, /) -> bytes:
        """Exactly `raw_size` bytes, or FormatError or LimitError. codebook: what the body refers to, if anything."""


def standard_block_decoder(body: bytes, raw_size: int, limits: Limits, codebook: bytes) -> bytes:
    """`encoder.block.codec.decode_block`, loaded when the first block needs it."""
    from encoder.block.codec import decode_block  # noqa: PLC0415 - so that opening a stream stays light

    return decode_block(body, raw_size, limits, codebook)


class StreamingDecoder(io.BufferedIOBase):
    """Reads `fileobj`, which stays open, to its end: a glyph stream, or several one behind the other, as the bytes that
    were encoded.

    A block's bytes are returned only after its checksum was verified. Reading to the end verifies every whole stream's
    checksum, its trailer and that nothing else follows it; a reader that stops earlier has verified only the blocks it
    saw. Where `fileobj` is seekable, so is the decoder: `seek` reads the index from the trailer and then decodes single
    blocks, each verified by its own checksums; `seek_record` does so by the number of a record.

    limits: what decoding may use at most. threads: how many blocks are decoded at once, ahead of the reader;
    `Limits.max_memory` bounds each of them. Raises FormatError (TruncatedError, ChecksumError, VersionError) and
    LimitError, from the constructor and from any read. After an error, every further read raises it again.
    """

    def __init__(
        self,
        fileobj: Source,
        limits: Limits = DEFAULT_LIMITS,
        *,
        threads: int = 1,
        decode_block: BlockDecoder = standard_block_decoder,
    ) -> None:
        if threads < 1:
            super().close()  # else Python, at its end, closes what was never made
            raise ValueError(f"{threads} threads; give at least 1")
        self._fileobj: Final = fileobj
        self._limits: Final = limits
        self._threads: Final = threads
        self._decode: Final = decode_block
        self._blocks = DecodeAhead(self._fetch, self._decoded, threads)
        self._start: Final = start_of(fileobj)
        self._reader: FileReader | None = FileReader(fileobj, limits)  # None once a seek left the sequence
        self.header: Final[StreamHeader] = self._reader.header
        self._known_places: Places | None = None
        self._block = b""
        self._block_start = 0  # where the current block's bytes begin in the output
        self._at = 0  # position inside the current block
        self._encoded_bytes = 0
        self._error: Exception | None = None

    @property
    def mode(self) -> str:
        """As the builtin's: "rb"."""
        return "rb"

    def readable(self) -> bool:
        """Always. Raises ValueError once it is closed."""
        self._check_not_closed()
        return True

    def fileno(self) -> int:
        """The descriptor of the file that is read. Raises OSError where it has none."""
        self._check_not_closed()
        return descriptor_of(self._fileobj)

    def seekable(self) -> bool:
        """Whether the file that is read is. Raises ValueError once it is closed."""
        self._check_not_closed()
        seekable = getattr(self._fileobj, "seekable", None)
        return bool(seekable is not None and seekable())

    def read(self, size: int | None = -1, /) -> bytes:
        """`size` bytes, fewer only at the end; all that are left for None or a negative size."""
        self._check_open()
        most = sys.maxsize if size is None or size < 0 else size
        pieces: list[bytes | memoryview] = []
        taken = 0
        while taken < most and self._fill():
            pieces.append(self._take(most - taken))
            taken += len(pieces[-1])
        return b"".join(pieces)

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
        return self._block[self._at : self._at + io.DEFAULT_BUFFER_SIZE] if self._fill() else b""

    def readline(self, size: int | None = -1, /) -> bytes:
        """The bytes up to and including the next newline, at most `size`; none only at the end."""
        self._check_open()
        most = sys.maxsize if size is None or size < 0 else size
        pieces: list[bytes | memoryview] = []
        taken = 0
        while taken < most and self._fill():
            end = self._block.find(RECORD_END, self._at, self._at + most - taken)
            pieces.append(self._take(most - taken if end < 0 else end + 1 - self._at))
            taken += len(pieces[-1])
            if end >= 0:
                break
        return b"".join(pieces)

    def tell(self) -> int:
        """The position in the decoded bytes."""
        self._check_open()
        return self._block_start + self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move to a position in the decoded bytes and decode the block there. Past the end, reads give no bytes.

        Raises ValueError for another whence, TypeError for what is no whole number.
        """
        self._check_open()
        offset = operator.index(offset)
        if whence not in (io.SEEK_SET, io.SEEK_CUR, io.SEEK_END):
            raise ValueError(f"whence {whence!r} is not known; give 0, 1 or 2 (io.SEEK_SET, SEEK_CUR, SEEK_END)")
        index = self._places().index
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.tell()}.get(whence, index.raw_size)
        target = base + offset
        if target < 0:
            raise ValueError(f"cannot seek to {target}, before the start")
        if self._block_start <= target < self._block_start + len(self._block):
            self._at = target - self._block_start
        elif target != self.tell():
            self._jump(target)
        return target

    @property
    def encoded_bytes(self) -> int:
        """Bytes of the stream read so far, in order; not meaningful after a seek."""
        return self._encoded_bytes

    @property
    def records(self) -> int:
        """How many records there are, by the trailer (of several streams also by each one's last block, as a record may
        go on in the next).

        Raises io.UnsupportedOperation where the file is not seekable.
        """
        self._check_open()
        inside, before = self._places().records
        return before[-1] + inside[-1] if inside else 0

    def seek_record(self, number: int) -> int:
        """Move to where record `number` begins (from 0; past the last one: to the end), decoding one block. Its
        position.

        Raises ValueError for a negative number, io.UnsupportedOperation where the file is not seekable.
        """
        self._check_open()
        if number < 0:
            raise ValueError(f"cannot seek to record {number}, before the first")
        number = operator.index(number)
        inside, before = self._places().records
        index = self._places().index
        if number >= self.records:
            return self.seek(index.raw_size)
        from encoder.stream.places import place_of  # noqa: PLC0415 - as in `_places`

        block = bisect_right(before, number) - 1
        self.seek(index.raw_starts[block])
        self._fill()
        self._at = place_of(self._block, number - before[block], inside[block], self._block_start)
        return self.tell()

    def __reduce_ex__(self, _protocol: object) -> str:
        """Refused before there is a copy, which could not be finalised. Raises TypeError."""
        raise TypeError(f"cannot pickle {type(self).__name__!r} object")

    def close(self) -> None:
        """Drop what was decoded and end the threads; the file stays open. Further calls do nothing."""
        if not self.closed and "_blocks" in vars(self):  # else it was never made, and is only finalised
            self._blocks.close()
        self._block = b""
        self._reader = None
        super().close()

    def __enter__(self) -> Self:
        self._check_open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _check_not_closed(self) -> None:
        if self.closed:
            raise ValueError("the decoder is closed")

    def _check_open(self) -> None:
        self._check_not_closed()
        if self._error is not None:
            raise self._error

    def _take(self, size: int | None) -> bytes | memoryview:
        """So many of the block's bytes, or all that are left; of a whole block no copy is ever made."""
        at, self._at = self._at, len(self._block) if size is None else min(len(self._block), self._at + size)
        return self._block if self._at - at == len(self._block) else memoryview(self._block)[at : self._at]

    def _fill(self) -> bool:
        """Whether the current block has bytes left, after decoding the next one where it had not."""
        if self._at < len(self._block):
            return True
        try:
            found = self._blocks.next()
            if self._reader is not None:
                _account(self._reader, found)
                self._encoded_bytes = self._reader.offset
        except Exception as error:
            self._error = error
            raise
        if found is None:
            return False
        self._block_start += len(self._block)
        self._block, self._at = found[1], 0
        return True

    def _fetch(self) -> Block | None:
        return None if self._reader is None else self._reader.next_block()

    def _decoded(self, block: Block) -> bytes:
        raw = self._decode(block.body, block.frame.raw_size, self._limits, block.codebook)
        check_raw(block, raw)
        return raw

    def _jump(self, target: int) -> None:
        """Leave the sequence: from here on blocks are found by the index."""
        index = self._places().index
        self._reader = None
        self._block, self._at = b"", 0
        if target >= index.raw_size:
            self._block_start = target
            self._start_at(len(index.raw_starts))
            return
        number = bisect_right(index.raw_starts, target) - 1
        self._block_start = index.raw_starts[number]
        self._start_at(number)
        self._fill()
        self._at = target - self._block_start

    def _start_at(self, number: int) -> None:
        places = self._places()
        numbers = iter(range(number, len(places.index.raw_starts)))

        def fetch() -> Block | None:
            following = next(numbers, None)
            return None if following is None else places.block(following)

        self._blocks.close()
        self._blocks = DecodeAhead(fetch, self._decoded, self._threads)

    def _places(self) -> "Places":
        """Where blocks and records are. Raises io.UnsupportedOperation where the file is not seekable."""
        if not self.seekable():
            raise io.UnsupportedOperation("the file under this decoder is not seekable")
        if self._known_places is None:
            from encoder.stream.places import Places  # noqa: PLC0415 - who reads in order needs none

            source: SeekableSource = self._fileobj  # type: ignore[assignment]  # `seekable` has told
            self._known_places = Places(source, self._start, self._limits, self.header, self._decoded)
        return self._known_places


def _account(reader: FileReader, found: tuple[Block, bytes] | None) -> None:
    """Add a block to the account of the whole stream, or close it at the end."""
    if found is None:
        reader.finish()
    else:
        reader.account(found[1])
