"""A small process beside the orchestrator: when that one is gone, however it died, it ends what was left running.

The kernel already kills each attempt's first process then (see `worker`); the guard ends their descendants too. It waits on
a pipe whose other end only the orchestrator holds, so it needs no clock and never outlives it for long.
"""

import contextlib
import functools
import os
import sys
import time

from orchestrator.executors.tree import OWNER, end_tree

GRACE = 1.0


@functools.cache
def owner() -> str:
    """What the processes of this orchestrator's attempts carry in ORCHESTRATE_OWNER; starts the guard the first time."""
    marker = f"{os.getpid()}-{time.monotonic_ns()}"
    with contextlib.suppress(OSError):  # without a guard, `reap` does the same when the run is resumed
        _start(marker)
    return marker


def _start(marker: str) -> None:
    watched, held = os.pipe()  # `held` is open until this process ends: that is what it is for
    try:
        os.posix_spawn(
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


def main() -> None:
    """Wait for the end of standard input, then end every process of that owner."""
    os.setsid()  # Ctrl-C is for the orchestrator, which may still need a guard
    os.chdir("/")
    while os.read(0, 1):
        pass
    end_tree(sys.argv[1], GRACE, OWNER)


if __name__ == "__main__":
    main()
