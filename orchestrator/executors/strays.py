"""End what lost its launcher: processes that come to this one when the launcher above them is killed.

A launcher adopts what loses its parent below it. A task can kill its launcher, and what it started then goes to the next process above that adopts:
this one, once `adopt_orphans` was called. It is for a process that is ours alone (the command line), as it changes whose child an orphan becomes.
"""

import contextlib
import ctypes
import os
import signal
import threading
import time
from collections.abc import Callable, Collection
from typing import ClassVar, Final

from orchestrator.executors.sampler import children, descendants
from orchestrator.executors.tree import LONGEST_KILL
from orchestrator.process import process_started

PR_SET_CHILD_SUBREAPER: Final = 36  # linux/prctl.h
PAUSE: Final = 0.01


class _Adopting:
    """before: children that this process had before, None where it does not adopt."""

    before: ClassVar[frozenset[int] | None] = None


def adopt_orphans() -> None:
    """From now on, this process is the parent of whatever loses its own below it."""
    if _Adopting.before is None and ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0:
        _Adopting.before = frozenset(children(os.getpid()))


def end_strays(ours: Callable[[], Collection[int]], spawning: threading.Lock) -> None:
    """Kill every stray and all below it.

    ours: children in sessions of their own that were started on purpose; spawning: held by whoever starts one of them.
    """
    if _Adopting.before is None:
        return
    deadline = time.monotonic() + LONGEST_KILL
    while (left := _strays(ours, spawning)) and time.monotonic() < deadline:
        for stray in left:
            for pid in (stray, *descendants(stray)):
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(OSError):
                os.waitpid(stray, os.WNOHANG)
        time.sleep(PAUSE)


def _strays(ours: Callable[[], Collection[int]], spawning: threading.Lock) -> list[int]:
    """Children in sessions of their own: what an attempt starts is in none of ours, and cannot come back into it."""
    own = os.getsid(0)
    with spawning:
        found = set(children(os.getpid())) - set(ours()) - (_Adopting.before or frozenset())
    return [pid for pid in sorted(found) if _session(pid) not in {own, None} and not _buried(pid)]


def _session(pid: int) -> int | None:
    """None for a process that is gone."""
    try:
        return os.getsid(pid)
    except OSError:
        return None


def _buried(pid: int) -> bool:
    """Whether it had ended; if so it is gone from the table of processes now."""
    if process_started(pid) is None:
        with contextlib.suppress(OSError):
            os.waitpid(pid, os.WNOHANG)
        return True
    return False
