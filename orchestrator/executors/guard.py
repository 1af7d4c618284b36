"""A small process beside the orchestrator. When the orchestrator is gone, however it died, the guard cleans up.

It ends what was left running, and removes temporary folders. The kernel already kills each attempt's first process
then (see `worker`); the guard ends their descendants too. It waits on a pipe whose other end only the orchestrator
holds. So it needs no clock, and never outlives the orchestrator for long.
"""

import contextlib
import functools
import os
import shutil
import sys
import threading
import time
from typing import ClassVar, Final

from orchestrator.executors.tree import OWNER, end_tree

GRACE = 1.0


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
            [sys.executable, "-P", "-m", "orchestrator.executors.guard", marker],
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


def main() -> None:
    """Wait for the end of standard input. Then end every process of that owner, and remove the folders named on it."""
    os.setsid()  # Ctrl-C is for the orchestrator, which can still need a guard
    os.chdir("/")
    named, rest = set[bytes](), b""
    while said := os.read(0, 1 << 16):
        *whole, rest = (rest + said).split(b"\0")
        named.update(whole)
    end_tree(sys.argv[1], GRACE, OWNER)
    for folder in named:
        shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            os.rmdir(os.path.dirname(folder))  # noqa: PTH106, PTH120 - bytes


if __name__ == "__main__":
    main()
