"""The buffer pool: its capacity is the encoder's memory bound, and waiting for a buffer is its back-pressure."""

import contextlib
import mmap
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Final, NamedTuple, Self

from encoder.errors import GlyphError
from encoder.profile import PoolSettings
from encoder.stream.pool_sizing import WINDOW, PoolWindow, next_capacity

STARVED_RECHECK: Final = 0.05  # seconds; a nudge wakes a waiting lease earlier


class PoolError(GlyphError):
    """The pool was used wrongly: after it was closed, or a buffer after its lease ended."""


class PoolTimeoutError(PoolError, TimeoutError):
    """No buffer came free in time. Release leases, or raise the pool's capacity."""


class PoolLeakError(PoolError):
    """The pool was closed while leases were outstanding. Every lease needs its release (use `with`)."""


@dataclass(frozen=True, slots=True)
class PoolStatistics:
    """A snapshot of a pool. Sizes in bytes, times in seconds; `peak_` is over the pool's life.

    waits: leases that found no buffer. starved_waits: those of them during which a worker had nothing to do.
    allocations: buffers taken from the operating system; reuses: leases served by a buffer that was there.
    grown, shrunk: changes of capacity.
    """

    buffer_size: int
    capacity: int
    peak_capacity: int
    leases: int
    outstanding: int
    peak_in_flight: int
    waits: int
    starved_waits: int
    wait_seconds: float
    allocations: int
    reuses: int
    allocation_seconds: float
    allocated_bytes: int
    held_bytes: int
    grown: int
    shrunk: int

    @property
    def in_flight_bytes(self) -> int:
        """Bytes of the buffers that are leased now."""
        return self.outstanding * self.buffer_size

    @property
    def peak_in_flight_bytes(self) -> int:
        """Most bytes that were leased at once."""
        return self.peak_in_flight * self.buffer_size


class LeaseRecord(NamedTuple):
    """One ended lease, for observers. size: bytes; the times are monotonic seconds; fresh: it was newly allocated."""

    size: int
    acquired_at: float
    released_at: float
    fresh: bool


class Lease:
    """One buffer, until `release` (or the end of `with`). Do not keep views of it longer."""

    __slots__ = ("_memory", "_pool", "_view", "acquired_at", "fresh")

    def __init__(self, pool: "GlyphBufferPool", memory: mmap.mmap, *, fresh: bool, acquired_at: float) -> None:
        self._pool: Final = pool
        self._memory: Final = memory
        self._view: memoryview | None = memoryview(memory)
        self.fresh: Final = fresh
        self.acquired_at: Final = acquired_at

    @property
    def buffer(self) -> memoryview:
        """The leased bytes, writable, exactly the pool's buffer size. Raises PoolError after the release."""
        if self._view is None:
            raise PoolError("the buffer's lease has ended; take a new lease")
        return self._view

    def release(self) -> None:
        """Give the buffer back. Further calls do nothing."""
        self._pool._take_back(self)  # noqa: SLF001 - a lease is the pool's own half

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _end(self) -> mmap.mmap | None:
        """The memory, the first time only."""
        if self._view is None:
            return None
        with contextlib.suppress(BufferError):  # a slice still lives; it keeps its own hold on the memory
            self._view.release()
        self._view = None
        return self._memory


def _always() -> bool:
    return True


class GlyphBufferPool:
    """Leases buffers of one size to any thread, never more at once than its capacity.

    Buffers are anonymous memory maps, allocated on first use and kept for the next lease; those above the capacity go
    back to the operating system at once. observer: called with a LeaseRecord after every release, outside the pool's
    lock. Source of the growth rule: `next_capacity`.
    """

    def __init__(
        self,
        buffer_size: int,
        settings: PoolSettings,
        *,
        observer: Callable[[LeaseRecord], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if buffer_size < 1 or not 1 <= settings.minimum <= settings.capacity <= settings.maximum:
            raise PoolError(
                f"a pool of {settings} with buffers of {buffer_size} bytes cannot be: "
                "it needs 1 <= minimum <= capacity <= maximum, and at least a byte"
            )
        self._settings: Final = settings
        self._observer: Final = observer
        self._clock: Final = clock
        self._changed: Final = threading.Condition()
        self._free: Final[list[mmap.mmap]] = []
        self._window = PoolWindow(settings.capacity, 0, 0, 0)
        self._closed = False
        self._seen = PoolStatistics(
            buffer_size, settings.capacity, settings.capacity, 0, 0, 0, 0, 0, 0.0, 0, 0, 0.0, 0, 0, 0, 0
        )

    @property
    def statistics(self) -> PoolStatistics:
        """What has happened so far."""
        with self._changed:
            return self._seen

    def lease(self, timeout: float | None = None, *, starved: Callable[[], bool] = _always) -> Lease:
        """A buffer, as soon as one may be used; its content is whatever its last user left.

        timeout: seconds to wait at most, None for ever. starved: asked while waiting whether the consumers have nothing
        to do, which is what an adaptive pool grows on. Raises PoolTimeoutError; PoolError once the pool is closed.
        """
        with self._changed:
            if self._seen.outstanding >= self._seen.capacity:
                self._wait(timeout, starved)
            self._check_open()
            return self._hand_out()

    def nudge(self) -> None:
        """Tell waiting leases that the consumers' state has changed, so that they ask `starved` again."""
        with self._changed:
            self._changed.notify_all()

    def close(self) -> None:
        """Free every buffer. Raises PoolLeakError where leases are outstanding; their buffers are freed on release."""
        with self._changed:
            self._closed = True
            self._drop_free(0)
            self._changed.notify_all()
            if self._seen.outstanding:
                raise PoolLeakError(f"{self._seen.outstanding} leases were never released; release each, or use `with`")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(*((PoolLeakError,) if kind else ())):  # never hide the first error behind its result
            self.close()

    def _check_open(self) -> None:
        if self._closed:
            raise PoolError("the pool is closed; make a new one")

    def _wait(self, timeout: float | None, starved: Callable[[], bool]) -> None:
        began = self._clock()
        was_starved = False
        while self._seen.outstanding >= self._seen.capacity and not self._closed:
            if not was_starved and starved():
                was_starved = True
                self._window = replace(self._window, starved_waits=self._window.starved_waits + 1)
                self._resize()
                continue
            left = None if timeout is None else began + timeout - self._clock()
            if left is not None and left <= 0:
                self._note_wait(began, was_starved)
                raise PoolTimeoutError(f"all {self._seen.capacity} buffers stayed leased for {timeout} s; release some")
            self._changed.wait(STARVED_RECHECK if left is None else min(left, STARVED_RECHECK))
        self._note_wait(began, was_starved)

    def _note_wait(self, began: float, was_starved: bool) -> None:  # noqa: FBT001 - private, one caller
        self._seen = replace(
            self._seen,
            waits=self._seen.waits + 1,
            starved_waits=self._seen.starved_waits + was_starved,
            wait_seconds=self._seen.wait_seconds + self._clock() - began,
        )

    def _hand_out(self) -> Lease:
        began = self._clock()
        fresh = not self._free
        memory = _allocate(self._seen.buffer_size) if fresh else self._free.pop()
        now = self._clock()
        size = self._seen.buffer_size if fresh else 0
        outstanding = self._seen.outstanding + 1
        self._seen = replace(
            self._seen,
            leases=self._seen.leases + 1,
            outstanding=outstanding,
            peak_in_flight=max(self._seen.peak_in_flight, outstanding),
            allocations=self._seen.allocations + fresh,
            reuses=self._seen.reuses + (not fresh),
            allocation_seconds=self._seen.allocation_seconds + now - began,
            allocated_bytes=self._seen.allocated_bytes + size,
            held_bytes=self._seen.held_bytes + size,
        )
        self._window = replace(
            self._window,
            leases=self._window.leases + 1,
            peak_in_flight=max(self._window.peak_in_flight, outstanding),
        )
        return Lease(self, memory, fresh=fresh, acquired_at=now)

    def _take_back(self, lease: Lease) -> None:
        with self._changed:
            memory = lease._end()  # noqa: SLF001 - a lease is the pool's own half
            if memory is None:
                return
            self._seen = replace(self._seen, outstanding=self._seen.outstanding - 1)
            self._free.append(memory)
            if self._window.leases >= WINDOW:
                self._resize()
            self._drop_free(0 if self._closed else self._seen.capacity - self._seen.outstanding)
            self._changed.notify()
        if self._observer is not None:
            self._observer(LeaseRecord(self._seen.buffer_size, lease.acquired_at, self._clock(), lease.fresh))

    def _resize(self) -> None:
        """Let the policy look at the window, and begin a new one."""
        before = self._seen.capacity
        capacity = next_capacity(self._window, self._settings)
        self._window = PoolWindow(capacity, 0, 0, self._seen.outstanding)
        self._seen = replace(
            self._seen,
            capacity=capacity,
            peak_capacity=max(self._seen.peak_capacity, capacity),
            grown=self._seen.grown + (capacity > before),
            shrunk=self._seen.shrunk + (capacity < before),
        )

    def _drop_free(self, keep: int) -> None:
        while len(self._free) > max(keep, 0):
            memory = self._free.pop()
            with contextlib.suppress(BufferError):  # a view outlived its lease; the memory goes when the view does
                memory.close()
            self._seen = replace(self._seen, held_bytes=self._seen.held_bytes - self._seen.buffer_size)


def _allocate(size: int) -> mmap.mmap:
    """Zeroed memory of its own mapping, so that closing it gives it back to the operating system.

    Its pages come in as it is filled: most blocks are cut long before the end of a buffer that fits the longest.
    """
    return mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
