"""The door of a run: a socket at which other processes of the same user send requests to the run's owner.

The sender gets a reply only once the result is durable. If no process has the run, there is no door. The process that
brings a person's answer then records it (`orchestrator.engine.answering`).
"""

import json
import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Lock, Thread, current_thread
from typing import TYPE_CHECKING, Any, Final

from orchestrator import kernel
from orchestrator.kernel import sockets
from orchestrator.records import dataclass

if TYPE_CHECKING:
    from orchestrator.engine.requests import Request

NAME: Final = "door"
PATIENCE: Final = 10.0
"""Seconds that somebody may stand in the door and say nothing."""
FAREWELL: Final = 1.0
"""Seconds for which a reply may take to leave once the door is shut."""
LONGEST: Final = 1 << 20
"""Bytes of what is brought."""


@dataclass(frozen=True, slots=True)
class Brought:
    """Something that somebody asks. reply: told what came of it once that is durable; its "refused" says why not,
    "" where it is done.
    """

    request: "Request"
    reply: Callable[[Mapping[str, Any]], object]


def refused(why: str) -> Mapping[str, Any]:
    """The reply that says no, or with "" yes."""
    return {"refused": why}


class Threshold:
    """Where those stand who come before there is an engine that hears them. Any thread may call."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._standing: list[Brought] = []
        self._hear: Callable[[Brought], object] | None = None

    def come(self, brought: Brought) -> None:
        """Be heard, at once or as soon as somebody hears."""
        with self._lock:
            if self._hear is None:
                self._standing.append(brought)
            else:
                self._hear(brought)

    def lead_to(self, hear: Callable[[Brought], object]) -> None:
        """Have all who stand here, and all who come, heard by this."""
        with self._lock:
            for each in self._standing:
                hear(each)
            self._standing, self._hear = [], hear


class Door:
    """Listens until it is closed. folder: the run's; heard: called, in a thread of its own, with each request that
    comes.
    """

    def __init__(self, folder: Path, heard: Callable[[Brought], object]) -> None:
        self._heard = heard
        self._closed = Event()
        self._within: dict[Thread, Event] = {}
        self._folder = folder
        self._socket = socket.socket(socket.AF_UNIX)
        with _short(folder) as place:
            with suppress(FileNotFoundError):
                (folder / NAME).unlink()  # of an owner that died: the run is ours now
            self._socket.bind(f"{place}/{NAME}")
        self._socket.listen(64)
        Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """Accept no more requests. A sender that has an answer gets it first; one without finds the door closed, and
        tries again.
        """
        self._closed.set()
        with suppress(OSError):
            (self._folder / NAME).unlink()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for thread, done in list(self._within.items()):
            done.set()
            if thread is not current_thread():
                thread.join(FAREWELL)

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                visitor, _ = self._socket.accept()
                Thread(target=self._serve, args=(visitor,), daemon=True).start()

    def _serve(self, visitor: socket.socket) -> None:
        try:
            self._attend(visitor)
        finally:
            self._within.pop(current_thread(), None)

    def _attend(self, visitor: socket.socket) -> None:
        with visitor, suppress(OSError, ValueError):
            if sockets.user_of(visitor.fileno()) != os.getuid():
                return
            visitor.settimeout(PATIENCE)
            from orchestrator.engine.requests import read  # noqa: PLC0415 - few runs are asked for anything

            request = read(_line(visitor))
            said: list[Mapping[str, Any]] = []
            done = Event()

            def reply(told: Mapping[str, Any]) -> None:
                said.append(told)
                done.set()

            self._within[current_thread()] = done
            if self._closed.is_set():
                return
            self._heard(Brought(request, reply))
            done.wait()
            if said:
                visitor.sendall(json.dumps(dict(said[0])).encode() + b"\n")


def is_open(folder: Path) -> bool:
    """Whether somebody has the run who hears what is brought."""
    try:
        with socket.socket(socket.AF_UNIX) as visitor, _short(folder) as place:
            visitor.settimeout(FAREWELL)
            visitor.connect(f"{place}/{NAME}")
    except TimeoutError:  # many stand there
        return True
    except OSError:
        return False
    return True


def knock(folder: Path, request: "Request", patience: float = 6 * PATIENCE) -> dict[str, Any] | None:
    """Ask the run's owner. Returns the result, or None if nobody answers. patience: seconds to wait for that."""
    from orchestrator.engine.requests import spelled  # noqa: PLC0415 - as above

    try:
        with socket.socket(socket.AF_UNIX) as visitor, _short(folder) as place:
            visitor.settimeout(patience)
            visitor.connect(f"{place}/{NAME}")
            visitor.sendall(spelled(request))
            said = _line(visitor)
    except OSError:
        return None
    return dict(json.loads(said)) if said.endswith(b"\n") else None


def _line(visitor: socket.socket) -> bytes:
    """What was sent up to the end of a line, or what there was of it."""
    parts: list[bytes] = []
    size = 0
    while size < LONGEST and (part := visitor.recv(65536)):
        parts.append(part)
        size += len(part)
        if part.endswith(b"\n"):
            break
    return b"".join(parts)


@contextmanager
def _short(folder: Path) -> Iterator[str]:
    """A short name of the folder, where there is one: a socket's path has at most 107 bytes. Raises OSError."""
    handle = os.open(folder, kernel.FOLDER)
    try:
        yield kernel.path_of(handle, str(folder))
    finally:
        os.close(handle)
