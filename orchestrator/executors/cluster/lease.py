"""The worker's side of a lease: how long an execution can run, as its orchestrator grants it through the scheduler's
memory.

The orchestrator repeatedly writes there a beat (a number that grows), and which executions each worker may carry out.
A worker that reads a new beat knows that it was written after its own last reading of the former one. The lease lasts
from that moment on. The orchestrator knows when it wrote last. So it knows when the lease is over, whichever of the
three no longer hears the others.
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
"""The place of the grants in the scheduler's memory: [GRANTS, run, worker's address] → (beat, {execution: marker})."""
FILE: Final = "lease"
MARGIN: Final = 0.8  # of the lease: the rest is for ending what runs
PACE: Final = 0.1  # of the lease: from one look to the next
SOON: Final = 0.02  # seconds between looks for the first grant
TICK: Final = 0.01

Ask = Callable[[], "Future[Any]"]
"""Begins to read what is granted to this worker."""


class NotGranted(Exception):  # noqa: N818 - named after what was found
    """Nobody wants this execution: its attempt is over, or another execution is the attempt's."""


class Lease:
    """The lease of one execution. It is a StopSignal: set when the execution is not wanted any more, or the lease is
    over.

    path: the file that is locked as long as anything of it runs. seconds: of a lease. released: whether Dask has
    dropped it.
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
        """Return once the execution may run. Raises NotGranted if no grant comes for the length of a lease."""
        while not self._granted:
            if self.is_set():
                raise NotGranted(self._execution)
            sleep(TICK)

    def deadline(self) -> float:
        """The end of the lease, by the clock."""
        return self._until

    def is_set(self) -> bool:
        """Examine the latest answer, and ask again when it is time. Never waits."""
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
        """Take in the answer to the latest question. A scheduler that has forgotten everything renews nothing."""
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
    """Make the file and share its lock.

    Yields what `fence.Fence` finds it by, from the same machine. Raises OSError.
    """
    path.parent.mkdir(parents=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        found = os.fstat(descriptor)
        yield [boot_id(), str(path), found.st_dev, found.st_ino]
    finally:
        os.close(descriptor)
