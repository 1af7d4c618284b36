"""The journal on disk: one SQLite file in WAL mode, by the standard library's `sqlite3`.

Format and pragmas are described in docs/concepts/journal.md.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, Final, NamedTuple

from orchestrator.journal.errors import (
    DamagedJournal,
    JournalError,
    JournalGone,
    LeaseLost,
    RunOwned,
    UnknownRun,
)
from orchestrator.journal.lease import Lease, Owner, owner_alive, this_owner
from orchestrator.journal.mends import is_damage, mend_of
from orchestrator.journal.opening import Durability, identities, opened
from orchestrator.journal.port import RunSummary
from orchestrator.journal.reading import is_copy
from orchestrator.journal.rows import (
    LEASE_TYPES,
    envelope_of,
    require_end,
    require_sealed,
    require_whole,
    row_of,
    summary_of,
    typed,
)
from orchestrator.journal.seals import Mark, Seal, SealCheck, seal
from orchestrator.journal.sequence import require_sequence
from orchestrator.keys import KeyStore, user_keys
from orchestrator.state.events import Envelope

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
            self._connection = opened(path, durability, readonly=readonly)
            self._identities = {} if readonly else identities(path)

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
        if rows and not typed(rows[0], LEASE_TYPES):
            raise DamagedJournal(f"run {run}: its lease cannot be read\n  mend: restore the journal from a copy")
        return next((Lease(run, row[0], Owner(*row[1:4]), bool(row[4])) for row in rows), None)

    def owned(self, run: str) -> Lease | None:
        """See JournalPort."""
        lease = self.lease(run)
        return lease if lease is not None and lease.held and self._alive(lease.owner) else None

    def append(self, run: str, envelopes: Sequence[Envelope]) -> None:
        """See JournalPort. One transaction, with the check of the fence inside it."""
        rows = [row_of(run, envelope) for envelope in envelopes]
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
        return [(row[0], row[1], row[2]) for row in rows if typed(row, (int, int, str))]

    def _require_there(self) -> None:
        """Raise JournalGone if the file, or its write-ahead log, is no longer the one that this process has open."""
        there = identities(self.path)
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
        require_end(run, rows[-1][0] if rows else after, end)
        found = tuple(envelope_of(run, row) for row in rows)
        if check is not None:
            for row in rows:
                check.feed(row)
            require_sealed(run, check.result())
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
                    require_whole(run, row)
                    check.feed(row)
                last = rows[-1][0]
        if not last:
            raise UnknownRun(run)
        require_end(run, last, end)
        require_sealed(run, check.result())
        return last

    def _end(self, run: str) -> int:
        """The run's last seq by the table, read backwards without its index; 0 if there is none."""
        rows = self._select("SELECT seq FROM event NOT INDEXED WHERE run = ? ORDER BY rowid DESC LIMIT 1", run)
        return rows[0][0] if rows and isinstance(rows[0][0], int) else 0

    def runs(self) -> tuple[RunSummary, ...]:
        """See JournalPort."""
        marks: dict[str, list[tuple[Any, ...]]] = {}
        for run, *row in self._select(_RUNS):
            require_whole(run, row[:7])
            marks.setdefault(run, []).append(tuple(row))
        return tuple(summary_of(run, sorted(rows)) for run, rows in marks.items())

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
            kind = DamagedJournal if is_damage(error) else JournalError
            said = error.strerror if isinstance(error, OSError) else error  # its own text repeats number and path
            raise kind(f"{self.path}: {said}\n  mend: {mend_of(error)}") from error
