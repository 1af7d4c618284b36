"""Start programs through `launcher`s. Each has one program at a time and is used again."""

import atexit
import contextlib
import errno
import marshal
import os
import signal
import socket
import struct
import sys
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from orchestrator import kernel
from orchestrator.executors import launcher
from orchestrator.executors.launcher import DEADLINE, ENDED, LENGTH, PIPES, UNKNOWN
from orchestrator.executors.room import Alive
from orchestrator.executors.started import Ended

COMMAND: Final = (sys.executable, "-I", "-S", launcher.__file__)
LONGEST_CLOSE: Final = 10.0  # seconds: a stopped launcher never sees that its socket is closed
LONGEST_ANSWER: Final = 1 << 16  # bytes read at once
KILLED: Final = 9  # the wait status of a program whose launcher was killed: nothing else is known

LAUNCHERS: Final[set[int]] = set()
"""The pids of this process's launchers."""
SPAWNING: Final = threading.Lock()
"""Held while a launcher can exist whose pid is not in LAUNCHERS yet."""

_idle: deque["Launcher"] = deque()


@atexit.register
def _close_idle() -> None:
    while _idle:
        _idle.pop().socket.close()


class Launcher:
    """One process that starts programs. It ends when its socket is closed, at the latest with this process."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        command = COMMAND if Alive.files is None else (*COMMAND, str(Alive.files))
        with contextlib.ExitStack() as undo:
            undo.callback(theirs.close)
            failed = undo.enter_context(contextlib.ExitStack())
            failed.callback(ours.close)
            self.owner = os.getpid()
            undo.enter_context(SPAWNING)
            self.pid = os.posix_spawn(
                command[0],
                command,
                os.environ,
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, theirs.fileno(), 0),
                    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                    (os.POSIX_SPAWN_DUP2, 1, 2),
                ],
                setsid=True,  # Ctrl-C is for the orchestrator
            )
            LAUNCHERS.add(self.pid)
            failed.pop_all()
        self.socket = ours

    def close(self) -> None:
        """Let it kill what is left, and end. If it does not end in time, it is killed.

        If it cannot even be killed, it is left behind.
        """
        self.socket.close()
        with contextlib.suppress(ChildProcessError, ProcessLookupError):
            if not _ends(self.pid, LONGEST_CLOSE):
                os.kill(self.pid, signal.SIGKILL)
                _ends(self.pid, LONGEST_CLOSE)
        LAUNCHERS.discard(self.pid)


def _ends(pid: int, seconds: float) -> bool:
    """Wait for a child, at most so long. Returns whether it ended.

    Raises ChildProcessError if it was waited for already.
    """
    if not kernel.ends(pid, seconds):
        return False
    os.waitpid(pid, 0)
    return True


class LaunchedProgram:
    """A program that a launcher started. Make it with `launched`.

    root: the launcher, whose descendants are the attempt's processes. pipes: descriptors to read standard output and
    error from. leased: it runs no longer than `renew` said last.
    """

    def __init__(self, launcher: Launcher, pipes: tuple[int, int], *, leased: bool = False) -> None:
        self.root = launcher.pid
        self.pipes = pipes
        self._leased = leased
        self._launcher: Launcher | None = launcher
        self._ended: Ended | None = None

    def fileno(self) -> int:
        """Readable once it has ended."""
        assert self._launcher is not None, "asked for while it runs"
        return self._launcher.socket.fileno()

    def poll(self) -> Ended | None:
        """How it ended, None while it runs."""
        if self._ended is None and self._launcher is not None:
            self._ended = _answer(self._launcher)
        return self._ended

    def renew(self, deadline: float) -> None:
        """Let it run until then, by `time.monotonic`. Only for a program with a lease."""
        if self._launcher is not None and self._ended is None:
            with contextlib.suppress(OSError):  # a launcher that is gone, or stopped, needs no renewal
                self._launcher.socket.send(DEADLINE.pack(deadline), socket.MSG_DONTWAIT)

    def abandon(self) -> None:
        """Kill the launcher, because it does not say how the program ended.

        The launcher or the program is stopped, or cannot be killed.
        """
        assert self._launcher is not None, "asked for while it runs"
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._launcher.pid, signal.SIGKILL)  # our own child, not reaped yet: its pid is not recycled

    def close(self) -> None:
        """Release it. The launcher is used again if its program left nothing and had no lease.

        Otherwise the launcher kills what is left.
        """
        for pipe in self.pipes:
            os.close(pipe)
        launcher, self._launcher = self._launcher, None
        if launcher is None:
            return
        if self._ended is not None and self._ended.left == frozenset() and not self._leased:
            _idle.append(launcher)
        else:
            launcher.close()


def have_ready() -> None:
    """Start a launcher for the first program, which is to come soon. It takes as long to start as most programs."""
    with contextlib.suppress(OSError):  # then the first program says so
        _idle.append(Launcher())


def launched(
    argv: Sequence[str], env: Mapping[str, str], cwd: Path, lease: tuple[str, float] | None = None
) -> LaunchedProgram:
    """Start a program, its output in pipes, in a session of its own. If that fails, its `Ended` says so.

    lease: a file that is locked as long as anything of it runs, and how long it may run, by `time.monotonic`. Raises
    OSError if no pipe or process can be created.
    """
    said = marshal.dumps((list(argv), dict(env), str(cwd), lease))
    leased = lease is not None
    while launcher := _idle_launcher():
        try:
            return _launch(launcher, said, leased=leased)
        except BrokenPipeError:  # somebody killed it while it was idle
            continue
    return _launch(Launcher(), said, leased=leased)


def _launch(launcher: Launcher, said: bytes, *, leased: bool) -> LaunchedProgram:
    """Let the launcher start the program, whose output goes into pipes of its own."""
    ends: list[int] = []
    try:
        ends += os.pipe()
        ends += os.pipe()
        _send(launcher.socket, LENGTH.pack(len(said)) + said, PIPES.pack(ends[1], ends[3]))
    except BaseException:
        for each in ends:
            os.close(each)
        launcher.close()
        raise
    os.close(ends[1])
    os.close(ends[3])
    return LaunchedProgram(launcher, (ends[0], ends[2]), leased=leased)


def _send(connection: socket.socket, request: bytes, pipes: bytes) -> None:
    """Send all of the request, with the descriptors beside its first bytes."""
    sent = connection.sendmsg([request], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, pipes)])
    if sent < len(request):
        connection.sendall(request[sent:])


def _idle_launcher() -> Launcher | None:
    """An idle launcher of this process, not of one that this was forked from."""
    while _idle:
        try:
            launcher = _idle.pop()
        except IndexError:  # another thread was faster
            break
        if launcher.owner == os.getpid():
            return launcher
        launcher.socket.close()
    return None


def _answer(launcher: Launcher) -> Ended | None:
    """How the program ended, None if that has not been said. A launcher that is gone says nothing any more."""
    connection = launcher.socket
    try:
        data = connection.recv(LONGEST_ANSWER, socket.MSG_DONTWAIT)
        if len(data) < ENDED.size:
            data += _receive(connection, ENDED.size - len(data))
        number, status, user, system, count = ENDED.unpack_from(data)
        if len(data) < ENDED.size + 4 * count:
            data += _receive(connection, ENDED.size + 4 * count - len(data))
    except BlockingIOError:
        return None
    except (EOFError, ConnectionError):
        return Ended(-KILLED, 0.0, None, errno.EAGAIN if _broke(launcher.pid) else 0)
    left = None if count == UNKNOWN else frozenset(struct.unpack_from(f"={count}i", data, ENDED.size))
    return Ended(os.waitstatus_to_exitcode(status), user + system, left, number)


def _broke(pid: int) -> bool:
    """Whether a launcher that is gone gave up by itself, as it does if it has no memory. A task can only kill it."""
    with contextlib.suppress(OSError, AttributeError):  # macOS has no waitid before Python 3.13
        kernel.ends(pid, LONGEST_CLOSE)
        ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG)
        return ended is not None and ended.si_code == os.CLD_EXITED and ended.si_status != 0
    return False


def _receive(connection: socket.socket, size: int) -> bytes:
    """So many bytes. Raises EOFError if the launcher is gone."""
    data = b""
    while len(data) < size:
        try:
            part = connection.recv(size - len(data))
        except ConnectionError:
            part = b""
        if not part:
            raise EOFError("the launcher is gone")
        data += part
    return data
