"""A journal with flipped bits, anywhere in the file: what is read is the truth, a beginning of it, or an error with
a mend; never another story.
"""

import random
import shutil

import pytest

from orchestrator.evidence.measurement import Evidence, Measurement, Samples, Usage
from orchestrator.evidence.verdict import Outcome, Verdict, Why
from orchestrator.journal.errors import JournalError
from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.state import events as e
from orchestrator.state.fold import fold

USED = Usage(1.0, 1.0, 1, 1)
FAILED = Verdict("A.fast", Outcome.FAIL, Why.MISSED, "missed", "MB/s")
RUNS = ("demo-1", "demo-2")
TASKS = {f"A.t{number}": "run=1" for number in range(40)}


def story(run):
    """A run that ended badly; every figure in it would read well if it were another."""
    yield e.RunStarted(run, "demo", "d" * 64, "schema: 1\n" * 50, "plan.yaml", {}, {"cpu": "x"}, ("go",), TASKS)
    for task in TASKS:
        yield e.TaskStarted(task, 1)
        yield e.TaskSucceeded(task, 1, Evidence((Measurement("m.x", "MB/s", Samples((1.0,) * 9), "timed"),)), USED)
    yield e.CriterionJudged(FAILED)
    yield e.RunFinished(1)


@pytest.fixture(scope="module", params=[True, False], ids=["closed", "with its write-ahead log"])
def whole(request, tmp_path_factory):
    """A journal's files and its true stories: after a clean end, or as a killed orchestrator leaves it."""
    folder = tmp_path_factory.mktemp("whole")
    journal = SqliteJournal(folder / "journal.sqlite")
    for run in RUNS:
        fence = journal.acquire(run)
        for seq, event in enumerate(story(run), 1):
            journal.append(run, [e.Envelope(seq, 5.0, float(seq), fence, event)])
        journal.release(run, fence)
    truth = {run: journal.read(run) for run in RUNS}
    kept = tmp_path_factory.mktemp("kept")
    if request.param:
        journal.close()
    for path in folder.iterdir():
        if path.suffix != ".sqlite-shm":
            shutil.copy(path, kept)
    if not request.param:
        journal.close()
    return kept, truth


def flips(folder, count, seed):
    """Places to flip a bit at: file, byte and bit, among the files in proportion to their size."""
    rng = random.Random(seed)
    files = sorted(folder.iterdir())
    for _ in range(count):
        path = rng.choices(files, [path.stat().st_size for path in files])[0]
        yield path.name, rng.randrange(path.stat().st_size), rng.randrange(8)


def flip(path, byte, bit):
    with path.open("r+b") as file:
        file.seek(byte)
        value = file.read(1)[0]
        file.seek(byte)
        file.write(bytes([value ^ 1 << bit]))


def told(folder):
    """What a reader is told of each run, or the error."""
    journal = SqliteJournal(folder / "journal.sqlite")
    try:
        codes = {each.run: each.exit_code for each in journal.runs()}
        return codes, {run: journal.read(run) for run in RUNS}
    finally:
        journal.close()


def check_flips(whole, tmp_path, count, seed):
    kept, truth = whole
    shorter, errors = 0, []
    for name, byte, bit in flips(kept, count, seed):
        shutil.rmtree(tmp_path / "damaged", ignore_errors=True)
        damaged = shutil.copytree(kept, tmp_path / "damaged")
        flip(damaged / name, byte, bit)
        try:
            codes, stories = told(damaged)
        except JournalError as error:
            errors.append(str(error))
            continue
        for run, events in stories.items():
            assert events == truth[run][: len(events)], (name, byte, bit)
            assert codes[run] in {1, None}, (name, byte, bit)
            assert fold(events).exit_code in {1, None}
            shorter += events != truth[run]
    assert all("mend: " in error for error in errors)
    return len(errors), shorter


def test_a_flipped_bit_anywhere_never_tells_another_story(whole, tmp_path):
    errors, _ = check_flips(whole, tmp_path, 150, seed=1)
    assert errors > 30


@pytest.mark.slow
def test_thousands_of_flipped_bits_never_tell_another_story(whole, tmp_path):
    check_flips(whole, tmp_path, 5000, seed=2)
