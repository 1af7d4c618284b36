"""Facts about the machine and its load. `orchestrator.kernel` has the table of what replaces Linux's."""

import contextlib
import os

from orchestrator import kernel

TIME_ERROR = 5  # adjtimex(2): the clock is not synchronised
TIMEX_SIZE = 512  # more than any struct timex has


def processor() -> str:
    """The first `model name` of /proc/cpuinfo; "" if there is none, as on some architectures."""
    if kernel.LINUX:
        with (
            contextlib.suppress(OSError),
            open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file,  # noqa: PTH123 - as above
        ):
            return next((line.partition(":")[2].strip() for line in file if line.startswith("model name")), "")
    return ""


def clock_kept() -> bool | None:
    """Whether the kernel's clock is synchronised, by adjtimex(2) in its reading mode; None where that is not known."""
    if not kernel.LINUX:
        return None
    import ctypes  # noqa: PLC0415 - takes longer than all else here

    try:
        state = int(ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.create_string_buffer(TIMEX_SIZE)))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else state != TIME_ERROR


def boot() -> str:
    """Another one after every boot: the kernel's id of it, elsewhere the time of the boot."""
    if kernel.LINUX:
        try:
            with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:  # noqa: PTH123 - one call
                return file.read().strip()
        except OSError:
            pass
    import psutil  # noqa: PLC0415 - slow to load

    return str(int(psutil.boot_time()))


def usable_cores() -> int:
    """How many cores this process may use: a container has a share."""
    if kernel.LINUX:
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory() -> int:
    """Bytes of memory that the machine has."""
    if kernel.LINUX:
        return os.sysconf("SC_PHYS_PAGES") * kernel.PAGE
    import psutil  # noqa: PLC0415 - as above

    return int(psutil.virtual_memory().total)


def open_files() -> int | None:
    """How many descriptors this process has, None where that cannot be told."""
    try:
        return len(os.listdir(kernel.DESCRIPTORS))  # noqa: PTH208 - one call
    except OSError:
        return None


def threads_of(user: int) -> int:
    """Threads of all processes of this user, which is what a limit of processes counts; elsewhere the processes."""
    total = 0
    if not kernel.LINUX:
        import psutil  # noqa: PLC0415 - as above

        return sum(
            one.info["uids"] is not None and one.info["uids"].real == user for one in psutil.process_iter(["uids"])
        )
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                if entry.stat().st_uid == user:
                    total += len(os.listdir(f"{entry.path}/task"))  # noqa: PTH208 - many
            except OSError:
                continue
    return total
