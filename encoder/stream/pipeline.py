"""Reader, workers and writer side by side, bounded by the buffer pool, with the blocks written in the order they came.

    caller (reader) --submit--> queue --> workers (encode) --> finished --> writer (in order) --> sink

Leases are returned only here. Every block in flight holds its lease until it is encoded. It holds it until it is
written, unless all waiting blocks together are small. So the pool bounds queued blocks, blocks being encoded, and
encoded blocks. And few workers wait for a slower one. Strategies and segment leaders are chosen in the reader's order.
So the output does not depend on the number of workers, on the pool or on timing. The first error of any stage stops
them all, releases every lease and is raised to the caller.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import nullcontext
from typing import Final, NamedTuple

from xxhash import xxh3_64_intdigest

from encoder.block.beside import lending
from encoder.container.codebook_frame import codebook_of
from encoder.container.writer import ContainerWriter
from encoder.detect.ports import BlockEncoder, StrategySelector
from encoder.detect.records import count_records, ends_inside
from encoder.errors import GlyphError
from encoder.glyphs.kept import drop_kept
from encoder.glyphs.segments import SegmentPlace, Segments
from encoder.strategy import Strategy, TreeType
from encoder.stream.malloc import heaps_given_back, leave, settle
from encoder.stream.pool import GlyphBufferPool, Lease
from encoder.stream.statistics import PipelineStatistics, StageClocks

_WAITING_SHARE: Final = 2
"""Bodies that wait for their turn without a lease take at most one part in so many of a block together."""


class _Block(NamedTuple):
    """A block in flight: the first `size` bytes of a leased buffer."""

    number: int
    lease: Lease
    size: int
    strategy: Strategy
    place: SegmentPlace | None
    continues: bool  # the block before ended inside a record


class _Encoded(NamedTuple):
    block: _Block
    body: bytes
    records: int
    raw_check: int
    codebook: bytes  # what the body refers to


def _ended_by_leaving(run: Callable[[], None]) -> None:
    """What a thread of the pipeline does: its loop, and then it gives its heap back."""
    try:
        run()
    finally:
        leave()


class Pipeline:
    """Encodes submitted buffers in `workers` threads and writes them in order in one more.

    Threads start with the first full block, so that a short stream costs none. `lease`, `submit`,
    `drain` and `finish` belong to one caller thread. progress: called by the writer with (bytes in, bytes out) so far.
    """

    def __init__(  # noqa: PLR0913 - what it is built from, each a part of its own
        self,
        writer: ContainerWriter,
        selector: StrategySelector,
        pool: GlyphBufferPool,
        encode: BlockEncoder,
        *,
        workers: int,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self._writer: Final = writer
        self._selector: Final = selector
        self._pool: Final = pool
        self._encode: Final = encode
        self._workers: Final = workers
        self._segments: Final = Segments()
        self._progress: Final = progress
        self._lock: Final = threading.RLock()  # a finaliser may run while this thread holds it
        self._work: Final = threading.Condition(self._lock)
        self._done: Final = threading.Condition(self._lock)
        self._queue: Final[deque[_Block]] = deque()
        self._finished: Final[dict[int, _Encoded]] = {}
        self._threads: list[threading.Thread] = []
        self._lent: Lease | None = None  # the buffer that the caller is filling
        self._clocks: Final = StageClocks()
        self._trees: Final[dict[TreeType, int]] = {}
        self._error: BaseException | None = None
        self._stopping = False
        self._continues = False
        self._submitted = 0
        self._written = 0
        self._records = 0
        self._idle = 0
        self._beside = 0  # threads that workers have begun
        self._writing = False
        self._waiting = 0  # bytes of bodies whose leases have ended

    @property
    def statistics(self) -> PipelineStatistics:
        """What has happened so far."""
        pool = self._pool.statistics
        with self._lock:
            clocks = self._clocks
            return PipelineStatistics(
                blocks=self._written,
                records=self._records,
                bytes_in=self._writer.raw_offset,
                bytes_out=self._writer.offset,
                read_seconds=clocks.read,
                detect_seconds=clocks.detect,
                encode_seconds=clocks.encode,
                write_seconds=clocks.write,
                lease_wait_seconds=clocks.lease_wait,
                idle_seconds=clocks.idle,
                turn_wait_seconds=clocks.turn_wait,
                trees=tuple(sorted(self._trees.items())),
                pool=pool,
            )

    def lease(self) -> Lease:
        """A buffer to fill; waits while the pool is exhausted. Raises the first error of any stage."""
        self._raise_error()
        began = time.monotonic()
        lease = self._pool.lease(starved=self._starved)
        self._clocks.lease_wait += time.monotonic() - began
        if self._error is not None:
            lease.release()
            self._raise_error()
        self._lent = lease
        return lease

    def give_back(self) -> None:
        """Release the buffer that was leased and not submitted, if there is one."""
        lent, self._lent = self._lent, None
        if lent is not None:
            lent.release()

    def note_read(self, seconds: float) -> None:
        """Add to the time spent filling buffers."""
        self._clocks.read += seconds

    def submit(self, lease: Lease, size: int, *, short: bool = False) -> None:
        """Encode and write the first `size` bytes of the buffer, then release it. The lease belongs to the pipeline
        now.

        short: the block is not a full one; where no thread runs yet, it is encoded at once in this one.
        """
        self._lent = None
        try:
            block = self._prepare(lease, size)
            if short and not self._threads:
                self._submitted += 1
                self._write(self._encoded(block))
                return
            self._start()
            drop_kept()  # by the selector, for this thread encodes nothing itself
        except BaseException as error:
            lease.release()
            self._fail(error)
            raise
        with self._lock:
            self._submitted += 1
            if self._error is None and not self._stopping:
                self._queue.append(block)
                self._work.notify()
                return
        lease.release()
        self._raise_error()

    def drain(self) -> None:
        """Wait until every submitted block is written. Raises the first error of any stage."""
        with self._lock:
            while self._threads and self._written < self._submitted and self._error is None:
                self._done.wait()
        self._raise_error()

    def finish(self) -> None:
        """Write what is in flight and end the threads. Raises the first error of any stage."""
        try:
            self.drain()
        finally:
            self.abort()

    def stop(self) -> None:
        """Tell the threads to drop what is in flight and end, without waiting for them; the caller's buffer is
        given back. Safe in a finaliser.
        """
        self.give_back()
        self._end()

    def _end(self) -> None:
        with self._lock:
            self._stopping = True
            self._work.notify_all()
            self._done.notify_all()

    def abort(self) -> None:
        """Stop and wait for the threads to end; every lease is released then. Further calls do nothing."""
        with heaps_given_back() if self._threads else nullcontext():
            self.stop()
            self._drop()
            for thread in self._threads:
                thread.join()
        self._threads = []

    def _prepare(self, lease: Lease, size: int) -> _Block:
        began = time.monotonic()
        view = lease.buffer[:size]
        strategy = self._selector.select(view)
        self._clocks.detect += time.monotonic() - began
        self._trees[strategy.tree] = self._trees.get(strategy.tree, 0) + 1
        place = self._segments.next(strategy)
        self._writer.add_to_check(view)
        block = _Block(self._submitted, lease, size, strategy, place, self._continues)
        self._continues = ends_inside(view)
        view.release()
        return block

    def _start(self) -> None:
        if self._threads or self._stopping:
            return
        settle()
        targets = [self._work_loop] * self._workers + [self._write_loop]
        names = [f"glyph-worker-{number}" for number in range(self._workers)] + ["glyph-writer"]
        # Daemons: an encoder that was never closed must not keep the interpreter from ending.
        threads = [
            threading.Thread(target=_ended_by_leaving, args=(run,), name=name, daemon=True)
            for run, name in zip(targets, names, strict=True)
        ]
        for thread in threads:
            thread.start()
            self._threads.append(thread)

    def _starved(self) -> bool:
        """Whether one more buffer would help: nothing is queued, and a worker idles while the writer has nothing to
        write, or all buffers are with the workers, so that the first to end will find none filled.

        Asked under the pool's lock; nobody takes that one while holding the pipeline's.
        """
        with self._lock:
            if self._queue or self._writing:
                return False
            return not self._finished or (self._idle > 0 and self._written not in self._finished)

    def _work_loop(self) -> None:
        while (block := self._next_block()) is not None:
            try:
                encoded = self._encoded(block)
            except BaseException as error:  # noqa: BLE001 - handed to the caller's thread
                block.lease.release()
                self._fail(error)
                return
            self._hand_over(encoded)
        self._drop()

    def _next_block(self) -> _Block | None:
        began = time.monotonic()
        with self._lock:
            self._idle += 1
        if not self._queue:
            self._pool.nudge()  # without the pipeline's lock, so that the two locks are never held in this order
        with self._lock:
            while not self._queue and not self._stopping:
                self._work.wait()
            self._idle -= 1
            self._clocks.idle += time.monotonic() - began
            block = self._queue.popleft() if self._queue and not self._stopping else None
            emptied = not self._queue
        if emptied:
            self._pool.nudge()  # a lease that waits may have found the block still queued
        return block

    def _encoded(self, block: _Block) -> _Encoded:
        began = time.monotonic()
        view = block.lease.buffer[: block.size]
        with lending(self._begin_beside):
            body = self._encode(view, block.strategy, block.place)
        records = count_records(view, continues=block.continues)
        encoded = _Encoded(block, body, records, xxh3_64_intdigest(view), codebook_of(body, block.strategy))
        view.release()
        with self._lock:
            self._clocks.encode += time.monotonic() - began
        return encoded

    def _begin_beside(self, run: Callable[[], None]) -> threading.Thread | None:
        """A thread for work of a block's own, while a worker has nothing to do; None too where none can be started."""
        with self._lock:
            idle = self._idle if self._threads else self._workers - 1
            if self._queue or self._beside >= idle:
                return None
            self._beside += 1

        def work() -> None:
            try:
                run()
            finally:
                with self._lock:
                    self._beside -= 1

        thread = threading.Thread(target=_ended_by_leaving, args=(work,), name="glyph-beside", daemon=True)
        try:
            thread.start()
        except (RuntimeError, MemoryError):  # as of a system's bound on threads, which a block can do without
            with self._lock:
                self._beside -= 1
            return None
        return thread

    def _hand_over(self, encoded: _Encoded) -> None:
        with self._lock:
            dropped = self._error is not None or self._stopping
            if not dropped:
                self._finished[encoded.block.number] = encoded
                self._waiting += len(encoded.body)
                self._done.notify_all()
            small = self._waiting * _WAITING_SHARE <= self._writer.block_size
        if dropped or small:
            encoded.block.lease.release()

    def _write_loop(self) -> None:
        while (encoded := self._next_in_order()) is not None:
            try:
                self._write(encoded)
            except BaseException as error:  # noqa: BLE001 - handed to the caller's thread
                self._fail(error)
                return
        self._drop()

    def _next_in_order(self) -> _Encoded | None:
        began = time.monotonic()
        with self._lock:
            while self._written not in self._finished and not self._stopping:
                self._done.wait()
            self._clocks.turn_wait += time.monotonic() - began
            encoded = None if self._stopping else self._finished.pop(self._written, None)
            self._writing = encoded is not None
            self._waiting -= len(encoded.body) if encoded is not None else 0
            return encoded

    def _write(self, encoded: _Encoded) -> None:
        block = encoded.block
        began = time.monotonic()
        try:
            self._writer.write_block(block.size, encoded.body, encoded.records, encoded.raw_check, encoded.codebook)
        finally:
            block.lease.release()
        with self._lock:
            self._clocks.write += time.monotonic() - began
            self._written += 1
            self._records += encoded.records
            self._writing = False
            self._done.notify_all()
        if self._progress is not None:
            self._progress(self._writer.raw_offset, self._writer.offset)

    def _fail(self, error: BaseException) -> None:
        with self._lock:
            self._error = self._error or error
        self._end()  # the caller may be filling its buffer
        self._drop()

    def _drop(self) -> None:
        """Release the leases of all that is queued or waits for its turn."""
        with self._lock:
            dropped = [*self._queue, *(encoded.block for encoded in self._finished.values())]
            self._queue.clear()
            self._finished.clear()
        for block in dropped:
            block.lease.release()

    def _raise_error(self) -> None:
        if self._error is not None:
            raise self._error
        if self._stopping:
            raise GlyphError("the encoder was stopped before its stream was complete")
