"""The secret key of each run, which seals its events. It is in the user's own folder, not in the project, and in no
task's environment.

`$XDG_CONFIG_HOME/orchestrate/keys/<run>` (else `~/.config/…`), readable by the user alone. A task that runs as the same
user without a sandbox can still open it: docs/concepts/journal.md says what that leaves possible.
"""

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

from orchestrator.beneath import create_below, open_below, private_folder

SIZE: Final = 32
_NAME: Final = re.compile(r"[\w.+@-]{1,200}")


class KeyStore:
    """Keys by run, in a folder that is made with the first of them; None where nothing is kept and nothing is found."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    @property
    def folder(self) -> Path | None:
        """Where the keys are."""
        return self._folder

    def find(self, run: str) -> bytes | None:
        """The run's key, None if there is none here."""
        if self._folder is None or not _usable(run):
            return None
        with suppress(OSError), open_below(self._folder, run) as file:
            key = file.read(SIZE + 1)
            return key if len(key) == SIZE else None
        return None

    def make(self, run: str) -> bytes | None:
        """The run's key, made when it is missing; None where it cannot be kept: then the run is not sealed."""
        if (found := self.find(run)) is not None or self._folder is None or not _usable(run):
            return found
        with suppress(OSError):
            private_folder(self._folder)
            self._write(run, secrets.token_bytes(SIZE))
        return self.find(run)

    def _write(self, run: str, key: bytes) -> None:
        """Write it atomically. If two processes make one at once, the first one's stays."""
        assert self._folder is not None, "asked before"
        beside = f".{secrets.token_hex(8)}"
        descriptor = create_below(self._folder, beside)
        try:
            os.write(descriptor, key)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        try:
            with suppress(FileExistsError):
                os.link(self._folder / beside, self._folder / run, follow_symlinks=False)
        finally:
            (self._folder / beside).unlink(missing_ok=True)


def user_keys() -> KeyStore:
    """The user's keys. Nothing is kept for a user without a home."""
    try:
        base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    except RuntimeError:
        return KeyStore(None)
    return KeyStore(base / "orchestrate" / "keys" if base.is_absolute() else None)


def unfinished_evidence(run: str) -> Path | None:
    """The folder for what attempts of a run record until they end, so that it outlives their orchestrator; None for a
    user without a home.

    It is beside the keys: no task has a name that leads there.
    """
    folder = user_keys().folder
    return folder.parent / "evidence" / run if folder is not None and _usable(run) else None


def _usable(run: str) -> bool:
    return _NAME.fullmatch(run) is not None and not run.startswith(".")
