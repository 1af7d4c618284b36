"""A name for a process that no other process ever gets, even after its pid is recycled or the machine restarts."""

import os
from functools import cache

from orchestrator import kernel
from orchestrator.kernel import facts
from orchestrator.records import dataclass


@dataclass(frozen=True, slots=True)
class ProcessId:
    """boot: the kernel's boot id; started: when process `pid` began, in units that only equality is asked of."""

    boot: str
    pid: int
    started: float


@dataclass(frozen=True, slots=True)
class Launch:
    """How an attempt's processes hang together. owner: who started the launcher; process: the first one, which the
    launcher started.
    """

    owner: ProcessId
    launcher: ProcessId
    process: ProcessId


def this_process() -> ProcessId:
    """The process that asks."""
    started = process_started(os.getpid())
    return ProcessId(boot_id(), os.getpid(), -1.0 if started is None else started)


def process_of(pid: int) -> ProcessId | None:
    """The process that has this pid now; None when there is none, or a zombie."""
    started = process_started(pid)
    return None if started is None else ProcessId(boot_id(), pid, started)


def alive(process: ProcessId) -> bool:
    """Whether that very process still runs. Another boot, another process with its pid, or a zombie: it does not."""
    return process.boot == boot_id() and process_started(process.pid) == process.started


@cache
def boot_id() -> str:
    """Changes with every boot."""
    return facts.boot()


def process_started(pid: int) -> float | None:
    """When it began, in units that are only compared for equality; None if it is gone or a zombie."""
    return kernel.started(pid)
