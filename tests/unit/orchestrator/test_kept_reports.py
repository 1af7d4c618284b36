"""The report that a run leaves is the one that its journal gives later, and none is left where that journal is
damaged.
"""

import json
import sqlite3

import pytest

from orchestrator.api.ending import write_report
from orchestrator.api.running import run
from orchestrator.api.stored import report_text
from orchestrator.engine.options import RunOptions
from orchestrator.engine.runs import open_journal
from orchestrator.journal.errors import DamagedJournal
from orchestrator.runner import Runner
from orchestrator.state.events import TaskNoted, TaskSucceeded


def plan(kit, tmp_path, tasks):
    (tmp_path / "plan.json").write_text(json.dumps(kit.plan_data(tasks, [kit.criterion(">= 5 cases")])))
    return tmp_path / "plan.json"


def options(tmp_path, **more):
    return RunOptions(state=tmp_path / "state", reports=tmp_path / "reports", page=False, **more)


def text_later(tmp_path, name):
    journal = open_journal(tmp_path / "state", readonly=True)
    try:
        return report_text(journal, name)
    finally:
        journal.close()


def say(context):
    """A note that no UTF-8 can hold, and a figure that is whole where a fraction is meant."""
    context.note("recommendation: caf\udce9")


def test_the_report_of_a_run_is_the_one_that_its_journal_gives(kit, tmp_path, monkeypatch):
    registry = {"test.say": Runner("test.say", say)}
    monkeypatch.setattr("orchestrator.api.running.load_registry", lambda: registry)
    tasks = [kit.measuring("count", "5"), {"id": "say", "title": "Say", "run": "test.say", "needs": []}]
    heard = []
    ran = run(plan(kit, tmp_path, tasks), options=options(tmp_path, executor="inline", listener=heard.append))
    assert any(isinstance(each.event, TaskNoted) and "\udce9" in each.event.text for each in heard)
    assert "caf?" in (ran.report.with_suffix("") / "_run.md").read_text()
    assert text_later(tmp_path, ran.run) == ran.report.read_text()


def test_every_file_of_a_report_is_written_again_with_the_same_bytes(kit, tmp_path):
    path = plan(kit, tmp_path, [kit.measuring("count", "5")])
    ran = run(path, options=RunOptions(state=tmp_path / "state", reports=tmp_path / "reports"))
    journal = open_journal(tmp_path / "state", readonly=True)
    try:
        write_report(journal, ran.run, tmp_path / "state", tmp_path / "again")
    finally:
        journal.close()
    first, again = (files_below(tmp_path / name) for name in ("reports", "again"))
    assert set(first) == {f"{ran.run}.md", f"{ran.run}.html", f"{ran.run}/A.md", f"{ran.run}/_run.md"}
    assert again == first


def files_below(folder):
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def test_the_report_of_a_run_that_was_resumed_is_the_one_that_its_journal_gives(kit, tmp_path):
    path = plan(kit, tmp_path, [kit.measuring("count", "5"), {"id": "more", "title": "t", "command": ["true"]}])

    def stop(envelope):
        if isinstance(envelope.event, TaskSucceeded):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(path, options=options(tmp_path, listener=stop))
    ran = run(path, options=options(tmp_path))
    assert ran.exit_code == 0
    assert "resumed 1 times" in ran.report.read_text()
    assert text_later(tmp_path, ran.run) == ran.report.read_text()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET body = replace(body, 'measurements', 'measurementz') WHERE kind = 'task_succeeded'",
        "DELETE FROM event WHERE kind = 'task_succeeded'",
        "UPDATE event SET mono = 0.5 WHERE kind = 'task_started'",
    ],
)
def test_a_journal_that_is_damaged_while_the_run_lasts_gives_an_error_and_no_report(kit, tmp_path, statement):
    def damage(envelope):
        if isinstance(envelope.event, TaskSucceeded):
            connection = sqlite3.connect(tmp_path / "state" / "journal.sqlite")
            with connection:
                connection.execute(statement)
            connection.close()

    path = plan(kit, tmp_path, [kit.measuring("count", "5"), {"id": "more", "title": "t", "command": ["true"]}])
    with pytest.raises(DamagedJournal, match="mend: "):
        run(path, options=options(tmp_path, listener=damage))
    assert not (tmp_path / "reports").exists()
