"""A process by a name that no other ever has: a recycled pid or a reboot is never taken for it."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_START_TIME_FIELD = 19  # starttime is field 22 of /proc/PID/stat (proc(5)); counted after the command's ")"


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
    """Changes with every boot; where the kernel has none, the boot time serves."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        import psutil  # noqa: PLC0415 - takes longer to import than all else here

        return str(int(psutil.boot_time()))


def process_started(pid: int) -> float | None:
    """Clock ticks from boot to the process's start, None when it is gone or a zombie.

    From /proc/PID/stat, which no change of the wall clock moves; elsewhere psutil's creation time.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return None if fields[0] in "ZX" else float(fields[_START_TIME_FIELD])
    except (OSError, IndexError, ValueError):
        return _started_elsewhere(pid)


def _started_elsewhere(pid: int) -> float | None:
    import psutil  # noqa: PLC0415 - as above

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.Error:
        return None
