"""A record, beside the journal, of messages that were sent and that could not be sent. So a resume does not send one
again.

The journal has what happened in the run. This file only has what happened to messages about it, often after its end.
"""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from orchestrator.beneath import FILE_MODE, open_below, private_folder

NAME: Final = "told.jsonl"
LARGEST: Final = 1 << 22  # bytes of it that are read


@dataclass(frozen=True, slots=True)
class Sent:
    """One try to tell one of them. key, subject, title: of the news. target: who, by name. at: wall clock seconds.
    problem: why not, "" where it was sent.
    """

    key: str
    subject: str
    title: str
    target: str
    at: float
    problem: str = ""


class Record:
    """What was told of one run. Several threads may use it."""

    def __init__(self, state: Path, run: str) -> None:
        self._folder = state / "runs" / run
        self._lock = threading.Lock()
        self._sent = {(each.key, each.target) for each in tried(state, run) if not each.problem}

    def was_sent(self, key: str, target: str) -> bool:
        """Whether that one knows it already."""
        return (key, target) in self._sent

    def note(self, sent: Sent) -> None:
        """Keep it. A folder that cannot be written loses it: then a resume may tell the same again."""
        line = json.dumps(asdict(sent), ensure_ascii=False) + "\n"
        with self._lock:
            if not sent.problem:
                self._sent.add((sent.key, sent.target))
            with suppress(OSError):
                private_folder(self._folder.parent)
                private_folder(self._folder)
                _append(self._folder / NAME, line.encode())


def tried(state: Path, run: str) -> tuple[Sent, ...]:
    """All that was tried for a run, in order; nothing where there is no such file. What cannot be read is left out."""
    with suppress(OSError), open_below(state, f"runs/{run}/{NAME}", sole=True) as file:
        return tuple(_read(file.read(LARGEST)))
    return ()


def untold(state: Path, run: str) -> tuple[Sent, ...]:
    """What could not be told in the end: the last try of each that did not succeed."""
    last = {(each.key, each.target): each for each in tried(state, run)}
    return tuple(each for each in last.values() if each.problem)


def _read(data: bytes) -> Iterator[Sent]:
    for line in data.splitlines():
        with suppress(ValueError, TypeError):
            yield Sent(**json.loads(line))


def _append(path: Path, line: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    descriptor = os.open(path, flags, FILE_MODE)
    try:
        os.write(descriptor, line)
    finally:
        os.close(descriptor)
