"""Starts the guard, a small process beside the orchestrator (`guardian`), and names folders to it."""

import contextlib
import functools
import os
import sys
import threading
import time
from typing import ClassVar, Final

from orchestrator.executors import guardian


def owner() -> str:
    """The value of ORCHESTRATE_OWNER in the processes of this orchestrator's attempts. The first call starts the
    guard.
    """
    with _FIRST:  # attempts begin in several threads
        return _owner()


_FIRST: Final = threading.Lock()


@functools.cache
def _owner() -> str:
    marker = f"{os.getpid()}-{time.monotonic_ns()}"
    with contextlib.suppress(OSError):  # without a guard, `reap` does the same when the run is resumed
        _Held.pipe = _start(marker)
    return marker


def clean_after(folder: str) -> None:
    """Let the guard remove this folder if it still exists then."""
    owner()
    with contextlib.suppress(OSError):  # no guard, or one that is stopped and does not read
        os.write(_Held.pipe, os.fsencode(folder) + b"\0")


class _Held:
    """Open until this process ends, which tells the guard; -1 if there is no guard."""

    pipe: ClassVar[int] = -1
    guard: ClassVar[int] = 0


def guard_pid() -> int:
    """The guard's pid, 0 if there is none."""
    return _Held.guard


def _start(marker: str) -> int:
    watched, held = os.pipe()
    os.set_blocking(held, False)
    try:
        _Held.guard = os.posix_spawn(
            sys.executable,
            [sys.executable, "-P", "-S", guardian.__file__, marker],
            {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, watched, 0),
                (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
        )
    except OSError:
        os.close(held)
        raise
    finally:
        os.close(watched)
    return held
