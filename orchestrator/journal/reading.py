"""Open a journal to read it, even if nothing can be written: in another user's folder, or on a read-only medium.

SQLite reads a file in WAL mode together with two others beside it, and makes them if they are missing. If it cannot, a
copy is read.
"""

import os
import pwd
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final

from orchestrator.journal.errors import JournalError
from orchestrator.leaving import owing

BESIDE: Final = ("", "-wal")
TRIES: Final = 5
_NEEDS_TO_WRITE: Final = ("readonly", "unable to open")


class _Copy(sqlite3.Connection):
    """A connection to a copy, which is removed when the connection is closed."""

    kept: ExitStack | None = None

    def close(self) -> None:
        super().close()
        if self.kept is not None:
            self.kept.close()


def is_copy(connection: sqlite3.Connection) -> bool:
    """Whether it reads a copy, which what happens later is not in."""
    return isinstance(connection, _Copy)


def connect_to_read(path: Path, patience: float) -> sqlite3.Connection:
    """A connection, for any thread, that reads the journal and changes nothing. patience: seconds to wait for a lock.

    Raises FileNotFoundError, JournalError, OSError, sqlite3.Error.
    """
    require_readable(path)
    try:
        return _connect_in_place(path, patience)
    except sqlite3.OperationalError as error:
        if not any(sign in str(error) for sign in _NEEDS_TO_WRITE):
            raise
    return _connect_to_copy(path)


def _connect_in_place(path: Path, patience: float) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(address, uri=True, timeout=patience, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA user_version").fetchone()  # only now does SQLite look at the files beside it
    except BaseException:
        connection.close()
        raise
    return connection


def require_readable(path: Path) -> None:
    """Raise FileNotFoundError if there is no such file, JournalError if this user may not read it.

    The file is not opened for that. To close any descriptor of it would drop the locks that SQLite holds on it in this
    process (fcntl(2)), and then another process could remove the write-ahead log of a run that is under way here.
    """
    try:
        there = path.stat()
        readable = os.access(path, os.R_OK, effective_ids=os.access in os.supports_effective_ids)
    except PermissionError:
        readable = False
    except FileNotFoundError:
        raise FileNotFoundError(2, "no journal here", str(path)) from None
    if not readable:
        raise JournalError(_refusal(path, path.parent))
    if not stat.S_ISREG(there.st_mode):
        raise FileNotFoundError(2, "no journal here", str(path))


@contextmanager
def refusals_told(state: Path) -> Iterator[None]:
    """Within the block, a file below the state folder that this user may not read is reported as the journal would be.
    Raises JournalError.
    """
    try:
        yield
    except PermissionError as error:
        named = Path(os.fsdecode(error.filename or ""))
        path = named if named.is_relative_to(state) else state / named
        if not path.is_relative_to(state) or not _may_be_there(path):
            raise
        raise JournalError(_refusal(path, state)) from None


def _may_be_there(path: Path) -> bool:
    try:
        path.lstat()
    except PermissionError:  # a folder above it is closed
        return True
    except OSError:
        return False
    return True


def _refusal(path: Path, state: Path) -> str:
    """Which folder or file on the way is closed, whose it is, and how it is opened. state: the folder that is
    opened as a whole.
    """
    absolute, whole = path.absolute(), state.absolute()
    way = [*reversed(absolute.parents)]
    closed = next((one for one in way if not os.access(one, os.X_OK)), absolute)
    owner, mode = "another user", ""
    with suppress(OSError, KeyError):
        facts = closed.stat()
        mode = f" (mode {stat.S_IMODE(facts.st_mode):04o})"
        owner = f"user {facts.st_uid}"
        owner = f"user {pwd.getpwuid(facts.st_uid).pw_name}"
    return (
        f"{path}: you may not read it: {closed} belongs to {owner} and is closed to you{mode}\n"
        f"  mend: read it as {owner}, or have them open it with `chmod -R a+rX {min(whole, closed)}`"
    )


def _connect_to_copy(path: Path) -> sqlite3.Connection:
    folder = Path(tempfile.mkdtemp(prefix="orchestrate-journal-"))
    kept = ExitStack()
    kept.callback(shutil.rmtree, folder, ignore_errors=True)
    kept.enter_context(owing(partial(shutil.rmtree, folder, ignore_errors=True)))
    try:
        _copy_unchanged(path, folder / path.name)
        connection = sqlite3.connect(folder / path.name, factory=_Copy, isolation_level=None, check_same_thread=False)
        connection.kept = kept
    except BaseException:
        kept.close()
        raise
    return connection


def _copy_unchanged(path: Path, target: Path) -> None:
    """A copy of one moment. A file that was written to meanwhile is copied again."""
    for _ in range(TRIES):
        before = _facts(path)
        for name in BESIDE:
            with suppress(FileNotFoundError):
                shutil.copyfile(f"{path}{name}", f"{target}{name}")
        if _facts(path) == before:
            return
        for name in BESIDE:
            Path(f"{target}{name}").unlink(missing_ok=True)
    raise JournalError(
        f"{path}: it is written to faster than it can be copied, and this user may not read it in place\n"
        "  mend: try again when the run is done, or read it as its owner"
    )


def _facts(path: Path) -> list[tuple[int, int, int, int] | None]:
    found: list[tuple[int, int, int, int] | None] = []
    for name in BESIDE:
        try:
            facts = os.stat(f"{path}{name}")  # noqa: PTH116 - a suffix, and no path of its own
        except FileNotFoundError:
            found.append(None)
        else:
            found.append((facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns))
    return found
