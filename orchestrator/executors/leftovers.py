"""End what a dead orchestrator left running of a run: processes that its journal names, and all with the run's mark.

The journal names a process by boot, pid and start. So a process with a recycled pid is never hit, and a process that
emptied its environment is found too. The mark finds what was started in the moment before the journal knew of it.
"""

import signal
import time
from collections.abc import Collection, Iterator
from typing import Final

from orchestrator import kernel
from orchestrator.executors.sampler import descendants
from orchestrator.executors.tree import LONGEST_KILL, end_tree
from orchestrator.process import Launch, alive, process_started

PAUSE: Final = 0.02


def reap(run: str, launched: Collection[Launch] = (), grace: float = 1.0) -> int:
    """End everything of this run: TERM, up to `grace` seconds, KILL. launched: of the attempts that were under way.

    Returns how many could not be ended within 10 s of killing.
    """
    return end_launched(launched, grace) + end_tree(f"{run}/", grace)


def end_launched(launched: Collection[Launch], grace: float) -> int:
    """End those very processes and all below them. A process with a recycled pid is left alone.

    The launchers come last, because they are the parents of all orphans.
    """
    if grace > 0 and _signal_all(launched, signal.SIGTERM):
        _wait(launched, grace)
    deadline = time.monotonic() + LONGEST_KILL
    while _signal_all(launched, signal.SIGKILL) and time.monotonic() < deadline:
        _wait(launched, PAUSE)
    for each in launched:
        kernel.send(each.launcher.pid, signal.SIGKILL, lambda _, each=each: _orphaned(each))  # type: ignore[misc]  # bound now
    return len(_members(launched))


def _signal_all(launched: Collection[Launch], number: signal.Signals) -> int:
    """Send a signal to all members. Returns how many there were."""
    return sum(kernel.send(pid, number, lambda pid: pid in _members(launched)) for pid in _members(launched))


def _wait(launched: Collection[Launch], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while _members(launched) and time.monotonic() < deadline:
        time.sleep(PAUSE)


def _members(launched: Collection[Launch]) -> frozenset[int]:
    """The current pids of the first processes, and of all below them or their launchers, except zombies."""
    return frozenset(pid for pid in _found(launched) if process_started(pid) is not None)


def _found(launched: Collection[Launch]) -> Iterator[int]:
    for each in launched:
        if alive(each.process):
            yield each.process.pid
            yield from descendants(each.process.pid)
        if _orphaned(each):
            yield from descendants(each.launcher.pid)


def _orphaned(launch: Launch) -> bool:
    """Whether the launcher is left over too. One whose owner lives can have been given another attempt since."""
    return alive(launch.launcher) and not alive(launch.owner)
