"""End what lost its launcher: processes that come to this one when the launcher above them is killed.

A launcher adopts the orphans below it. A task can kill its launcher. Its processes then go to the next process above
that adopts: this one, once `adopt_orphans` was called. Use it only in a process that is ours alone (the command line),
because it changes whose child an orphan becomes.
"""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Collection
from typing import ClassVar, Final

from orchestrator import kernel
from orchestrator.executors.sampler import descendants
from orchestrator.executors.tree import LONGEST_KILL
from orchestrator.process import process_started

PAUSE: Final = 0.01


class _Adopting:
    """before: children that this process had before, None if it does not adopt."""

    before: ClassVar[frozenset[int] | None] = None


def adopt_orphans() -> None:
    """From now on, this process is the parent of every orphan below it."""
    if _Adopting.before is None and kernel.adopt_orphans():
        _Adopting.before = frozenset(kernel.children_of(os.getpid()))


def end_strays(ours: Callable[[], Collection[int]], spawning: threading.Lock) -> None:
    """Kill every stray and all below it.

    ours: children in sessions of their own that were started on purpose. spawning: held while one of them is being
    started.
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
    """Children in sessions of their own. A process of an attempt is in none of ours, and cannot get back into it."""
    own = os.getsid(0)
    with spawning:
        found = set(kernel.children_of(os.getpid())) - set(ours()) - (_Adopting.before or frozenset())
    return [pid for pid in sorted(found) if _session(pid) not in {own, None} and not _buried(pid)]


def _session(pid: int) -> int | None:
    """The session, None for a process that is gone."""
    try:
        return os.getsid(pid)
    except OSError:
        return None


def _buried(pid: int) -> bool:
    """Whether it had ended. If so, it has now left the table of processes."""
    if process_started(pid) is None:
        with contextlib.suppress(OSError):
            os.waitpid(pid, os.WNOHANG)
        return True
    return False
