"""Follow a run from another process: its events as they are journalled, and what a task prints, as it prints it."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

from orchestrator.cli.output import plain, say
from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.state.events import Envelope, RunFinished, RunInterrupted
from orchestrator.state.fold import apply
from orchestrator.state.run import RunState, TaskRecord
from orchestrator.state.transitions import Status
from orchestrator.tasklogs import STREAMS, attempt_folder, opened_log

LOOK_EVERY: Final = 0.25  # seconds between two looks at the journal or a log
BEGUN: Final = frozenset({Status.RUNNING, Status.WAITING, Status.HANDED_IN, Status.SUCCEEDED, Status.FAILED})
LOOKS: Final = 8  # of them between two looks at whether the run's owner lives


def coming(journal: SqliteJournal, run: str) -> Iterator[Envelope]:
    """Every event of the run, those to come as they come; ends with the run, its interruption, or its owner. Raises
    JournalError.
    """
    last, ending, looks = 0, False, 0
    while not ending:
        found = journal.read(run, after=last)
        for envelope in found:
            last = envelope.seq
            yield envelope
        ending = bool(found) and isinstance(found[-1].event, RunFinished | RunInterrupted)
        looks += 1
        if not found and looks % LOOKS == 0 and journal.owned(run) is None:
            ending = not journal.read(run, after=last)  # it may have written its last events just before
        if not ending:
            time.sleep(LOOK_EVERY)


class _Folded:
    """The state of a run, kept up by the events that are new."""

    def __init__(self, journal: SqliteJournal, run: str) -> None:
        self._journal, self._run = journal, run
        self.state = RunState()

    def task(self, name: str) -> TaskRecord:
        """How the task stands now."""
        for envelope in self._journal.read(self._run, after=self.state.seq):
            apply(self.state, envelope)
        return self.state.tasks[name]

    @property
    def ended(self) -> bool:
        """Whether nobody carries the run on."""
        return self.state.finished or self.state.interrupted is not None or self._journal.owned(self._run) is None


def follow_task(state: Path, journal: SqliteJournal, run: str, task: str) -> None:
    """What the task prints, attempt by attempt, until it has settled or the run has ended. Raises JournalError."""
    shown, folded = 0, _Folded(journal, run)
    while True:
        record = folded.task(task)
        if record.attempt > shown and record.status in BEGUN:
            shown = record.attempt
            if shown > 1:
                say(f"== attempt {shown}")
            _follow_attempt(state, folded, run, record)
        elif record.settled or folded.ended:
            return
        else:
            time.sleep(LOOK_EVERY)


def _follow_attempt(state: Path, folded: _Folded, run: str, record: TaskRecord) -> None:
    files: dict[str, TextIO] = {}
    rests = dict.fromkeys(STREAMS, "")
    task, attempt, last, over = record.id, record.attempt, "", False
    try:
        while not over:
            record = folded.task(task)
            over = record.attempt != attempt or record.status is not Status.RUNNING or folded.ended
            for stream, text in _printed(state, attempt_folder(state, run, task, attempt), files):
                whole, line_end, rest = (rests[stream] + text).rpartition("\n")
                told, rests[stream] = (whole + line_end + rest, "") if over else (whole + line_end, rest)
                if told:
                    say(plain(told if stream == last else f"== {stream}\n{told}"))
                    last = stream
            if not over:
                time.sleep(LOOK_EVERY)
    finally:
        for file in files.values():
            file.close()


def _printed(state: Path, folder: Path, files: dict[str, TextIO]) -> Iterator[tuple[str, str]]:
    """What is new of each stream, also where that is nothing. An opened file stays the same when its folder is
    moved.
    """
    for stream in STREAMS:
        if stream not in files and (found := opened_log(state, folder / f"{stream}.log")) is not None:
            files[stream] = found
        if stream in files:
            yield stream, files[stream].read()
