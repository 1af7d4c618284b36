"""Find and end every process of an attempt, however it was started, by a variable that all its descendants inherit.

A descendant that forks twice and starts its own session has no parent to be found by. But it still has the environment
that it was started with, which the system shows us. A process that empties its environment is found as
long as its ancestors live (the caller names those it has seen).
"""

import os
import signal
import time
from collections.abc import Iterable
from typing import Final

from orchestrator import kernel

ATTEMPT: Final = "ORCHESTRATE_ATTEMPT"
OWNER: Final = "ORCHESTRATE_OWNER"
LONGEST_KILL: Final = 10.0  # a process in uninterruptible sleep cannot be killed: give up, and say so


def find_attempt_processes(marker: str, variable: str = ATTEMPT) -> tuple[int, ...]:
    """Pids whose environment holds the marker.

    A marker that ends in "/" matches every marker below it. Never our own.
    """
    own = os.getpid()
    return tuple(pid for pid in kernel.pids() if pid != own and carries(pid, marker, variable))


def carries(pid: int, marker: str, variable: str = ATTEMPT) -> bool:
    """Whether the process is alive and carries the marker. A zombie, or one that we may not read, does not."""
    environ = kernel.environment_of(pid)
    wanted = f"{variable}={marker}".encode()
    entries = (b"\0" + environ).split(b"\0" + wanted, 1)
    return len(entries) == 2 and (marker.endswith("/") or entries[1][:1] in {b"\0", b""})


def signal_tree(marker: str, number: signal.Signals, seen: Iterable[int] = (), variable: str = ATTEMPT) -> int:
    """Send a signal to every process of the attempt and to those in `seen`. Returns how many there were."""
    known = frozenset(seen)
    pids = known | frozenset(find_attempt_processes(marker, variable))

    def still_meant(pid: int) -> bool:
        return pid in known or carries(pid, marker, variable)

    return sum(kernel.send(pid, number, still_meant) for pid in pids)


def end_tree(marker: str, grace: float, variable: str = ATTEMPT) -> int:
    """End every process of the attempt: TERM, up to `grace` seconds, then KILL until none is left.

    Returns how many could not be ended within 10 s of killing (0: the tree is gone).
    """
    if not find_attempt_processes(marker, variable):
        return 0
    if grace > 0:
        signal_tree(marker, signal.SIGTERM, variable=variable)
        if _wait_until_none(marker, variable, time.monotonic() + grace):
            return 0
    deadline = time.monotonic() + LONGEST_KILL
    while signal_tree(marker, signal.SIGKILL, variable=variable):  # repeatedly: a fork can outrun one search
        if _wait_until_none(marker, variable, time.monotonic() + 0.05):
            break
        if time.monotonic() > deadline:
            return len(find_attempt_processes(marker, variable))
    return 0


def _wait_until_none(marker: str, variable: str, deadline: float) -> bool:
    pause = 0.005
    while find_attempt_processes(marker, variable):
        if time.monotonic() >= deadline:
            return False
        time.sleep(pause)
        pause = min(2 * pause, 0.1)
    return True
