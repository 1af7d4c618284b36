import os
import sqlite3
import subprocess
import sys

import pytest

from orchestrator.journal.errors import DamagedJournal, JournalError
from orchestrator.journal.lease import Owner, owner_alive, this_owner
from orchestrator.journal.opening import SYNCHRONOUS
from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.process import boot_id, process_started
from orchestrator.state.events import Envelope, ProgressReported, RunFinished, RunStarted

STARTED = RunStarted("demo-1", "demo", "d", "schema: 1\n", "plan.yaml", {}, {}, (), {})


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "journal.sqlite"
    journal = SqliteJournal(file)
    fence = journal.acquire("demo-1")
    journal.append("demo-1", [Envelope(1, 5.0, 0.0, fence, STARTED), Envelope(2, 6.0, 1.0, fence, RunFinished(3))])
    journal.close()
    return file


def change(path, statement):
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        """UPDATE event SET body = replace(body, '3', '0') WHERE seq = 2""",
        "UPDATE event SET at = at + 1 WHERE seq = 1",
        "UPDATE event SET fence = 9 WHERE seq = 2",
        "UPDATE event SET kind = 'run_resumed' WHERE seq = 2",
        "UPDATE event SET body = 'x' WHERE seq = 1",
        "DELETE FROM event WHERE seq = 1",
    ],
)
def test_a_changed_row_is_found_when_it_is_read(path, statement):
    change(path, statement)
    journal = SqliteJournal(path)
    with pytest.raises(DamagedJournal, match="mend: ") as caught:
        journal.read("demo-1")
    assert caught.value.exit_code == 4
    with pytest.raises(DamagedJournal, match="mend: "):
        journal.check("demo-1")
    journal.close()


def test_a_check_looks_at_every_event_of_a_long_run(tmp_path):
    journal = SqliteJournal(tmp_path / "journal.sqlite")
    fence = journal.acquire("demo-1")
    reports = [Envelope(seq, 5.0, 0.0, fence, ProgressReported(seq, 3000, ())) for seq in range(2, 3001)]
    journal.append("demo-1", [Envelope(1, 5.0, 0.0, fence, STARTED), *reports])
    assert journal.check("demo-1") == 3000
    change(journal.path, "UPDATE event SET body = replace(body, '3000', '3001') WHERE seq = 2999")
    with pytest.raises(DamagedJournal, match="event 2999"):
        journal.check("demo-1")
    journal.close()


def test_a_file_that_is_no_journal_is_refused_and_left_alone(tmp_path):
    file = tmp_path / "journal.sqlite"
    file.write_bytes(b"not a database, by any means" * 100)
    before = file.read_bytes()
    with pytest.raises(DamagedJournal, match="move it away"):
        SqliteJournal(file)
    assert file.read_bytes() == before


def test_another_programs_database_is_refused(tmp_path):
    file = tmp_path / "journal.sqlite"
    change(file, "CREATE TABLE theirs (x)")
    with pytest.raises(DamagedJournal, match="not a journal"):
        SqliteJournal(file)


def test_a_newer_format_is_refused(path):
    change(path, "PRAGMA user_version = 99")
    with pytest.raises(JournalError, match="use the newer version"):
        SqliteJournal(path)


def test_a_cut_off_file_is_an_error_with_a_mend(path):
    with path.open("r+b") as file:
        file.truncate(5000)
    with pytest.raises(JournalError, match="mend: "):
        SqliteJournal(path).read("demo-1")


def test_a_folder_in_the_journals_place_is_an_error_with_a_mend(tmp_path):
    (tmp_path / "journal.sqlite").mkdir()
    with pytest.raises(JournalError, match="choose another one with --state"):
        SqliteJournal(tmp_path / "journal.sqlite")


def test_a_state_folder_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "state").write_text("a file")
    for folder in (tmp_path / "state", tmp_path / "state" / "below"):
        with pytest.raises(JournalError, match="choose another one with --state"):
            SqliteJournal(folder / "journal.sqlite")


def test_reading_only_makes_no_file_and_writes_nothing(tmp_path, path):
    with pytest.raises(JournalError, match="nothing has run"):
        SqliteJournal(tmp_path / "none" / "journal.sqlite", readonly=True)
    assert not (tmp_path / "none").exists()
    journal = SqliteJournal(path, readonly=True)
    assert len(journal.read("demo-1")) == 2
    with pytest.raises(JournalError, match="writable"):
        journal.acquire("demo-2")
    journal.close()


def test_a_full_disk_is_an_error_that_loses_nothing_committed(path):
    journal = SqliteJournal(path)
    pages = journal._connection.execute("PRAGMA page_count").fetchone()[0]
    journal._connection.execute(f"PRAGMA max_page_count = {pages}")  # SQLite then reports what a full disk does
    with pytest.raises(JournalError, match="free space"):
        journal.acquire("x" * 1_000_000)
    assert len(journal.read("demo-1")) == 2
    journal.close()


@pytest.mark.parametrize(("durability", "level"), [("process", 1), ("power", 2)])
def test_durability_is_sqlites_synchronous_level(tmp_path, durability, level):
    journal = SqliteJournal(tmp_path / "journal.sqlite", durability)
    assert journal._connection.execute("PRAGMA synchronous").fetchone()[0] == level
    assert journal._connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert set(SYNCHRONOUS) == {"process", "power"}
    journal.close()


def test_this_process_is_alive_and_a_recycled_pid_or_another_boot_is_not():
    me = this_owner()
    assert owner_alive(me)
    assert not owner_alive(Owner(me.boot, me.pid, me.started + 1))
    assert not owner_alive(Owner("another boot", me.pid, me.started))
    assert boot_id() == me.boot


def test_a_zombie_is_not_alive():
    child = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert process_started(child.pid) is None
    child.wait()
    assert process_started(child.pid) is None
