"""Open the file of a journal, or make it: private, of our format, with its pragmas (docs/concepts/journal.md)."""

import errno
import os
import sqlite3
from pathlib import Path
from typing import Final, Literal

from orchestrator.beneath import FILE_MODE, private_folder
from orchestrator.journal.reading import connect_to_read

Durability = Literal["process", "power"]
SYNCHRONOUS: Final = {"process": "NORMAL", "power": "FULL"}
"""`process`: a commit survives the death of any process. `power`: also a power cut (fsync at every commit)."""
APPLICATION_ID: Final = 0x57534F31  # "WSO1"
FORMAT_VERSION: Final = 1
BUSY_SECONDS: Final = 30.0
CHECKPOINT_PAGES: Final = 4_000  # of 4 KiB in the write-ahead log; a checkpoint syncs both files, so it is rare
SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS event (
    run TEXT NOT NULL, seq INTEGER NOT NULL, at REAL NOT NULL, mono REAL NOT NULL, fence INTEGER NOT NULL,
    kind TEXT NOT NULL, body TEXT NOT NULL, checksum TEXT NOT NULL, UNIQUE (run, seq)
);
CREATE INDEX IF NOT EXISTS event_kind ON event (kind, run, seq) WHERE kind IN ('run_started', 'run_resumed', 'run_finished');
CREATE TABLE IF NOT EXISTS lease (
    run TEXT PRIMARY KEY, fence INTEGER NOT NULL, boot TEXT NOT NULL, pid INTEGER NOT NULL, started REAL NOT NULL,
    held INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS seal (
    run TEXT NOT NULL, since INTEGER NOT NULL, seq INTEGER NOT NULL, mark TEXT NOT NULL, PRIMARY KEY (run, seq)
) WITHOUT ROWID;
"""  # noqa: E501


def opened(path: Path, durability: Durability, *, readonly: bool) -> sqlite3.Connection:
    """A connection to the journal's file. Raises OSError, sqlite3.Error."""
    if os.path.islink(path):  # noqa: PTH114 - pathlib's raises if the folder may not be searched
        raise OSError(errno.ELOOP, "it is a symbolic link, which is not followed", str(path))
    if not readonly:
        private_folder(path.parent)
        _make_private(path)
    if readonly:
        connection = connect_to_read(path, BUSY_SECONDS)
    else:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rwc", uri=True, timeout=BUSY_SECONDS, isolation_level=None,
            check_same_thread=False,
        )  # fmt: skip
    try:
        _prepare(connection, durability, readonly=readonly)
    except BaseException:
        connection.close()
        raise
    return connection


def _make_private(path: Path) -> None:
    """Make the file, for its owner alone, before SQLite does. What SQLite puts beside it gets the same mode.

    Raises OSError.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, FILE_MODE))
    except FileExistsError:
        return


def identities(path: Path) -> dict[str, tuple[int, int]]:
    """Device and inode of the journal's file and of its write-ahead log, if they exist."""
    found = {}
    for name in (str(path), f"{path}-wal"):
        try:
            facts = os.lstat(name)
        except FileNotFoundError:
            continue
        found[name] = (facts.st_dev, facts.st_ino)
    return found


def _prepare(connection: sqlite3.Connection, durability: Durability, *, readonly: bool) -> None:
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if readonly and not tables:  # its owner is about to make it
        raise FileNotFoundError(2, "no journal here")
    if tables and application != APPLICATION_ID:
        raise sqlite3.DatabaseError("file is not a journal of this program")
    if version > FORMAT_VERSION:
        raise sqlite3.NotSupportedError(f"journal format {version} is newer than {FORMAT_VERSION}")
    if readonly:
        return
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {SYNCHRONOUS[durability]}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    connection.execute("BEGIN IMMEDIATE")  # of two that open a new file at once, one waits
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
    for statement in SCHEMA.split(";\n"):
        connection.execute(statement)
    connection.execute("COMMIT")
