"""The orchestrator's side of a lease's file, where the worker is on the same machine: proof that nothing of an execution runs.

Worker and launcher share the file's lock as long as either lives, and the launcher outlives what it started. Whoever gets the lock alone
knows that it is over, and a launcher that comes late cannot share it any more.
"""

import contextlib
import fcntl
import os
from collections.abc import Sequence
from typing import Any

from orchestrator.process import boot_id


class Fence:
    """Make it with `Fence.found`. It stays shut until it is closed."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._shut = False

    @classmethod
    def found(cls, said: Sequence[Any]) -> "Fence | None":
        """By what `lease.locked` told; None where the file is another machine's, or not to be seen from here."""
        boot, path, device, number = said
        if boot != boot_id():
            return None
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return None
        there = os.fstat(descriptor)
        if (there.st_dev, there.st_ino) != (device, number):
            os.close(descriptor)
            return None
        return cls(descriptor)

    def shut(self) -> bool:
        """Whether nothing of the execution runs, nor can begin to."""
        if not self._shut:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._shut = True
        return self._shut

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)
