"""What Linux offers beyond POSIX, and what replaces it elsewhere. No other package calls or reads any of it.

| what | Linux | elsewhere |
|---|---|---|
| that very process, to signal or to wait for | pidfd_open(2) | its pid, looked at every 20 ms |
| orphans come to us; we end with who started us | prctl(2) | they do not; the guard finds and ends them |
| processes, their children and environments | /proc | psutil |
| when a process began, which boot this is | /proc | psutil |
| an open folder as a path | /proc/self/fd | the folder's own path |
| a path that may not leave a folder | openat2(2) | part by part, with O_NOFOLLOW |
| a file without a name that others append to | /proc/PID/fd | a file with a secret name |
| who is at the other end of a socket | SO_PEERCRED | nobody else: its folder is its owner's alone |
| who is at the other end of a TCP connection | /proc/net/tcp | psutil: we, or it is not known |
| whether the clock is synchronised | adjtimex(2) | not known |
| the processor's name | /proc/cpuinfo | `platform` |
| waking somebody who waits | eventfd(2), epoll(7) | a pipe, poll(2) |

ORCHESTRATE_KERNEL=portable takes the right-hand column on Linux too; the tests do so. What is weaker there: between a
look at a process and the signal to it, another can get its pid; and a task that both leaves its process group and
empties its environment outlives its attempt.

Sandboxes are programs and packages that are looked for when an agent needs one (`orchestrator.agents.sandbox`).
Nothing heavy is imported here, not even contextlib: the launcher of every attempt loads this module, but not those
below it.
"""

import os
import select
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

VARIABLE = "ORCHESTRATE_KERNEL"
LINUX = sys.platform == "linux" and os.environ.get(VARIABLE) != "portable"
DESCRIPTORS = "/proc/self/fd" if sys.platform == "linux" else "/dev/fd"
"""The folder of this process's open files."""
PAUSE = 0.02
"""Seconds between looks at a process where the kernel does not tell of its end."""
FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_CLOEXEC
"""Flags to open a folder without reading it."""
NAMELESS = getattr(os, "O_TMPFILE", os.O_DIRECTORY)
"""Flags to open a file without a name. Elsewhere they make every open for writing fail."""
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER = 1, 4, 36  # linux/prctl.h
SIGKILL = 9
OPENAT2 = 437  # the same on every architecture
BENEATH = 0x02 | 0x04 | 0x08  # RESOLVE_NO_MAGICLINKS, RESOLVE_NO_SYMLINKS, RESOLVE_BENEATH; linux/openat2.h
STARTED = 19  # starttime is field 22 of /proc/PID/stat (proc(5)); counted after the command's ")"
USER, SYSTEM = 11, 12  # utime and stime, counted so too
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def adopt_orphans() -> bool:
    """Whether this process is from now on the parent of every orphan below it."""
    return _prctl(PR_SET_CHILD_SUBREAPER, 1)


def end_with_parent() -> None:
    """Have the kernel kill this process when the one that started it is gone."""
    _prctl(PR_SET_PDEATHSIG, SIGKILL)


def shut_off() -> None:
    """Keep other processes of this user from this one's memory, descriptors and environment."""
    _prctl(PR_SET_DUMPABLE, 0)


def _prctl(what: int, value: int) -> bool:
    if not LINUX:
        return False
    import ctypes  # noqa: PLC0415 - not everybody calls this

    return int(ctypes.CDLL(None).prctl(what, value, 0, 0, 0)) == 0


def handle_on(pid: int) -> int | None:
    """A descriptor that is readable once that process has ended; None where the kernel has none. Raises OSError."""
    return os.pidfd_open(pid) if LINUX else None


def ends(pid: int, seconds: float) -> bool:
    """Whether the process ends within so many seconds; one that waits to be reaped has ended. Raises OSError."""
    handle = handle_on(pid)
    if handle is None:
        return _seen_to_end(pid, time.monotonic() + seconds)
    try:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        return bool(poll.poll(seconds * 1000))
    finally:
        os.close(handle)


def _seen_to_end(pid: int, deadline: float) -> bool:
    while started(pid) is not None:
        if time.monotonic() >= deadline:
            return False
        time.sleep(PAUSE)
    return True


def send(pid: int, number: int, still_meant: "Callable[[int], bool]") -> bool:
    """Signal the process if it is still the intended one, and no other that has its pid by now. Whether it was."""
    try:
        handle = handle_on(pid)
        if handle is None:
            meant = still_meant(pid)
            if meant:
                os.kill(pid, number)
            return meant
        try:
            if still_meant(pid):
                import signal  # noqa: PLC0415 - takes a launcher longer than all else here

                signal.pidfd_send_signal(handle, number)
                return True
        finally:
            os.close(handle)
    except OSError:
        return False
    return False


def pids() -> list[int]:
    """The pids of all processes."""
    if LINUX:
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208 - many times
    import psutil  # noqa: PLC0415 - slow to load

    return list(psutil.pids())


def environment_of(pid: int) -> bytes:
    """What a process found in its environment when it began, each entry ended by NUL; nothing where we may not see
    it.
    """
    if LINUX:
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:  # noqa: PTH123 - many times
                return file.read()
        except OSError:
            return b""
    import psutil  # noqa: PLC0415 - as above

    try:
        found = psutil.Process(pid).environ()
    except (psutil.Error, OSError):
        return b""
    return b"".join(os.fsencode(f"{name}={value}") + b"\0" for name, value in found.items())


def children_of(pid: int) -> list[int]:
    """Pids of a process's children; none for one that is gone."""
    if LINUX:
        try:
            return _listed_children(pid)
        except OSError:
            if os.path.exists(f"/proc/{os.getpid()}/task/{os.getpid()}/children"):  # noqa: PTH110 - as above
                return []  # the process is gone, and not the kernel without CONFIG_PROC_CHILDREN
    import psutil  # noqa: PLC0415 - as above

    try:
        return [process.pid for process in psutil.Process(pid).children()]
    except psutil.Error:
        return []


def _listed_children(pid: int) -> list[int]:
    """The kernel lists them for each thread. psutil would examine every process of the machine, which takes longer than
    many tasks. Raises OSError if no thread has a list.
    """
    found: list[int] = []
    lists = 0
    for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - many times a second
        try:
            with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as file:  # noqa: PTH123 - as above
                found += [int(one) for one in file.read().split()]
        except OSError:
            continue  # it has ended since
        lists += 1
    if not lists:
        raise FileNotFoundError
    return found


def started(pid: int) -> float | None:
    """When a process began, in units that are only compared for equality; None if it is gone or a zombie.

    Clock ticks since the boot, which no change of the wall clock moves; elsewhere psutil's creation time.
    """
    if LINUX:
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - many times
                fields = file.read().rpartition(")")[2].split()
            return None if fields[0] in "ZX" else float(fields[STARTED])
        except (OSError, IndexError, ValueError):
            pass
    import psutil  # noqa: PLC0415 - as above

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.Error:
        return None


def used(pid: int) -> tuple[float, float, int] | None:
    """When a process began, as `started` has it, its user and system seconds, and its resident bytes; None when it is
    gone. A zombie has no bytes.
    """
    if LINUX:
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - many times
                fields = file.read().rpartition(")")[2].split()
            with open(f"/proc/{pid}/statm", encoding="ascii") as file:  # noqa: PTH123 - as above
                resident = int(file.read().split()[1])
            return float(fields[STARTED]), (int(fields[USER]) + int(fields[SYSTEM])) / TICKS, resident * PAGE
        except (OSError, IndexError, ValueError):
            return None
    import psutil  # noqa: PLC0415 - as above

    try:
        process = psutil.Process(pid)
        times = process.cpu_times()
        return process.create_time(), times.user + times.system, process.memory_info().rss
    except psutil.Error:
        return None


def path_of(descriptor: int, name: str) -> str:
    """A path of an open folder or file in this process, whatever becomes of its name; elsewhere its name."""
    return f"/proc/self/fd/{descriptor}" if LINUX else name


def address_of(descriptor: int) -> str | None:
    """A path by which other processes of this user open a file that has no name; None if there is none."""
    return f"/proc/{os.getpid()}/fd/{descriptor}" if LINUX else None


def opener_beneath() -> "Callable[[int, str, int], int] | None":
    """Opens a path below an open folder, given flags, and follows no link; None where the kernel cannot do it in one
    step. It raises OSError.
    """
    if not LINUX:
        return None
    import ctypes  # noqa: PLC0415 - not everybody calls this
    import errno  # noqa: PLC0415

    try:
        call = ctypes.CDLL(None, use_errno=True).syscall
    except (OSError, AttributeError):
        return None

    def opened(folder: int, path: str, flags: int) -> int:
        how = (ctypes.c_uint64 * 3)(flags | os.O_CLOEXEC, 0, BENEATH)  # struct open_how: flags, mode, resolve
        while (found := int(call(OPENAT2, folder, os.fsencode(path), ctypes.byref(how), ctypes.sizeof(how)))) < 0:
            number = ctypes.get_errno()
            if number not in {errno.EINTR, errno.EAGAIN}:  # EAGAIN: something was renamed meanwhile
                raise OSError(number, os.strerror(number), path)
        return found

    here = os.open(".", FOLDER)
    try:
        os.close(opened(here, ".", FOLDER))
    except OSError:
        return None  # an old kernel, or a filter of system calls
    finally:
        os.close(here)
    return opened
