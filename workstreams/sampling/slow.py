"""Slow sources and sinks, to see what a bounded pipeline does with them."""

import io
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer


class SlowSource(io.RawIOBase):
    """A raw file that waits `delay` seconds before every read. Closing it leaves the file open."""

    def __init__(self, raw: io.RawIOBase | io.FileIO, delay: float) -> None:
        self._raw: Final = raw
        self._delay: Final = delay

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int | None:
        """Wait, then read."""
        time.sleep(self._delay)
        return self._raw.readinto(buffer)


class SlowSink(io.RawIOBase):
    """A sink that waits `delay` seconds at every write and keeps nothing. taken: bytes so far."""

    def __init__(self, delay: float) -> None:
        self._delay: Final = delay
        self.taken = 0

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: "ReadableBuffer", /) -> int:
        """Wait, then take all of it."""
        time.sleep(self._delay)
        size = memoryview(data).nbytes
        self.taken += size
        return size
