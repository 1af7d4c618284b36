"""Keep what a task prints: the first part of it in a file, the rest drained and counted."""

import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from orchestrator.beneath import private
from orchestrator.executors.heed import never
from orchestrator.executors.printed import ENDING
from orchestrator.executors.room import with_room
from orchestrator.secrets import MaskedStream

CAP: Final = 16 * 2**20
CHUNK: Final = 2**16
CHUNKS_AT_ONCE: Final = 64


class CappedLog:
    """Copies a pipe into a file, up to `cap` bytes. The rest is read (or the task would block) and dropped.

    Secrets are masked on the way: those given, and what looks like one.
    The file is made with the first byte, and is not written where the task made something of that name. Memory: one
    chunk of 64 KiB. A disk that refuses the log does not fail the task: the rest is dropped too.
    ending: the last bytes of all that was printed, also beyond the cap.
    """

    def __init__(self, pipe: int, path: str | Path, cap: int = CAP, secrets: Iterable[str] = ()) -> None:
        os.set_blocking(pipe, False)
        self.pipe = pipe
        self.dropped = 0
        self.seen = 0
        self.ending = b""
        self._left = cap
        self._path = path
        self._file: io.FileIO | None = None
        self._finished = False
        self._masked = MaskedStream(secrets)

    def pump(self) -> bool:
        """Copy what is there, up to 4 MiB. Returns False once every writer has closed the pipe."""
        for _ in range(CHUNKS_AT_ONCE):
            try:
                chunk = os.read(self.pipe, CHUNK)
            except BlockingIOError:
                return True
            if not chunk:
                return False
            self._keep(self._masked.feed(chunk))
        return True

    def finish(self, *, made: bool = False) -> None:
        """Say in the file what was dropped, and close it for good. made: make the file even if nothing was printed."""
        if self._finished:
            return
        self._finished = True
        self._keep(self._masked.flush())
        if self.dropped:
            self._write(b"\n[orchestrate: %d more bytes were not kept]\n" % self.dropped)
        elif made:
            self._write(b"")
        if self._file is not None:
            self._file.close()

    def close(self) -> None:
        """As `finish`, if that was not called."""
        self.finish()

    def _keep(self, chunk: bytes) -> None:
        self.seen += len(chunk)
        self.ending = (self.ending + chunk)[-ENDING:] if len(chunk) < ENDING else chunk[-ENDING:]
        kept = chunk[: self._left]
        self._left -= len(kept)
        self.dropped += len(chunk) - len(kept)
        if kept and not self._write(kept):
            self.dropped += len(kept)
            self._left = 0

    def _write(self, data: bytes) -> bool:
        try:
            if self._file is None:
                # Do not follow a pipe or link that the task put there.
                self._file = with_room(lambda: io.FileIO(self._path, "xb", opener=private), never)
            self._file.write(data)
        except OSError:
            return False
        return True
