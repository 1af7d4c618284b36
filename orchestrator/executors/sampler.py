"""Sample a process tree from outside: its memory, processor time and size over time."""

import contextlib
import errno
import os
from collections.abc import Collection
from pathlib import Path
from typing import Final, TextIO

from orchestrator import kernel
from orchestrator.beneath import private
from orchestrator.evidence.measurement import Usage

HEADER: Final = "seconds,rss_bytes,cpu_seconds,processes\n"
CLOSE_LOOK: Final = 2.0  # seconds at the start with more frequent samples, so that short tasks are seen
CLOSE_INTERVAL: Final = 0.1
INTERVAL: Final = 0.2


class TreeSampler:
    """Samples the tree below a process into series.csv, and sums it up as `Usage`.

    rss_bytes: the sum of the resident sets (pages shared within the tree count once per process). cpu_seconds: user
    and system time of everything seen so far, the dead included, so it never falls. The process itself, a launcher,
    does not count. The file is made with the first sample.
    """

    def __init__(self, pid: int, path: str | Path, start: float) -> None:
        self._pid = pid
        self._start = start
        self._cpu: dict[tuple[int, float], float] = {}
        self._peak = 0
        self._samples = 0
        self._known: dict[int, float] = {}  # pids with when they began
        self._path = path
        self._file: TextIO | None = None

    def close(self) -> None:
        """Close the series. Rows that a full disk refused are lost."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()

    def due(self, now: float) -> float:
        """Seconds from now to the next sample."""
        return CLOSE_INTERVAL if now - self._start < CLOSE_LOOK else INTERVAL

    def sample(self, now: float) -> None:
        """Sample the tree once. A process that ends meanwhile is left out of this sample."""
        rss = processes = 0
        found = {pid: used for pid in self._tree() if (used := kernel.used(pid)) is not None}
        self._known = {pid: began for pid, (began, _, _) in found.items()}
        for pid, (began, seconds, resident) in found.items():
            self._cpu[pid, began] = seconds
            rss += resident
            processes += resident > 0  # a zombie has none
        if not processes:
            return
        self._samples += 1
        self._peak = max(self._peak, rss)
        with contextlib.suppress(OSError):  # a full disk costs the series, not the task
            if self._file is None:
                # It is kept open, and Path.open takes no opener.
                self._file = open(self._path, "x", encoding="ascii", buffering=1, opener=private)  # noqa: SIM115
                self._file.write(HEADER)
            self._file.write(f"{now - self._start:.3f},{rss},{sum(self._cpu.values()):.2f},{processes}\n")

    def alive(self) -> frozenset[int]:
        """Pids of the last sample that are still the same processes. They include those that hide their environment."""
        return frozenset(pid for pid, began in self._known.items() if kernel.started(pid) == began)

    def usage(self, seconds: float, reaped_cpu: float) -> Usage:
        """reaped_cpu: user and system seconds of the root and all that it waited for, by the kernel's account."""
        return Usage(seconds, max(reaped_cpu, sum(self._cpu.values())), self._peak, self._samples)

    def _tree(self) -> Collection[int]:
        """Every process below the launcher. If the launcher is gone, the live processes of the last sample."""
        return descendants(self._pid) or (() if _exists(self._pid) else self.alive())


def descendants(root: int) -> list[int]:
    """Pids of everything below a process."""
    found: list[int] = []
    waiting = [root]
    while waiting:
        below = kernel.children_of(waiting.pop())
        found += below
        waiting += below
    return found


def _exists(pid: int) -> bool:
    """Whether there is such a process; one that waits to be reaped is one."""
    try:
        os.kill(pid, 0)
    except OSError as error:
        return error.errno == errno.EPERM
    return True
