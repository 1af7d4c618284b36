"""Who owns a run: a process, named so that a recycled pid or a reboot is never taken for it."""

import os
from dataclasses import dataclass
from pathlib import Path

import psutil

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_START_TIME_FIELD = 19  # starttime is field 22 of /proc/PID/stat (proc(5)); counted after the command's ")"


@dataclass(frozen=True, slots=True)
class Owner:
    """boot: the kernel's boot id; started: when process `pid` began, in units that only equality is asked of."""

    boot: str
    pid: int
    started: float


@dataclass(frozen=True, slots=True)
class Lease:
    """fence: grows with every owner of the run; held: False once it was given back."""

    run: str
    fence: int
    owner: Owner
    held: bool


def this_owner() -> Owner:
    """The process that asks."""
    started = process_started(os.getpid())
    return Owner(boot_id(), os.getpid(), -1.0 if started is None else started)


def owner_alive(owner: Owner) -> bool:
    """Whether that very process still runs. Another boot, another process with its pid, or a zombie: it does not."""
    return owner.boot == boot_id() and process_started(owner.pid) == owner.started


def boot_id() -> str:
    """Changes with every boot; where the kernel has none, the boot time serves."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
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
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.Error:
        return None
