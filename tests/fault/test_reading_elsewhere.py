"""A state folder that the reader may not write to."""

import os
import pwd
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from orchestrator.journal.errors import JournalError
from orchestrator.journal.memory import MemoryJournal
from orchestrator.journal.reading import connect_to_read
from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.state.events import Envelope, RunStarted

NOBODY = 65534


def begun(path, run="demo"):
    journal = SqliteJournal(path)
    fence = journal.acquire(run)
    journal.append(run, [Envelope(1, 1.0, 0.0, fence, RunStarted(run, "p", "", "", "", {}, {}, (), {}))])
    return journal


def refuse_in_place(monkeypatch):
    """As SQLite does in a folder where it can make no file."""
    known = sqlite3.connect

    def connect(address, **options):
        if "mode=ro" in str(address):
            raise sqlite3.OperationalError("unable to open database file")
        return known(address, **options)

    monkeypatch.setattr("orchestrator.journal.reading.sqlite3.connect", connect)


@pytest.mark.parametrize("under_way", [False, True])
def test_where_nothing_may_be_written_a_copy_is_read_and_goes_again(tmp_path, monkeypatch, under_way):
    path, scratch = tmp_path / "journal.sqlite", tmp_path / "tmp"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    writer = begun(path)
    if not under_way:
        writer.close()
    refuse_in_place(monkeypatch)
    reader = SqliteJournal(path, readonly=True)
    assert [one.run for one in reader.runs()] == ["demo"]
    reader.close()
    assert list(scratch.iterdir()) == []
    writer.close()


def test_the_journal_of_a_dead_owner_is_read_from_a_copy_of_both_files(tmp_path, monkeypatch):
    writer = begun(tmp_path / "journal.sqlite")
    there = tmp_path / "there"
    there.mkdir()
    for name in ("journal.sqlite", "journal.sqlite-wal"):
        shutil.copyfile(tmp_path / name, there / name)
    writer.close()
    refuse_in_place(monkeypatch)
    reader = SqliteJournal(there / "journal.sqlite", readonly=True)
    assert len(reader.runs()) == 1
    reader.close()
    assert {path.name for path in there.iterdir()} == {"journal.sqlite", "journal.sqlite-wal"}


def test_a_reader_that_is_not_let_in_is_told_whose_the_folder_is_and_how_it_is_opened():
    code = (
        "import os, sys; from pathlib import Path; from orchestrator.journal.sqlite import SqliteJournal\n"
        "read = lambda: len(SqliteJournal(Path(sys.argv[1]), readonly=True).runs())\n"
        "read()  # what Python loads late may lie where the other user cannot read\n"
        f"if os.geteuid() == 0: os.setgid({NOBODY}); os.setuid({NOBODY})\n"
        "else: os.chmod(Path(sys.argv[1]).parent, int(sys.argv[2], 8))\n"
        "print(read())"
    )
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "state"
        begun(state / "journal.sqlite").close()
        Path(folder).chmod(0o755)

        def read(mode):
            state.chmod(mode if os.geteuid() == 0 else 0o755)
            argv = (sys.executable, "-c", code, str(state / "journal.sqlite"), oct(mode))
            return subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False)

        (state / "journal.sqlite").chmod(0o644)
        assert read(0o755).stdout == "1\n"
        told = read(0o600).stderr
        state.chmod(0o700)
    assert "you may not read it" in told
    assert f"{state} belongs to user {pwd.getpwuid(os.geteuid()).pw_name}" in told
    assert "0600" in told
    assert f"chmod -R a+rX {state}" in told


def test_an_artifact_that_the_reader_is_not_let_in_to_is_told_with_the_mend_and_is_not_taken_for_gone():
    code = (
        "import os, sys; from pathlib import Path; from orchestrator.engine.judging import file_digest\n"
        "from orchestrator.journal.errors import JournalError; from orchestrator.journal.reading import refusals_told\n"
        "state = Path(sys.argv[1]); run = state / 'runs' / 'r'; file_digest(run, told=True)('A.t/1/open.txt')\n"
        f"if os.geteuid() == 0: os.setgid({NOBODY}); os.setuid({NOBODY})\n"
        "print(file_digest(run)('A.t/1/closed.txt'))\n"
        "try:\n"
        "    with refusals_told(state): file_digest(run, told=True)('A.t/1/closed.txt')\n"
        "except JournalError as error: print(error)\n"
        "try:\n"
        "    with refusals_told(state): raise PermissionError(13, 'no', 'elsewhere/file')\n"
        "except PermissionError as error: print(error.filename)\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "state"
        attempt = state / "runs" / "r" / "A.t" / "1"
        attempt.mkdir(parents=True)
        for name, mode in (("open.txt", 0o644), ("closed.txt", 0o600 if os.geteuid() == 0 else 0)):
            (attempt / name).write_text("x")
            (attempt / name).chmod(mode)
        for path in (Path(folder), state, state / "runs", attempt.parents[1], attempt.parent, attempt):
            path.chmod(0o755)
        argv = (sys.executable, "-c", code, str(state))
        told = subprocess.run(argv, capture_output=True, text=True, timeout=120, check=True).stdout.splitlines()
    assert told[0] == "None"
    assert "you may not read it" in told[1]
    assert str(attempt / "closed.txt") in told[1]
    assert f"chmod -R a+rX {state}`" in told[2]
    assert told[3] == "elsewhere/file"


def test_a_journal_that_never_stands_still_is_refused_with_a_mend(tmp_path, monkeypatch):
    path = tmp_path / "journal.sqlite"
    begun(path).close()
    refuse_in_place(monkeypatch)
    counts = iter(range(1000))
    monkeypatch.setattr("orchestrator.journal.reading._facts", lambda _path: [next(counts)])
    with pytest.raises(JournalError, match="try again"):
        connect_to_read(path, 1.0)


def test_runs_are_in_the_order_in_which_they_were_started_whatever_the_clock_said(tmp_path):
    journals = (SqliteJournal(tmp_path / "journal.sqlite"), MemoryJournal())
    for journal in journals:
        for run, at in (("tomorrow", 9e9), ("today", 1.0), ("yesterday", -5.0)):
            fence = journal.acquire(run)
            journal.append(run, [Envelope(1, at, 0.0, fence, RunStarted(run, "p", "", "", "", {}, {}, (), {}))])
        assert [one.run for one in journal.runs()] == ["tomorrow", "today", "yesterday"]
        journal.close()
