"""Read what a task's attempt printed, from its folder."""

from collections import deque
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import ClassVar, Final, TextIO

from orchestrator.attempts import found_folder
from orchestrator.beneath import open_below
from orchestrator.errors import OrchestratorError
from orchestrator.state.run import RunState

STREAMS: Final = ("stdout", "stderr")


class NoSuchAttempt(OrchestratorError):  # noqa: N818 - as UnknownRun
    """The run has no such task, or the task no such attempt."""

    exit_code: ClassVar[int] = 2


@dataclass(frozen=True, slots=True)
class TaskLog:
    """attempt: 0 where the task has not started, or was reused. stdout, stderr: lines without their ends, bytes
    that are no UTF-8 as escapes.
    """

    run: str
    task: str
    attempt: int
    stdout: tuple[str, ...] = ()
    stderr: tuple[str, ...] = ()


def attempt_of(run: RunState, task: str, attempt: int | None) -> int:
    """The attempt that is meant: the latest unless named; 0 where none has started, or the task was reused. Raises
    NoSuchAttempt.
    """
    record = run.tasks.get(task)
    if record is None:
        raise NoSuchAttempt(f"run {run.run} has no task {task!r}\n  mend: `orchestrate status {run.run}` lists them")
    if attempt is not None and not 1 <= attempt <= record.attempt:
        there = f"the latest is {record.attempt}" if record.attempt else "it has none there"
        raise NoSuchAttempt(f"{task}: no attempt {attempt} in run {run.run}\n  mend: leave out --attempt; {there}")
    return attempt or record.attempt


def attempt_folder(state: Path, run: str, task: str, attempt: int) -> Path:
    """Where an attempt works or worked, with its stdout.log and stderr.log."""
    return found_folder(state, run, task, attempt)


def read_log(state: Path, run: RunState, task: str, attempt: int | None = None, tail: int | None = None) -> TaskLog:
    """What it printed, or the last `tail` lines of either stream; empty where nothing is left. Raises
    NoSuchAttempt, OSError.
    """
    chosen = attempt_of(run, task, attempt)
    folder = attempt_folder(state, run.run, task, chosen)
    out, err = (_lines(state, folder / f"{stream}.log", tail) for stream in STREAMS)
    return TaskLog(run.run, task, chosen, out, err)


def opened_log(state: Path, path: Path) -> TextIO | None:
    """The log at the path below the state folder, None if there is none: a link or pipe in its place is none.
    Raises OSError.
    """
    try:
        binary = open_below(state, path.relative_to(state).as_posix(), sole=True)
    except PermissionError:
        raise
    except OSError:
        return None
    return TextIOWrapper(binary, encoding="utf-8", errors="backslashreplace")


def _lines(state: Path, path: Path, tail: int | None) -> tuple[str, ...]:
    file = opened_log(state, path)
    if file is None:
        return ()
    with file:
        return tuple(line.rstrip("\n") for line in (file if tail is None else deque(file, maxlen=tail)))
