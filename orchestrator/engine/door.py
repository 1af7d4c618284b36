"""The door of a run: a socket at which other processes of the same user bring answers while an orchestrator has the run.

Who knocks is told only once what they brought is durable. Where nobody has the run there is no door, and they take it for a moment.
"""

import json
import os
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Event, Thread
from typing import Final

from pydantic import TypeAdapter, ValidationError

from orchestrator.journal.codec import plain
from orchestrator.state.people import Answer

NAME: Final = "door"
PATIENCE: Final = 10.0
"""Seconds that somebody may stand in the door and say nothing."""
LONGEST: Final = 1 << 20
"""Bytes of what is brought."""


@dataclass(frozen=True, slots=True)
class Brought:
    """An answer that somebody brought. reply: told once it is durable (""), or why it is refused."""

    task: str
    answer: Answer
    reply: Callable[[str], object]


class Door:
    """Listens until it is closed. folder: the run's; heard: called, in a thread of its own, with each answer that comes."""

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
        """Let nobody in any more. Who was not answered finds the door shut, and comes again."""
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
            if _user(visitor) != os.getuid():
                return
            visitor.settimeout(PATIENCE)
            task, answer = _read(visitor)
            said: list[str] = []
            done = Event()

            def reply(text: str) -> None:
                said.append(text)
                done.set()

            self._heard(Brought(task, answer, reply))
            while not done.wait(0.1):
                if self._closed.is_set():
                    return
            visitor.sendall(json.dumps({"refused": said[0]}).encode() + b"\n")


def knock(folder: Path, task: str, answer: Answer) -> str | None:
    """Bring an answer to whoever has the run: "" once it is durable, why it was refused, or None where nobody answers."""
    try:
        with socket.socket(socket.AF_UNIX) as visitor, _short(folder) as place:
            visitor.settimeout(6 * PATIENCE)
            visitor.connect(f"{place}/{NAME}")
            visitor.sendall(json.dumps({"task": task, "answer": plain(answer)}).encode() + b"\n")
            said = _line(visitor)
    except OSError:
        return None
    return str(json.loads(said)["refused"]) if said else None


def _read(visitor: socket.socket) -> tuple[str, Answer]:
    """What somebody brings. Raises ValueError for what is no answer."""
    brought = json.loads(_line(visitor))
    try:
        return str(brought["task"]), _reader().validate_python(brought["answer"])
    except (KeyError, TypeError, ValidationError) as error:
        raise ValueError(str(error)) from error


@cache
def _reader() -> TypeAdapter[Answer]:
    return TypeAdapter(Answer)


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


def _user(visitor: socket.socket) -> int:
    """The user whose process is at the other end, as the system says."""
    facts = visitor.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", facts)[1])


@contextmanager
def _short(folder: Path) -> Iterator[str]:
    """A short name of the folder: a socket's path has at most 107 bytes. Raises OSError."""
    handle = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{handle}"
    finally:
        os.close(handle)
