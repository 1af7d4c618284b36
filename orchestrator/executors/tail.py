"""Read an attempt's file of evidence line by line while it grows."""

import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from orchestrator import kernel
from orchestrator.beneath import set_aside
from orchestrator.executors.folder import EVIDENCE
from orchestrator.executors.heed import Heed, never
from orchestrator.executors.nameless import name_file, named, nameless
from orchestrator.wire import WireError

LONGEST_LINE: Final = 4 * 2**20
LARGEST_FILE: Final = 64 * 2**20
CHUNK: Final = 2**18
MOST_AT_ONCE: Final = 4 * 2**20  # while the task runs: the reader also checks the clock and the stop signal


class EvidenceTail:
    """Makes a file without a name, and reads its lines as it grows.

    address: where the attempt's processes, however far down, append to it. Other tasks find it in no folder.
    """

    def __init__(self, folder: str | Path, hidden: Path | None = None) -> None:
        if hidden is None and not kernel.LINUX:
            hidden = Path(folder) / f".{secrets.token_hex(16)}"
        found = None if hidden is None else named(hidden)
        self._hidden = None if found is None else hidden
        self._descriptor = nameless(folder) if found is None else found
        self.address = kernel.address_of(self._descriptor) or str(hidden)
        self._read = 0
        self._rest = b""

    def lines(self, *, last: bool = False, heed: Heed = never) -> Iterator[bytes]:
        """Every line completed since the last call, of the next 4 MiB. The very last call also returns a line without
        an end.

        Raises WireError beyond limits, and what `heed` raises.
        """
        most = LARGEST_FILE if last else MOST_AT_ONCE
        begun = self._read
        while self._read - begun <= most and (chunk := os.read(self._descriptor, CHUNK)):
            heed()
            self._read += len(chunk)
            if self._read > LARGEST_FILE:
                raise WireError(f"it is larger than {LARGEST_FILE >> 20} MiB; record fewer values, or an artifact")
            *whole, self._rest = (self._rest + chunk).split(b"\n")
            if len(self._rest) > LONGEST_LINE or any(len(line) > LONGEST_LINE for line in whole):
                raise WireError(f"a line is longer than {LONGEST_LINE >> 20} MiB; record fewer values, or an artifact")
            yield from whole
        if last:
            self._check_same_file()
            yield self._rest

    def waiting(self) -> bool:
        """Whether something was not read yet."""
        return os.fstat(self._descriptor).st_size != self._read

    def keep(self, folder: int) -> str | None:
        """Give the file its name in the attempt's folder, now that nobody writes to it.

        A file of that name is renamed, and its new name returned. Raises OSError.
        """
        aside = set_aside(folder, EVIDENCE)
        name_file(self._descriptor, folder, EVIDENCE)
        self._forget()
        return aside

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)
        self._forget()

    def _forget(self) -> None:
        if self._hidden is not None:
            with suppress(OSError):
                self._hidden.unlink()

    def _check_same_file(self) -> None:
        if os.fstat(self._descriptor).st_size != self._read:
            raise WireError("it was cut short while the task ran; only append to it (>>)")
