"""The orchestrator's side of a lease's file, if the worker is on the same machine: proof that no execution runs.

Worker and launcher share the file's lock as long as either lives, and the launcher outlives what it started. Whoever
acquires the exclusive lock knows that the execution is over. A launcher that comes late cannot share the lock any
more.
"""

import contextlib
import fcntl
import os
from collections.abc import Sequence
from typing import Any

from orchestrator.process import boot_id


class Fence:
    """Make it with `Fence.found`. Once shut, it stays shut until it is closed."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._shut = False

    @classmethod
    def found(cls, said: Sequence[Any]) -> "Fence | None":
        """Find it by what `lease.locked` yields. None if the file is on another machine, or not visible from here."""
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
        """Whether nothing of the execution runs or can begin to."""
        if not self._shut:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._shut = True
        return self._shut

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)
