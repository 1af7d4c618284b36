import multiprocessing

import pytest

from orchestrator.engine.entry import entry
from orchestrator.engine.finding import find_interrupted
from orchestrator.journal.errors import RunOwned
from orchestrator.journal.memory import MemoryJournal
from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.state.events import Envelope, RunStarted


def test_the_second_waits_until_the_first_has_gone_on():
    journal, waited = MemoryJournal(), []
    with entry(journal, "demo", {}) as leave:

        def sleep(seconds):
            waited.append(seconds)
            leave()

        with entry(journal, "demo", {}, sleep=sleep):
            assert len(waited) == 1


def test_other_settings_are_another_door():
    journal = MemoryJournal()
    with entry(journal, "demo", {}), entry(journal, "demo", {"n": "2"}), entry(journal, "other", {}):
        pass


def test_one_who_stays_inside_too_long_is_named():
    journal = MemoryJournal()
    with entry(journal, "demo", {}), pytest.raises(RunOwned), entry(journal, "demo", {}, patience=0):
        pass


def test_leaving_twice_lets_nobody_else_out():
    journal = MemoryJournal()
    with entry(journal, "demo", {}) as first:
        first()
        with entry(journal, "demo", {}):
            first()
            with pytest.raises(RunOwned), entry(journal, "demo", {}, patience=0):
                pass


def begin(path, number, barrier, answers):
    """What a run does at its start: look for a run to continue; where there is none, begin one and keep working."""
    journal = SqliteJournal(path)
    barrier.wait()
    with entry(journal, "demo", {}) as leave:
        found = find_interrupted(journal, "demo", {})
        run = found or f"demo-{number}"
        try:
            fence = journal.acquire(run)
        except RunOwned:
            answers.put("refused")
        else:
            journal.append(run, [Envelope(1, 0.0, 0.0, fence, RunStarted(run, "demo", "d", "t", "s", {}, {}, (), {}))])
            answers.put("began")
        leave()
    barrier.wait()  # nobody dies before all have tried: a dead owner would make room
    journal.close()


def test_of_many_at_once_one_begins_a_run_and_the_others_are_refused(tmp_path):
    context = multiprocessing.get_context("fork")
    barrier, answers = context.Barrier(4), context.Queue()
    path = tmp_path / "journal.sqlite"
    SqliteJournal(path).close()
    processes = [context.Process(target=begin, args=(path, number, barrier, answers)) for number in range(4)]
    for process in processes:
        process.start()
    said = sorted(answers.get(timeout=60) for _ in processes)
    for process in processes:
        process.join()
    assert said == ["began", "refused", "refused", "refused"]
