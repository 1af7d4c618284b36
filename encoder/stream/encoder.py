"""The streaming encoder: a file object to write to, or a file to read from; memory bounded by the profile's pool."""

import io
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Protocol, Self

from encoder.container.writer import ContainerWriter, Sink
from encoder.detect.ports import BlockEncoder, StrategySelector
from encoder.errors import GlyphError
from encoder.profile import DEFAULT, Profile
from encoder.stream.malloc import WORTHWHILE, give_back
from encoder.stream.pipeline import Pipeline
from encoder.stream.pool import GlyphBufferPool, Lease
from encoder.stream.statistics import PipelineStatistics
from encoder.stream.underlying import descriptor_of

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer
from encoder.stream.choosing import choosers_for, resolve_profile, standard_block_encoder, with_threads

_PIECE: Final = 1 << 18
"""Bytes that a source without `readinto` is asked for at once: few enough for the heap, where larger objects are
mapped in and out again.
"""


class Readable(Protocol):
    """A source for `encode_from`: any object with a file's `read`; its `readinto` is used where it has one."""

    def read(self, size: int, /) -> bytes | None:
        """At most `size` bytes; none at the end."""


class StreamingEncoder(io.BufferedIOBase):
    """Writes one glyph stream to `fileobj`, which stays open.

    The bytes written depend on the bytes given, on the profile's block size and strategies, and on where `flush` was
    called: not on how the bytes were chunked, nor on threads or pool. `close` completes the stream; an exception inside
    `with`, or dropping the encoder without `close`, leaves one without a trailer, which every reader refuses.

    profile: a name, a JSON file's path, or a Profile. progress: called with (bytes in, bytes out) after each block,
    from the writer's thread. threads: encoding threads, in place of the profile's. pool: one to share or observe, with
    buffers of the block size; the encoder then does not close it. An error of any stage is raised by the next call; the
    stream cannot be completed any more. In a process that was forked with it, every call but `abort` is an error, and
    ending writes nothing: the stream is the first one's.
    """

    def __init__(  # noqa: PLR0913 - what it is built from, each a part of its own
        self,
        fileobj: Sink,
        profile: str | Path | Profile = DEFAULT,
        progress: Callable[[int, int], None] | None = None,
        *,
        threads: int | None = None,
        pool: GlyphBufferPool | None = None,
        selector: StrategySelector | None = None,
        encode_block: BlockEncoder = standard_block_encoder,
    ) -> None:
        self._lease: Lease | None = None
        self._pipeline: Pipeline | None = None  # so that a failed construction can still be finalised
        self._ended = False
        self._process: Final = os.getpid()
        self._position = 0
        self.profile: Final = with_threads(resolve_profile(profile), threads)
        self._fileobj: Final = fileobj
        self._block_size: Final = self.profile.block_size
        largest = self.profile.largest_block
        self._pool: Final = pool or GlyphBufferPool(largest, self.profile.pool)
        if self._pool.statistics.buffer_size != largest:
            raise ValueError(f"the pool's buffers must be of the largest block's size, {largest} bytes")
        self._owns_pool: Final = pool is None
        self._writer: Final = ContainerWriter(fileobj, largest)
        self._cutting, chosen = choosers_for(self.profile, selector)
        self._pipeline = Pipeline(
            self._writer,
            chosen,
            self._pool,
            encode_block,
            workers=self.profile.workers,
            progress=progress,
        )
        self._filled = 0
        self._asked_at = self._block_size  # filled so far, the cutting is asked
        self._carry = b""

    @property
    def statistics(self) -> PipelineStatistics:
        """What every stage has done so far, and the pool; also after `close`."""
        return self._running().statistics

    @property
    def mode(self) -> str:
        """As the builtin's: "wb"."""
        return "wb"

    def writable(self) -> bool:
        """Always. Raises ValueError once it is closed."""
        self._check_not_closed()
        return True

    def seekable(self) -> bool:
        """Never. Raises ValueError once it is closed."""
        self._check_not_closed()
        return False

    def tell(self) -> int:
        """How many bytes were given so far."""
        self._check_not_closed()
        return self._position

    def fileno(self) -> int:
        """The descriptor of the file that is written. Raises OSError where it has none."""
        self._check_not_closed()
        return descriptor_of(self._fileobj)

    def write(self, data: "ReadableBuffer", /) -> int:
        """Take all the bytes, waiting while the pool is exhausted. Returns how many they were."""
        self._check_open()
        with memoryview(data) as whole, whole.cast("B") as view:
            start = 0
            while start < len(view):
                room = self._room()
                began = time.monotonic()
                taken = min(len(room), len(view) - start)
                room[:taken] = view[start : start + taken]
                room.release()
                self._running().note_read(time.monotonic() - began)
                self._advance(taken)
                start += taken
                self._position += taken
            return len(view)

    def encode_from(self, source: Readable) -> int:
        """Read the source to its end, straight into the pool's buffers where it has `readinto`. Returns its bytes."""
        self._check_open()
        readinto = getattr(source, "readinto", None) or _readinto_of(source)
        total = 0
        while True:
            room = self._room()
            began = time.monotonic()
            taken = readinto(room)
            room.release()
            self._running().note_read(time.monotonic() - began)
            if taken is None:
                raise BlockingIOError("the input would block; use a blocking file")
            if not taken:
                return total
            self._advance(taken)
            total += taken
            self._position += taken

    def flush(self) -> None:
        """End the current block, wait until all that was given is written, and flush the file.

        A reader of the file then sees every byte given so far. Each flush that ends a block costs ratio; without new
        bytes it does nothing to the stream. Raises ValueError once it is closed.
        """
        self._check_not_closed()
        if self._ended:  # `close` of the base class flushes
            return
        self._check_process()
        self._submit_rest()
        self._running().drain()
        flush = getattr(self._fileobj, "flush", None)
        if flush is not None:
            flush()

    def close(self) -> None:
        """Encode what is left and write the trailer. Further calls do nothing. Raises the first error of any stage."""
        if self.closed:
            return
        self._check_process()
        try:
            self._submit_rest()
            self._running().finish()
            self._writer.finish()
        finally:
            self.abort()

    def abort(self) -> None:
        """Stop without a trailer: end the threads, free the buffers. Further calls do nothing."""
        if self._ended:
            return
        self._ended = True
        if self._process == os.getpid():  # a forked one has neither the threads nor a right to the locks
            self._stop()
        super().close()

    def _stop(self) -> None:
        self._carry = b""
        self._lease = None
        if self._pipeline is not None:
            self._pipeline.abort()
            if self._owns_pool:
                self._pool.close()
            if self._pipeline.statistics.bytes_in >= WORTHWHILE:
                give_back()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abort()

    def __enter__(self) -> Self:
        self._check_open()
        return self

    def __del__(self) -> None:
        """Dropping an encoder is no reason to complete its stream; a finaliser must not wait for threads either."""
        if not self._ended and self._pipeline is not None and not sys.is_finalizing():
            self._ended = True
            if self._process != os.getpid():
                return
            self._pipeline.stop()

    def _check_open(self) -> None:
        self._check_not_closed()
        self._check_process()

    def _check_not_closed(self) -> None:
        if self.closed:
            raise ValueError("the encoder is closed")

    def _check_process(self) -> None:
        if self._process != os.getpid():
            raise GlyphError(
                f"this encoder and its threads are in process {self._process}; write there, or begin another stream "
                f"here"
            )

    def _running(self) -> Pipeline:
        assert self._pipeline is not None, "set by the constructor"
        return self._pipeline

    def _room(self) -> memoryview:
        """The free part of the current buffer, never empty; what the last cut carried over stands before it."""
        if self._lease is None:
            self._lease = self._running().lease()
            self._lease.buffer[: len(self._carry)] = self._carry
            self._filled, self._carry = len(self._carry), b""
        return self._lease.buffer[self._filled : self._asked_at]

    def _advance(self, count: int) -> None:
        self._filled += count
        while self._filled >= self._asked_at:
            self._cut_full()
            if len(self._carry) >= self._block_size:
                self._room().release()

    def _cut_full(self) -> None:
        """Asks the cutting, and submits what it cuts."""
        assert self._lease is not None, "a full window is in a leased buffer"
        size = self._cutting.full(self._lease.buffer[: self._asked_at])
        if size:
            self._submit(size, short=False)
        else:
            self._asked_at += self._block_size

    def _submit_rest(self) -> None:
        while self._carry or self._lease is not None:
            self._room().release()
            assert self._lease is not None, "there is room in a leased buffer"
            if not self._filled:
                self._lease = None
                self._running().give_back()
                return
            if self._filled >= self._asked_at:
                self._cut_full()
            else:
                self._submit(self._cutting.rest(self._lease.buffer[: self._filled]), short=True)

    def _submit(self, size: int, *, short: bool) -> None:
        """Hands on the first bytes of the current buffer; the others are carried over."""
        lease, self._lease = self._lease, None
        assert lease is not None, "a block stands in a leased buffer"
        self._carry = bytes(lease.buffer[size : self._filled])
        self._filled, self._asked_at = 0, self._block_size
        self._running().submit(lease, size, short=short)


def _readinto_of(source: Readable) -> Callable[[memoryview], int | None]:
    def readinto(room: memoryview) -> int | None:
        data = source.read(min(len(room), _PIECE))
        if data is None:
            return None
        room[: len(data)] = data
        return len(data)

    return readinto
