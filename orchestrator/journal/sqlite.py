"""The journal on disk: one SQLite file in WAL mode, by the standard library's `sqlite3`.

Format and pragmas are described in docs/concepts/journal.md.
"""

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, Final, Literal, NamedTuple

from orchestrator.beneath import FILE_MODE, private_folder
from orchestrator.journal.codec import checksum, decode_event, decode_pieces, encode_event, event_pieces, holds_many
from orchestrator.journal.errors import (
    BrokenSeal,
    DamagedJournal,
    JournalError,
    JournalGone,
    LeaseLost,
    RunOwned,
    UnknownRun,
)
from orchestrator.journal.lease import Lease, Owner, owner_alive, this_owner
from orchestrator.journal.packing import packed, unpacked
from orchestrator.journal.port import RunSummary
from orchestrator.journal.reading import connect_to_read, is_copy
from orchestrator.journal.seals import Mark, Seal, SealCheck, SealState, seal
from orchestrator.journal.sequence import require_sequence
from orchestrator.keys import KeyStore, user_keys
from orchestrator.state.events import Envelope, Event
from orchestrator.strict_json import read_json

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

_STANDING: Final = "SELECT (SELECT fence FROM lease WHERE run = ? AND held), (SELECT max(seq) FROM event WHERE run = ?)"

_EVENTS: Final = "SELECT seq, at, mono, fence, kind, body, checksum FROM event WHERE run = ? AND seq > ? ORDER BY seq"

_RUNS: Final = """
SELECT run, seq, at, mono, fence, kind, body, checksum,
    (SELECT kind FROM event WHERE run = mark.run AND kind <> 'question_answered' ORDER BY seq DESC LIMIT 1),
    (SELECT kind FROM event WHERE run = mark.run AND kind <> 'question_answered' ORDER BY seq DESC LIMIT 1 OFFSET 1)
FROM event AS mark WHERE kind IN ('run_started', 'run_resumed', 'run_finished') ORDER BY rowid
"""
"""The kinds are written as in the index. SQLite uses the index only for a query with the same condition, word for
word.
"""


class _Chain(NamedTuple):
    """A run's key, and the last seal made with it, "" before the first."""

    key: bytes
    mark: str


class SqliteJournal:
    """A JournalPort in the file `path`. The file and its folder are made if missing, unless `readonly`."""

    def __init__(  # noqa: PLR0913 - where, how, and by whom
        self,
        path: Path,
        durability: Durability = "process",
        *,
        readonly: bool = False,
        owner: Owner | None = None,
        alive: Callable[[Owner], bool] = owner_alive,
        keys: KeyStore | None = None,
    ) -> None:
        self.path = path
        self._keys = keys or user_keys()
        self._sealed: dict[str, _Chain | None] = {}
        self._owner = owner or this_owner()
        self._alive = alive
        self._lock = RLock()
        with self._explained():
            self._connection = _open(path, durability, readonly=readonly)
            self._identities = {} if readonly else _identities(path)

    @property
    def stands_still(self) -> bool:
        """Whether it is read as it was when it was opened, and what happens since is not seen."""
        return is_copy(self._connection)

    def acquire(self, run: str) -> int:
        """See JournalPort."""
        with self._writing() as connection:
            lease = self.lease(run)
            if lease is not None and lease.held and self._alive(lease.owner):
                raise RunOwned(run, lease.owner.pid)
            fence = 1 if lease is None else lease.fence + 1
            me = self._owner
            row = (run, fence, me.boot, me.pid, me.started)
            connection.execute("INSERT OR REPLACE INTO lease VALUES (?, ?, ?, ?, ?, 1)", row)
            return fence

    def release(self, run: str, fence: int) -> None:
        """See JournalPort."""
        with self._writing() as connection:
            connection.execute("UPDATE lease SET held = 0 WHERE run = ? AND fence = ?", (run, fence))

    def lease(self, run: str) -> Lease | None:
        """See JournalPort."""
        rows = self._select("SELECT fence, boot, pid, started, held FROM lease WHERE run = ?", run)
        if rows and not _typed(rows[0], _LEASE_TYPES):
            raise DamagedJournal(f"run {run}: its lease cannot be read\n  mend: restore the journal from a copy")
        return next((Lease(run, row[0], Owner(*row[1:4]), bool(row[4])) for row in rows), None)

    def owned(self, run: str) -> Lease | None:
        """See JournalPort."""
        lease = self.lease(run)
        return lease if lease is not None and lease.held and self._alive(lease.owner) else None

    def append(self, run: str, envelopes: Sequence[Envelope]) -> None:
        """See JournalPort. One transaction, with the check of the fence inside it."""
        rows = [_row(run, envelope) for envelope in envelopes]
        self._require_there()
        with self._writing() as connection:
            held, last = connection.execute(_STANDING, (run, run)).fetchone()
            for envelope in envelopes:
                if envelope.fence != held:
                    raise LeaseLost(run, envelope.fence)
            require_sequence(run, [envelope.seq for envelope in envelopes], last or 0)
            connection.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
            chain = self._seal(run, last or 0, rows) if rows else self._sealed.get(run)
        self._sealed[run] = chain

    def _seal(self, run: str, last: int, rows: Sequence[tuple[Any, ...]]) -> _Chain | None:
        """Seal the commit's rows.

        None if the run has no key here: it cannot be stored, or belongs to another machine.
        """
        chain = self._sealed[run] if run in self._sealed else self._chain(run)
        if chain is None:
            return None
        mark = seal(chain.key, chain.mark, last + 1, rows)
        self._connection.execute("INSERT INTO seal VALUES (?, ?, ?, ?)", (run, last + 1, rows[-1][1], mark))
        return _Chain(chain.key, mark)

    def _chain(self, run: str) -> _Chain | None:
        marks = self._marks(run)
        key = self._keys.find(run) if marks else self._keys.make(run)
        return None if key is None else _Chain(key, marks[-1][2] if marks else "")

    def _marks(self, run: str) -> list[Mark]:
        if not self._select("SELECT 1 FROM sqlite_schema WHERE name = 'seal'"):  # of an older version, opened to read
            return []
        rows = self._select("SELECT since, seq, mark FROM seal WHERE run = ? ORDER BY seq", run)
        return [(row[0], row[1], row[2]) for row in rows if _typed(row, (int, int, str))]

    def _require_there(self) -> None:
        """Raise JournalGone if the file, or its write-ahead log, is no longer the one that this process has open."""
        there = _identities(self.path)
        if any(there.get(name) != known for name, known in self._identities.items()):
            raise JournalGone(self.path)
        self._identities = there

    def _checking(self, run: str) -> SealCheck:
        return SealCheck(run, self._keys.find(run), self._marks(run))

    def seal(self, run: str) -> Seal:
        """See JournalPort."""
        with self._snapshot() as connection:
            check = self._checking(run)
            found = connection.execute(_EVENTS, (run, 0))
            while rows := found.fetchmany(1000):
                for row in rows:
                    check.feed(row)
        return check.result()

    def read(self, run: str, after: int = 0, *, unsealed: bool = False) -> tuple[Envelope, ...]:
        """See JournalPort."""
        with self._snapshot():
            rows, end = self._select(_EVENTS, run, after), self._end(run)
            check = self._checking(run) if not (after or unsealed) else None
        if not rows and not self._select("SELECT 1 FROM event WHERE run = ? LIMIT 1", run):
            raise UnknownRun(run)
        require_sequence(run, [row[0] for row in rows], after)
        _require_end(run, rows[-1][0] if rows else after, end)
        found = tuple(_envelope(run, row) for row in rows)
        if check is not None:
            for row in rows:
                check.feed(row)
            _require_sealed(run, check.result())
        return found

    def check(self, run: str) -> int:
        """See JournalPort. It reads a thousand rows at a time, because their texts together can be large."""
        self._require_there()
        last = 0
        with self._snapshot() as connection:
            end, check = self._end(run), self._checking(run)
            found = connection.execute(_EVENTS, (run, 0))
            while rows := found.fetchmany(1000):
                require_sequence(run, [row[0] for row in rows], last)
                for row in rows:
                    _require_whole(run, row)
                    check.feed(row)
                last = rows[-1][0]
        if not last:
            raise UnknownRun(run)
        _require_end(run, last, end)
        _require_sealed(run, check.result())
        return last

    def _end(self, run: str) -> int:
        """The run's last seq by the table, read backwards without its index; 0 if there is none."""
        rows = self._select("SELECT seq FROM event NOT INDEXED WHERE run = ? ORDER BY rowid DESC LIMIT 1", run)
        return rows[0][0] if rows and isinstance(rows[0][0], int) else 0

    def runs(self) -> tuple[RunSummary, ...]:
        """See JournalPort."""
        marks: dict[str, list[tuple[Any, ...]]] = {}
        for run, *row in self._select(_RUNS):
            _require_whole(run, row[:7])
            marks.setdefault(run, []).append(tuple(row))
        return tuple(_summary(run, sorted(rows)) for run, rows in marks.items())

    def close(self) -> None:
        """See JournalPort."""
        with self._lock, self._explained():
            self._connection.close()

    def _select(self, statement: str, *values: object) -> list[Any]:
        with self._lock, self._explained():
            return self._connection.execute(statement, values).fetchall()

    @contextmanager
    def _snapshot(self) -> Iterator[sqlite3.Connection]:
        """All reads inside see one moment: events and their seals belong together."""
        with self._lock, self._explained():
            self._connection.execute("BEGIN")
            try:
                yield self._connection
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("COMMIT")

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction that locks the file from its beginning, so that what it reads still holds when it writes."""
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                with self._explained():
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
                    raise

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """SQLite's and the system's errors as JournalError, with a mend."""
        try:
            yield
        except (sqlite3.Error, OSError, UnicodeDecodeError) as error:
            kind = DamagedJournal if _is_damage(error) else JournalError
            said = error.strerror if isinstance(error, OSError) else error  # its own text repeats number and path
            raise kind(f"{self.path}: {said}\n  mend: {_mend(error)}") from error


def _open(path: Path, durability: Durability, *, readonly: bool) -> sqlite3.Connection:
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


def _identities(path: Path) -> dict[str, tuple[int, int]]:
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


_MENDS: Final = {
    "full": "free space on its disk, then continue with `orchestrate resume`; nothing committed is lost",
    "readonly": "make the file and its folder writable, or choose another folder with --state",
    "read-only": "make the file and its folder writable, or choose another folder with --state",
    "permission": "make the state folder writable, or choose another one with --state",
    "unable to open": "make the state folder writable, or choose another one with --state",
    "no journal here": "nothing has run in this state folder: start with `orchestrate run PLAN`, or name another one "
    "with --state",
    "no space": "free space on its disk, and try again",
    "not a directory": "make the state folder writable, or choose another one with --state",
    "not a": "the file is damaged or no journal; move it away, or choose another folder with --state",
    "malformed": "restore the journal from a copy, or move it away and start again",
    "not followed": "put the journal itself in the link's place, or choose another folder with --state",
    "newer": "use the newer version of this program that wrote it",
    "locked": "another orchestrator keeps it busy; try again when it is done",
    "i/o error": "check the disk, then continue with `orchestrate resume`; nothing committed is lost",
}


def _mend(error: Exception) -> str:
    text = str(error).lower()
    otherwise = _MENDS["unable to open"] if isinstance(error, OSError) else "check the state folder and its disk"
    return next((mend for sign, mend in _MENDS.items() if sign in text), otherwise)


def _is_damage(error: Exception) -> bool:
    text = str(error).lower()
    said = isinstance(error, sqlite3.Error) and any(sign in text for sign in ("malformed", "not a", "decode"))
    return said or isinstance(error, UnicodeDecodeError)


def _row(run: str, envelope: Envelope) -> tuple[object, ...]:
    body: str | bytes = (
        encode_event(envelope.event) if not holds_many(envelope.event) else packed(event_pieces(envelope.event))
    )
    said = (envelope.seq, envelope.at, envelope.mono, envelope.fence, envelope.event.kind, body)
    return (run, *said, checksum(run, *said))


def _envelope(run: str, row: tuple[Any, ...]) -> Envelope:
    _require_whole(run, row)
    seq, at, mono, fence, _, body, _ = row
    return Envelope(seq, at, mono, fence, decode_event(body) if isinstance(body, str) else _unpacked(run, seq, body))


def _unpacked(run: str, seq: int, body: bytes) -> Event:
    try:
        return decode_pieces(unpacked(body))
    except DamagedJournal as error:
        raise DamagedJournal(f"run {run}, event {seq}: {error}") from error


_EVENT_TYPES: Final = (int, float, float, int, str, str, str)
_PACKED_TYPES: Final = (int, float, float, int, str, bytes, str)
_LEASE_TYPES: Final = (int, str, int, float, int)


def _require_end(run: str, last: int, end: int) -> None:
    """Raise DamagedJournal if the index has lost the run's last events."""
    if last < end:
        raise DamagedJournal(
            f"run {run}: its events end at {last} by the index, and at {end} by the table\n"
            "  mend: restore the journal from a copy",
        )


def _require_sealed(run: str, found: Seal) -> None:
    """Raise BrokenSeal if another program wrote to the run."""
    if found.state is SealState.BROKEN:
        raise BrokenSeal(run, found.detail)


def _typed(row: Sequence[Any], types: tuple[type, ...]) -> bool:
    """Whether SQLite returns the types that were stored.

    A value's type is stored in the file, and can be damaged too.
    """
    return tuple(map(type, row)) == types


def _require_whole(run: str, row: Sequence[Any]) -> None:
    """Raise DamagedJournal unless the row matches its checksum."""
    *said, written = row
    if not (_typed(row, _EVENT_TYPES) or _typed(row, _PACKED_TYPES)) or checksum(run, *said) != written:
        raise DamagedJournal(
            f"run {run}, event {said[0]}: what was read is not what was written\n"
            "  mend: the disk or another program changed it; restore the journal from a copy",
        )


def _summary(run: str, marks: Sequence[tuple[Any, ...]]) -> RunSummary:
    """The summary of a run, from the rows that begin, end and resume it, in order of seq.

    Each of `marks` also ends with the kinds of the run's last two rows.
    """
    begun, ended = marks[0], marks[-1]
    try:
        code = read_json(ended[5])["exit_code"] if ended[4] == "run_finished" else None
        return RunSummary(
            run, str(read_json(begun[5])["plan_id"]), begun[1], begun[7], code, begun[8] == "criterion_judged"
        )
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedJournal(
            f"run {run}: its first event cannot be read\n  mend: restore the journal from a copy",
        ) from error
