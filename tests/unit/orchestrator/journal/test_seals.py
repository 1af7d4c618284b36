import os
import sqlite3

import pytest

from orchestrator.journal.codec import checksum
from orchestrator.journal.errors import BrokenSeal, JournalError, JournalGone
from orchestrator.journal.seals import SealState
from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.keys import KeyStore
from orchestrator.state.events import Envelope, ProgressReported, RunFinished, RunStarted

RUN = "demo-1"
STARTED = RunStarted(RUN, "demo", "d", "schema: 1\n", "plan.yaml", {}, {}, (), {})


@pytest.fixture
def keys(tmp_path):
    return KeyStore(tmp_path / "config" / "keys")


@pytest.fixture
def path(tmp_path, keys):
    """A run of three commits."""
    journal = SqliteJournal(tmp_path / "journal.sqlite", keys=keys)
    fence = journal.acquire(RUN)
    events = (STARTED, ProgressReported(1, 3, ()), ProgressReported(2, 3, ()), RunFinished(3))
    for first, last in ((0, 1), (1, 3), (3, 4)):
        journal.append(
            RUN, [Envelope(seq, 5.0, 0.0, fence, each) for seq, each in enumerate(events[first:last], first + 1)]
        )
    journal.release(RUN, fence)
    journal.close()
    return tmp_path / "journal.sqlite"


def change(path, statement, *values):
    with sqlite3.connect(path) as connection:
        connection.execute(statement, values)
    connection.close()


def rewrite(path, seq, old, new):
    """Change a row with a right checksum, as a program that has no key can."""
    with sqlite3.connect(path) as connection:
        (row,) = connection.execute("SELECT seq, at, mono, fence, kind, body FROM event WHERE seq = ?", (seq,))
        body = row[-1].replace(old, new)
        assert body != row[-1]
        marked = checksum(RUN, *row[:-1], body)
        connection.execute("UPDATE event SET body = ?, checksum = ? WHERE seq = ?", (body, marked, seq))
    connection.close()


def state_of(path, keys):
    journal = SqliteJournal(path, readonly=True, keys=keys)
    try:
        return journal.seal(RUN)
    finally:
        journal.close()


def test_a_run_that_nobody_else_wrote_to_is_sound(path, keys):
    assert state_of(path, keys).state is SealState.SOUND
    journal = SqliteJournal(path, keys=keys)
    assert journal.check(RUN) == len(journal.read(RUN)) == 4
    journal.close()


@pytest.mark.parametrize(
    "harm",
    [
        lambda path: rewrite(path, 2, '"settled":1', '"settled":9'),
        lambda path: rewrite(path, 4, '"exit_code":3', '"exit_code":0'),
        lambda path: change(path, "DELETE FROM seal"),
        lambda path: change(path, "DELETE FROM seal WHERE seq = 4"),
        lambda path: change(path, "DELETE FROM seal WHERE seq = 1"),
        lambda path: change(path, "DELETE FROM event WHERE seq = 4"),
        lambda path: change(path, "UPDATE seal SET since = 3 WHERE seq = 3"),
        lambda path: change(path, "UPDATE seal SET mark = 7"),
    ],
)
def test_what_another_program_wrote_is_never_read_as_the_runs(path, keys, harm):
    harm(path)
    journal = SqliteJournal(path, keys=keys)
    with pytest.raises(BrokenSeal, match=r"mend: .*verify") as caught:
        journal.read(RUN)
    assert caught.value.exit_code == 4
    with pytest.raises(BrokenSeal):
        journal.check(RUN)
    assert journal.seal(RUN).state is SealState.BROKEN
    assert journal.read(RUN, unsealed=True)
    journal.close()


def test_where_the_key_is_not_the_seals_are_told_as_unchecked(path, tmp_path):
    assert state_of(path, KeyStore(tmp_path / "elsewhere")).state is SealState.NO_KEY
    assert state_of(path, KeyStore(None)).state is SealState.NO_KEY


def test_a_run_of_an_older_version_is_read_and_what_is_added_is_sealed(path, tmp_path):
    change(path, "DROP TABLE seal")
    newer = KeyStore(tmp_path / "newer")
    assert state_of(path, newer).state is SealState.OLDER
    journal = SqliteJournal(path, keys=newer)
    fence = journal.acquire(RUN)
    journal.append(RUN, [Envelope(5, 6.0, 0.0, fence, ProgressReported(3, 3, ()))])
    journal.release(RUN, fence)
    assert journal.seal(RUN).state is SealState.OLDER
    assert len(journal.read(RUN)) == 5
    journal.close()
    rewrite(path, 5, '"settled":3', '"settled":9')
    assert state_of(path, newer).state is SealState.BROKEN


def test_a_run_goes_on_unsealed_where_no_key_can_be_kept(tmp_path):
    (tmp_path / "file").write_text("in the way")
    journal = SqliteJournal(tmp_path / "journal.sqlite", keys=KeyStore(tmp_path / "file" / "keys"))
    fence = journal.acquire(RUN)
    journal.append(RUN, [Envelope(1, 5.0, 0.0, fence, STARTED)])
    assert journal.seal(RUN).state is SealState.OLDER
    assert len(journal.read(RUN)) == 1
    journal.close()


@pytest.mark.usefixtures("path")
def test_a_key_is_the_users_alone(keys, tmp_path):
    (key,) = (tmp_path / "config" / "keys").iterdir()
    assert key.stat().st_mode & 0o777 == 0o600
    assert keys.find(RUN) == key.read_bytes()
    assert keys.make(RUN) == key.read_bytes()
    assert keys.find("../keys/demo-1") is None


@pytest.mark.parametrize("harm", ["removed", "replaced", "log removed", "folder removed"])
def test_a_journal_that_goes_away_is_found_at_the_next_commit(tmp_path, keys, harm):
    folder = tmp_path / "state"
    journal = SqliteJournal(folder / "journal.sqlite", keys=keys)
    fence = journal.acquire(RUN)
    journal.append(RUN, [Envelope(1, 5.0, 0.0, fence, STARTED)])
    if harm == "removed":
        (folder / "journal.sqlite").unlink()
    elif harm == "log removed":
        (folder / "journal.sqlite-wal").unlink()
    elif harm == "replaced":
        (folder / "copy").write_bytes((folder / "journal.sqlite").read_bytes())
        (folder / "copy").replace(folder / "journal.sqlite")
    else:
        folder.rename(tmp_path / "elsewhere")
    with pytest.raises(JournalGone, match="mend: "):
        journal.append(RUN, [Envelope(2, 6.0, 1.0, fence, RunFinished(0))])
    journal.close()


def test_a_new_journal_is_its_owners_alone(tmp_path, keys):
    before = os.umask(0)
    try:
        journal = SqliteJournal(tmp_path / "state" / "journal.sqlite", keys=keys)
        journal.acquire(RUN)
        found = {entry.name: entry.stat().st_mode & 0o777 for entry in (tmp_path / "state").iterdir()}
        journal.close()
    finally:
        os.umask(before)
    assert set(found.values()) == {0o600}
    assert {"journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm"} <= set(found)
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700


def test_a_journal_that_is_a_link_is_not_followed(path, tmp_path, keys):
    (tmp_path / "link.sqlite").symlink_to(path)
    for readonly in (False, True):
        with pytest.raises(JournalError, match=r"symbolic link[\s\S]*mend: "):
            SqliteJournal(tmp_path / "link.sqlite", readonly=readonly, keys=keys)
