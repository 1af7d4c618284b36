"""What the system has room for: how many attempts at once, and which refusals are shortages.

A shortage says nothing about a task.
"""

import errno
import os
import resource
import time
from collections.abc import Callable
from typing import ClassVar, Final, TypeVar

from orchestrator.executors.heed import Heed
from orchestrator.kernel import facts
from orchestrator.records import dataclass

SHORTAGES: Final = frozenset(
    {errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ENOMEM, errno.ENOBUFS, errno.ETOOMANYREFS}
)
FILES_EACH: Final = 8  # evidence, two pipes, two logs, series, launcher, and one that is being hashed
FILES_OURS: Final = 64  # journal, reports, files of libraries
PROCESSES_EACH: Final = 4  # launcher, program, one below it, and the thread that watches
PROCESSES_OURS: Final = 16
PAUSE: Final = 0.1
PATIENCE: Final = 30.0
"""Seconds to wait for room while nothing of ours runs that would make room by its end."""

T = TypeVar("T")
UNBOUNDED: Final = 1 << 30


class NoRoom(Exception):  # noqa: N818 - named after what was found
    """The system refuses another process or file now. The message is the system's."""


@dataclass(frozen=True, slots=True)
class Room:
    """jobs: how many attempts at once. said: why that is fewer than asked for, "" if it is not."""

    jobs: int
    said: str = ""


class Alive:
    """The running attempts of this process. While one runs, it makes sense to wait for room."""

    attempts: ClassVar[set[object]] = set()
    files: ClassVar[int | None] = None
    """The limit of open files that programs are started with, if ours was raised."""


def make_room(wanted: int) -> Room:
    """Raise our own limit of open files as far as needed and allowed.

    Returns for how many attempts at once there is room.
    """
    fits = {f"ulimit -n is {_limit_of_files(wanted)}": _fit_files(), _processes_said(): _fit_processes()}
    why, jobs = min(fits.items(), key=lambda each: each[1])
    jobs = max(1, jobs)
    if jobs >= wanted:
        return Room(wanted)
    return Room(jobs, f"{jobs} tasks at once in place of {wanted}: {why}; raise it, or ask for fewer with -j")


def _limit_of_files(wanted: int) -> int:
    """The soft limit. It is raised first if that is needed and allowed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = _open_files() + FILES_OURS + wanted * FILES_EACH
    if soft == resource.RLIM_INFINITY or needed <= soft:
        return soft
    raised = needed if hard == resource.RLIM_INFINITY else min(hard, needed)
    if raised > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))
        Alive.files = soft if Alive.files is None else Alive.files
    return max(soft, raised)


def _fit_files() -> int:
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return UNBOUNDED if soft == resource.RLIM_INFINITY else (soft - _open_files() - FILES_OURS) // FILES_EACH


def _processes_said() -> str:
    return f"ulimit -u is {resource.getrlimit(resource.RLIMIT_NPROC)[0]}"


def _fit_processes() -> int:
    """The room by this user's limit of processes, which does not apply to root."""
    soft = resource.getrlimit(resource.RLIMIT_NPROC)[0]
    if soft == resource.RLIM_INFINITY or os.geteuid() == 0:
        return UNBOUNDED
    return (soft - facts.threads_of(os.getuid()) - PROCESSES_OURS) // PROCESSES_EACH


def _open_files() -> int:
    found = facts.open_files()
    return FILES_OURS if found is None else found


def is_shortage(number: int | None) -> bool:
    """Whether an errno says that the system is short of something."""
    return number in SHORTAGES


class Patience:
    """Waits between tries. It gives up once nothing of ours has run for PATIENCE seconds: nothing would ever make
    room.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._since = clock()

    def wait(self) -> bool:
        """Pause. Returns whether to try once more."""
        now = self._clock()
        if Alive.attempts:
            self._since = now
        self._sleep(PAUSE)
        return now - self._since < PATIENCE


def with_room(do: Callable[[], T], heed: Heed) -> T:
    """Do it, and retry while the system is short of what it takes.

    Raises any other exception of it, and what `heed` raises.
    """
    patience = Patience()
    while True:
        try:
            return do()
        except OSError as error:
            if not (is_shortage(error.errno) and patience.wait()):
                raise
        heed()
