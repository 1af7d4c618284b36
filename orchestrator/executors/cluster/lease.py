"""The worker's side of a lease: how long an execution may run, as its orchestrator grants it through the scheduler's memory.

The orchestrator writes there, again and again, a beat (a number that grows) and which executions each worker may carry out. Who reads a
new beat knows that it was written after it had last read the former one: from that moment on the lease lasts. So the orchestrator,
who knows when it wrote last, knows when the lease is over, whoever of the three does not hear the others any more.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from orchestrator.executors.order import StopSignal
from orchestrator.process import boot_id

GRANTS: Final = "orchestrate-grants"
"""Where in the scheduler's memory grants are: [GRANTS, run, worker's address] → (beat, {execution: marker})."""
FILE: Final = "lease"
MARGIN: Final = 0.8  # of the lease: the rest of it is for ending what runs
PACE: Final = 0.1  # of the lease: from one look to the next
SOON: Final = 0.02  # seconds between looks for the first grant
TICK: Final = 0.01

Ask = Callable[[], "Future[Any]"]
"""Begins to read what is granted to this worker."""


class NotGranted(Exception):  # noqa: N818 - named after what was found
    """Nobody wants this execution: its attempt is over, or another execution is the attempt's."""


class Lease:
    """One execution's. A StopSignal: set when the execution is not wanted any more, or the lease is over.

    path: the file that is locked as long as anything of it runs. seconds: of a lease. released: whether Dask has let go of it.
    """

    def __init__(  # noqa: PLR0913 - what it looks at, by name
        self,
        execution: str,
        path: str,
        seconds: float,
        *,
        ask: Ask,
        released: StopSignal,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.path = path
        self._execution = execution
        self._seconds = seconds
        self._ask = ask
        self._released = released
        self._clock = clock
        self._before = self._asked = clock()
        self._until = self._before + seconds * MARGIN
        self._asking: Future[Any] | None = None
        self._next = self._before
        self._beat: object = None
        self._granted = self._withdrawn = False

    def await_grant(self, sleep: Callable[[float], None] = time.sleep) -> None:
        """Return once it may run. Raises NotGranted where that is not said for as long as a lease lasts."""
        while not self._granted:
            if self.is_set():
                raise NotGranted(self._execution)
            sleep(TICK)

    def deadline(self) -> float:
        """Until when it may run, by the clock."""
        return self._until

    def is_set(self) -> bool:
        """Looks at what has been answered, and asks again when it is time; never waits."""
        self._look()
        return self._withdrawn or self._released.is_set() or self._clock() >= self._until

    def _look(self) -> None:
        now = self._clock()
        if self._asking is None and now >= self._next:
            self._asked = now
            self._asking = self._begun()
        elif self._asking is not None and self._asking.done():
            answer, self._asking = self._asking, None
            self._next = now + (self._seconds * PACE if self._granted else SOON)
            if not answer.cancelled() and answer.exception() is None:
                self._take(answer.result())

    def _begun(self) -> "Future[Any] | None":
        try:
            return self._ask()
        except Exception:  # noqa: BLE001 - a worker that is closing cannot ask
            self._next = self._asked + self._seconds * PACE
            return None

    def _take(self, said: tuple[int, Mapping[str, str]] | None) -> None:
        """What was said when it was asked for last. A scheduler that has forgotten everything renews nothing."""
        if said is not None and self._execution in said[1]:
            self._granted = True
            if said[0] != self._beat:
                self._beat = said[0]
                self._until = self._before + self._seconds * MARGIN
        elif said is not None and self._granted:
            self._withdrawn = True
        self._before = self._asked


@contextmanager
def locked(path: Path) -> Iterator[list[Any]]:
    """Make the file and share its lock; yields what `fence.Fence` finds it by, from the same machine. Raises OSError."""
    path.parent.mkdir(parents=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        found = os.fstat(descriptor)
        yield [boot_id(), str(path), found.st_dev, found.st_ino]
    finally:
        os.close(descriptor)
