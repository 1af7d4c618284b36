"""Our back ends pass what `orchestrator.journal.conformance` asks of any."""

import pytest

from orchestrator.journal.conformance import DurableJournalConformance, JournalConformance
from orchestrator.journal.memory import MemoryJournal
from orchestrator.journal.sqlite import SqliteJournal


class TestMemoryJournal(JournalConformance):
    def make(self, folder, owner, alive):  # noqa: ARG002 - nothing of it is in a folder
        return MemoryJournal(owner, alive=alive)


class TestSqliteJournalProcess(DurableJournalConformance):
    durability = "process"

    def make(self, folder, owner, alive):
        return SqliteJournal(folder / "state" / "journal.sqlite", self.durability, owner=owner, alive=alive)


class TestSqliteJournalPower(TestSqliteJournalProcess):
    durability = "power"


def test_a_back_end_that_does_not_say_how_it_is_made_is_told_so(tmp_path):
    with pytest.raises(TypeError, match="must say how its journal is made"):
        JournalConformance().make(tmp_path, None, None)
