"""Watching this process's memory while it works: the resident set as a time series, and allocations by line.

The recorder is the final build's memory profiling: wrapped around an encode, it changes no byte of the output.
"""

import threading
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from workstreams.tables import csv_text

INTERVAL: Final = 0.01
"""Seconds between two readings of the resident set."""


@dataclass(frozen=True, slots=True)
class Moment:
    """seconds: since the recording began. rss: bytes of the resident set."""

    seconds: float
    rss: int


@dataclass(frozen=True, slots=True)
class Site:
    """A line of code and what it holds: bytes in `count` blocks of memory, when the snapshot was taken."""

    place: str
    size: int
    count: int


class Recorder:
    """Samples this process while a `with` block runs.

    allocations: also trace Python's allocations (tracemalloc), which slows the work. `peak_allocated` is then their
    largest sum in bytes, and `top(n)` the lines that hold most at the time of the call. numpy reports its arrays to
    tracemalloc. mmap and C libraries do not, and appear only in the resident set.
    """

    def __init__(self, interval: float = INTERVAL, *, allocations: bool = False) -> None:
        self._interval: Final = interval
        self._allocations: Final = allocations
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory recorder", daemon=True)
        self._began = 0.0
        self._rss: Callable[[], int] = int
        self.moments: list[Moment] = []
        self.peak_allocated = 0

    def __enter__(self) -> Self:
        import psutil  # noqa: PLC0415 - loaded on use, so that registering runners stays light

        process = psutil.Process()
        self._rss = lambda: int(process.memory_info().rss)
        self._began = time.perf_counter()
        self.look()
        if self._allocations:
            tracemalloc.start()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        self.look()
        if self._allocations:
            self.peak_allocated = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()

    @property
    def baseline(self) -> int:
        """The resident set when the recording began, bytes."""
        return self.moments[0].rss

    @property
    def peak(self) -> int:
        """The largest resident set seen, bytes."""
        return max(moment.rss for moment in self.moments)

    def top(self, count: int) -> list[Site]:
        """The lines that hold the most memory now; only inside the `with` block and with `allocations`."""
        snapshot = tracemalloc.take_snapshot().filter_traces(
            (tracemalloc.Filter(inclusive=False, filename_pattern=tracemalloc.__file__),)
        )
        return [
            Site(_place(statistic.traceback[0]), statistic.size, statistic.count)
            for statistic in snapshot.statistics("lineno")[:count]
        ]

    def to_csv(self) -> str:
        """The series, `seconds,rss_bytes`."""
        return csv_text(("seconds", "rss_bytes"), ((f"{it.seconds:.4f}", it.rss) for it in self.moments))

    def look(self) -> None:
        """Take a sample at this moment."""
        self.moments.append(Moment(time.perf_counter() - self._began, self._rss()))

    def _watch(self) -> None:
        while not self._ended.wait(self._interval):
            self.look()


def _place(frame: tracemalloc.Frame) -> str:
    """`package/module.py:line`: the same on every machine."""
    return f"{'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno}"
