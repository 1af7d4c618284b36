"""`orchestrate logs`: what a run's tasks printed, or everything that happened, in order."""

import json
import os
from collections import deque
from dataclasses import asdict
from pathlib import Path

from orchestrator.beneath import size_below
from orchestrator.cli.clock import clock
from orchestrator.cli.faults import UsageError
from orchestrator.cli.following import coming, follow_task
from orchestrator.cli.lines import describe
from orchestrator.cli.output import one_line, plain, say
from orchestrator.cli.places import as_json, find_run, opened_journal
from orchestrator.journal.codec import plain as plain_data
from orchestrator.journal.reading import refusals_told
from orchestrator.state.fold import fold
from orchestrator.state.run import RunState
from orchestrator.tasklogs import STREAMS, attempt_folder, attempt_of, opened_log, read_log


def follow_logs(state: Path, names: list[str], attempt: int | None, *, as_data: bool = False) -> None:
    """What a task prints, or what happens in a run, as it comes, until that ends. Raises as `show_logs`."""
    name, task = _sort_out(names)
    if attempt is not None or (as_data and task is not None):
        raise UsageError("--follow shows all attempts of a task, as text\n  mend: leave out --attempt and --json")
    with opened_journal(state) as journal:
        run = find_run(journal, name).run
        if task is not None:
            attempt_of(fold(journal.read(run)), task, None)
            follow_task(state, journal, run, task)
            return
        for one in coming(journal, run):
            said = f"{clock(one.at)}  {one_line(describe(one.event))}"
            say(json.dumps(plain_data(one), ensure_ascii=False) if as_data else said)


def show_logs(state: Path, names: list[str], attempt: int | None, tail: int | None, *, as_data: bool = False) -> None:
    """The output of one task's attempt, or the events of a run. names: [RUN] [TASK]; a task's id has a dot in it.

    Raises UsageError and NoSuchAttempt for a run, task or attempt that is not there, JournalError.
    """
    name, task = _sort_out(names)
    with opened_journal(state) as journal:
        summary = find_run(journal, name)
        envelopes = journal.read(summary.run)
    if task is not None:
        with refusals_told(state):
            if as_data:
                say(as_json(asdict(read_log(state, fold(envelopes), task, attempt, tail))))
            else:
                _show_task(state, fold(envelopes), task, attempt, tail)
        return
    if as_data:
        chosen = envelopes if tail is None else envelopes[-tail:]
        say(as_json([plain_data(one) for one in chosen]))
        return
    lines = [f"{clock(one.at)}  {one_line(describe(one.event))}" for one in envelopes]
    say("\n".join(lines if tail is None else lines[-tail:]))


def _sort_out(names: list[str]) -> tuple[str | None, str | None]:
    runs = [name for name in names if "." not in name]
    tasks = [name for name in names if "." in name]
    if len(runs) > 1 or len(tasks) > 1:
        raise UsageError("name one run and one task\n  mend: orchestrate logs RUN GROUP.TASK")
    return next(iter(runs), None), next(iter(tasks), None)


def _show_task(state: Path, run: RunState, task: str, attempt: int | None, tail: int | None) -> None:
    chosen = attempt_of(run, task, attempt)
    record = run.tasks[task]
    folder = attempt_folder(state, run.run, task, chosen)
    if chosen == 0 and record.reused is None:
        say(f"{task} has not started: {record.reason or record.status.value}")
    elif not folder.is_dir():
        say(f"{task} left nothing in {folder}")
    elif not any(_size(state, folder / f"{stream}.log") for stream in STREAMS):
        failure = f"; it failed: {record.failures[-1].message}" if record.failures else ""
        say(plain(f"{task} printed nothing{failure}"))
    for stream in STREAMS:
        _show_stream(state, folder / f"{stream}.log", stream, tail)


def _size(state: Path, path: Path) -> int:
    return size_below(state, path.relative_to(state).as_posix())


def _show_stream(state: Path, path: Path, stream: str, tail: int | None) -> None:
    """A few lines at a time: a log may be large. An empty one is not mentioned; a link or pipe in its place is."""
    file = opened_log(state, path)
    if file is None:
        if os.path.lexists(path):
            say(plain(f"== {stream}: {path} is not the file that was written; it is not followed"))
        return
    with file:
        if not _size(state, path):
            return
        say(f"== {stream} ({path})")
        for line in file if tail is None else deque(file, maxlen=tail):
            say(plain(line))
