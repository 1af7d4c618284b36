"""A reader that stays sees what happens, however the journal could be opened at first."""

import sqlite3
from pathlib import Path

from orchestrator.api.running import run
from orchestrator.engine.options import RunOptions
from orchestrator.engine.runs import open_journal
from orchestrator.journal import reading
from orchestrator.mcpserver.known import Known
from orchestrator.plan.model import Plan


def test_a_journal_that_was_opened_as_a_copy_is_opened_again_to_see_what_happens(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    groups = {"A": {"title": "A", "lead": "X", "tasks": [{"id": "a", "title": "A", "command": ["true"]}]}}
    plan = Plan(schema=1, id="small", title="S", agents={"X": {"specialty": "s"}}, workstreams=groups)
    first = run(plan, options=RunOptions(page=False)).run
    in_place, refused = reading._connect_in_place, iter([True])

    def once_refused(path, patience):
        if next(refused, False):
            raise sqlite3.OperationalError("unable to open database file")
        return in_place(path, patience)

    monkeypatch.setattr(reading, "_connect_in_place", once_refused)
    known = Known(Path(".orchestrate"))
    assert known.seen("", lambda look: look.run) == first
    second = run(plan, new=True, options=RunOptions(page=False)).run
    assert known.seen("", lambda look: look.run) == second
    known.close()
    journal = open_journal(Path(".orchestrate"), readonly=True)
    assert not journal.stands_still
    journal.close()
