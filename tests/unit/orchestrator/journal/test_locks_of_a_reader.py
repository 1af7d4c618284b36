"""What reads a journal in the process of a run must not loosen the run's own hold on it."""

import sqlite3
import subprocess
import sys
from contextlib import closing

from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.state.events import Envelope, RunStarted, TaskStarted

FOREIGN = (
    "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('CREATE TABLE IF NOT EXISTS t (x)'); c.close()"
)


def test_a_reader_in_the_same_process_lets_nobody_remove_the_log_of_a_run_under_way(tmp_path):
    path = tmp_path / "journal.sqlite"
    journal = SqliteJournal(path)
    fence = journal.acquire("r")
    journal.append(
        "r", [Envelope(1, 0.0, 0.0, fence, RunStarted("r", "p", "d", "t", "p.yaml", {}, {}, (), {"A.x": "1"}))]
    )
    reader = SqliteJournal(path, readonly=True)
    reader.close()
    subprocess.run([sys.executable, "-c", FOREIGN, str(path)], check=True)  # the last to leave removes the log
    journal.append("r", [Envelope(2, 0.0, 0.0, fence, TaskStarted("A.x", 1))])
    journal.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM event").fetchone() == (2,)
