"""A small process that starts programs for the orchestrator, one at a time, and gathers what they leave behind.

It runs as a script, by its path and without site packages, and imports of this package only `kernel`. So it is ready
at once and stays small, and starting a program from it costs only the program's own start. As a child subreaper it
becomes the parent of every orphan below the program. So once the program has ended, no search is needed for what is
left. The launcher asks the kernel whether it has children. Where orphans do not come to it, it says that it does not
know what is left.

Standard input is a stream socket. A request is a length (8 bytes) and a marshalled (argv, env, cwd, lease). Two
descriptors come with it: the program's standard output and error. The answer, when the program has ended, is ENDED and
the pids of the processes left. ENDED is errno (0 if it was started), wait status, user and system seconds, and how
many pids follow, or UNKNOWN. When the other side of the socket is closed, all that is left is killed, and this process
ends.

A lease is optional: a file and a monotonic time. The file is locked (flock(2), shared) until this process ends.
Whoever gets an exclusive lock knows that nothing of the attempt runs. The other side can renew the time by writing
DEADLINE while the program runs. When the time is over, it is as if the other side were closed.
"""

# What is around it takes longer to import than all else here.
import _socket
import errno
import marshal
import os
import select
import struct
import sys
import time
from _socket import CMSG_SPACE, SCM_RIGHTS, SOL_SOCKET, socket

if __name__ == "__main__":
    sys.path.append(__file__.rsplit("/", 3)[0])  # after the standard library, of which this package has namesakes

from orchestrator import kernel

ENDED = struct.Struct("=iiddi")
UNKNOWN = -1  # how many processes are left
PIPES = struct.Struct("=2i")
LENGTH = struct.Struct("=Q")
DEADLINE = struct.Struct("=d")
ROOM = CMSG_SPACE(PIPES.size)
LOOK = 1000  # milliseconds between checks for orphans that have ended
GLANCE = 20  # milliseconds between checks for the end of the program, where the kernel does not tell of it
CLOEXEC = getattr(_socket, "MSG_CMSG_CLOEXEC", 0)
PATH = os.environ.get("PATH")  # used by the system's own look-up
SIGKILL, SIGPIPE, SIGXFSZ = 9, 13, 25  # signal(7); the module `signal` takes long to import
DEFAULTS = (SIGPIPE, SIGXFSZ)  # Python ignores them, and a child inherits that


def main() -> None:
    """Serve requests until the other side is gone."""
    kernel.adopt_orphans()
    restore_limit()
    requests = socket(fileno=0)
    try:
        while serve(requests):
            pass
    finally:
        end_all()


def restore_limit() -> None:
    """Give programs the limit of open files that the orchestrator had before it raised its own.

    Some programs take time for each file that can be open.
    """
    if len(sys.argv) > 1:
        import resource  # noqa: PLC0415 - rarely needed

        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), hard))


def serve(requests: socket) -> bool:
    """Start one program and report how it ended. False when the other side is gone."""
    asked = receive(requests)
    if asked is None:
        return False
    what, pipes = asked
    try:
        return carry_out(requests, *what, pipes)
    finally:  # after the answer, so that the other side wakes up once, and not for the end of each pipe before it
        for pipe in pipes:
            os.close(pipe)


def carry_out(  # noqa: PLR0913, PLR0917 - the parts of a request
    requests: socket,
    argv: "list[str]",
    env: "dict[str, str]",
    cwd: str,
    lease: "tuple[str, float] | None",
    pipes: "list[int]",
) -> bool:
    """Start the program, wait, and answer. False when the other side is gone, or the lease is over."""
    try:
        if lease is not None:
            share(lease[0])
        os.chdir(cwd)
        pid = Started.pid = start(argv, env, pipes)
    except (OSError, ValueError) as error:  # ValueError: a NUL in an argument
        requests.sendall(ENDED.pack(getattr(error, "errno", None) or errno.EINVAL, 0, 0.0, 0.0, 0))
        return True
    finally:
        os.chdir("/")
    status = wait(pid, requests, None if lease is None else lease[1])
    if status is None:
        return False
    code, used = status
    if not kernel.LINUX:
        requests.sendall(ENDED.pack(0, code, used.ru_utime, used.ru_stime, UNKNOWN))
        return True
    left = children()
    requests.sendall(
        ENDED.pack(0, code, used.ru_utime, used.ru_stime, len(left)) + struct.pack(f"={len(left)}i", *left)
    )
    return True


def share(path: str) -> None:
    """Lock the lease's file until this process ends.

    Raises OSError (ESTALE) if somebody holds the exclusive lock: the attempt was given up.
    """
    import fcntl  # noqa: PLC0415 - most have no lease

    try:
        fcntl.flock(os.open(path, os.O_RDONLY | os.O_CLOEXEC), fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:  # not EAGAIN, which would be retried
        raise OSError(errno.ESTALE, os.strerror(errno.ESTALE)) from None


def receive(
    requests: socket,
) -> "tuple[tuple[list[str], dict[str, str], str, tuple[str, float] | None], list[int]] | None":
    """The next request and its descriptors, None when there will be none."""
    data, carried, _, _ = requests.recvmsg(1 << 16, ROOM, CLOEXEC)
    if not data:
        return None
    pipes = [
        each
        for level, kind, held in carried
        if (level, kind) == (SOL_SOCKET, SCM_RIGHTS)
        for each in PIPES.unpack(held)
    ]
    for pipe in pipes:
        os.set_inheritable(pipe, False)  # where the flag above is missing
    (length,) = LENGTH.unpack_from(data)
    parts = [data[LENGTH.size :]]
    missing = length - len(parts[0])
    while missing:
        parts.append(requests.recv(min(missing, 1 << 20)))
        missing -= len(parts[-1])
        if not parts[-1]:
            return None
    return marshal.loads(b"".join(parts)), pipes  # noqa: S302 - from the process that started this one


class Started:
    """The latest program, which leads a process group."""

    pid = 0


def start(argv: "list[str]", env: "dict[str, str]", pipes: "list[int]") -> int:
    """Start the program in a session of its own, and return its pid. Raises OSError if it cannot be started."""
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, pipes[0], 1),
        (os.POSIX_SPAWN_DUP2, pipes[1], 2),
    ]
    if env.get("PATH") == PATH:
        return os.posix_spawnp(argv[0], argv, env, file_actions=actions, setsid=True, setsigdef=DEFAULTS)
    path = found(argv[0], env)
    return os.posix_spawn(path, argv, env, file_actions=actions, setsid=True, setsigdef=DEFAULTS)


def found(program: str, env: "dict[str, str]") -> str:
    """The program's path, looked up along the PATH that the program itself will see, if that differs from ours."""
    if "/" in program:
        return program
    problem: OSError = FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), program)
    for folder in env.get("PATH", os.defpath).split(os.pathsep):
        path = os.path.join(folder, program)  # noqa: PTH118 - pathlib would take longer to import than all else here
        if os.path.isfile(path):  # noqa: PTH113 - as above
            if os.access(path, os.X_OK):
                return path
            problem = PermissionError(errno.EACCES, os.strerror(errno.EACCES), program)
    raise problem


def wait(pid: int, requests: socket, deadline: "float | None") -> "tuple[int, os._rusage] | None":  # type: ignore[name-defined]
    """The program's wait status and usage, once it has ended.

    None if the other side is gone or the lease is over before that.
    """
    handle = kernel.handle_on(pid)
    longest = GLANCE if handle is None else LOOK
    try:
        poll = select.poll()
        if handle is not None:
            poll.register(handle, select.POLLIN)
        poll.register(requests, select.POLLIN)
        while True:
            ready = {descriptor for descriptor, _ in poll.poll(min(longest, until(deadline)))}
            if handle in ready or handle is None:
                ended, status, used = os.wait4(pid, os.WNOHANG)
                if ended:
                    return status, used
            if requests.fileno() in ready:
                deadline = renewed(requests)
                if deadline is None:
                    return None
            if deadline is not None and time.monotonic() >= deadline:
                return None
            if handle is not None:
                bury(pid)
    finally:
        if handle is not None:
            os.close(handle)


def until(deadline: "float | None") -> float:
    """Milliseconds until the deadline, but no more than LOOK."""
    return LOOK if deadline is None else min(LOOK, max(0.0, deadline - time.monotonic()) * 1000 + 1)


def renewed(requests: socket) -> "float | None":
    """The latest time that was written, None when the other side is gone."""
    data = requests.recv(1 << 12)
    return DEADLINE.unpack(data[-DEADLINE.size :])[0] if len(data) >= DEADLINE.size else None


def bury(but: int) -> None:
    """Reap orphans that have ended, so that they leave the table of processes."""
    while ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        if ended.si_pid == but:
            return
        os.waitpid(ended.si_pid, 0)


def children() -> "list[int]":
    """The pids of what is left, all of them orphans if the program has ended."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return []
    return kernel.children_of(os.getpid()) if kernel.LINUX else [Started.pid]


def end_all() -> None:
    """Kill what is left, repeatedly: what it leaves behind comes here too. Elsewhere, the program's process group."""
    kill = os.kill if kernel.LINUX else os.killpg
    while left := children():
        for pid in left:
            try:
                kill(pid, SIGKILL)
            except OSError:
                continue
        select.select([], [], [], 0.005)


if __name__ == "__main__":
    main()
