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
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Final

from orchestrator import kernel
from orchestrator.kernel import sockets
from orchestrator.records import dataclass

if TYPE_CHECKING:
    from orchestrator.engine.requests import Request

NAME: Final = "door"
PATIENCE: Final = 10.0
"""Seconds that somebody may stand in the door and say nothing."""
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


class Door:
    """Listens until it is closed. folder: the run's; heard: called, in a thread of its own, with each request that
    comes.
    """

    def __init__(self, folder: Path, heard: Callable[[Brought], object]) -> None:
        self._heard = heard
        self._closed = Event()
        self._folder = folder
        self._socket = socket.socket(socket.AF_UNIX)
        with _short(folder) as place:
            with suppress(FileNotFoundError):
                (folder / NAME).unlink()  # of an owner that died: the run is ours now
            self._socket.bind(f"{place}/{NAME}")
        self._socket.listen(64)
        Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """Accept no more requests. A sender without an answer finds the door closed, and tries again."""
        self._closed.set()
        with suppress(OSError):
            (self._folder / NAME).unlink()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                visitor, _ = self._socket.accept()
                Thread(target=self._serve, args=(visitor,), daemon=True).start()

    def _serve(self, visitor: socket.socket) -> None:
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

            self._heard(Brought(request, reply))
            while not done.wait(0.1):
                if self._closed.is_set():
                    return
            visitor.sendall(json.dumps(dict(said[0])).encode() + b"\n")


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
