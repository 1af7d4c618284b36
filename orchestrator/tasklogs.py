"""What a task's attempt printed, as its folder keeps it."""

from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from orchestrator.errors import OrchestratorError
from orchestrator.state.run import RunState

STREAMS: Final = ("stdout", "stderr")


class NoSuchAttempt(OrchestratorError):  # noqa: N818 - as UnknownRun
    """The run has no such task, or the task no such attempt."""

    exit_code: ClassVar[int] = 2


@dataclass(frozen=True, slots=True)
class TaskLog:
    """attempt: 0 where the task has not started, or was reused. stdout, stderr: lines without their ends, bytes that are no UTF-8 as escapes."""

    run: str
    task: str
    attempt: int
    stdout: tuple[str, ...] = ()
    stderr: tuple[str, ...] = ()


def attempt_of(run: RunState, task: str, attempt: int | None) -> int:
    """The attempt that is meant: the latest unless named; 0 where none has started, or the task was reused. Raises NoSuchAttempt."""
    record = run.tasks.get(task)
    if record is None:
        raise NoSuchAttempt(f"run {run.run} has no task {task!r}\n  mend: `orchestrate status {run.run}` lists them")
    if attempt is not None and not 1 <= attempt <= record.attempt:
        there = f"the latest is {record.attempt}" if record.attempt else "it has none there"
        raise NoSuchAttempt(f"{task}: no attempt {attempt} in run {run.run}\n  mend: leave out --attempt; {there}")
    return attempt or record.attempt


def attempt_folder(state: Path, run: str, task: str, attempt: int) -> Path:
    """Where an attempt worked, with its stdout.log and stderr.log."""
    return state / "runs" / run / task / str(attempt)


def read_log(state: Path, run: RunState, task: str, attempt: int | None = None, tail: int | None = None) -> TaskLog:
    """What it printed, or the last `tail` lines of either stream; empty where nothing is left. Raises NoSuchAttempt, OSError."""
    chosen = attempt_of(run, task, attempt)
    folder = attempt_folder(state, run.run, task, chosen)
    out, err = (_lines(folder / f"{stream}.log", tail) for stream in STREAMS)
    return TaskLog(run.run, task, chosen, out, err)


def _lines(path: Path, tail: int | None) -> tuple[str, ...]:
    if not path.is_file():
        return ()
    with path.open(encoding="utf-8", errors="backslashreplace") as file:
        return tuple(line.rstrip("\n") for line in (file if tail is None else deque(file, maxlen=tail)))
