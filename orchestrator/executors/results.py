"""What tasks left, for those below them: a line each in the run's `results.jsonl`. Orders name a line by its place.

A line names the lines of the tasks directly above it in turn, so the file grows only with the edges of the graph. If
orders held copies of everything above them, a chain of n tasks would write n² / 2 of them. Each name holds a checksum:
a changed line is not read.
"""

import hashlib
import json
import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, Final

from orchestrator.errors import OrchestratorError
from orchestrator.evidence.measurement import Usage
from orchestrator.records import dataclass
from orchestrator.runner import TaskInput
from orchestrator.wire import measurement_from_json, measurement_to_json

RESULTS: Final = "results.jsonl"
DIGITS: Final = 16


class ResultsError(OrchestratorError):
    """The file of results differs from what the order that names it says."""

    exit_code: ClassVar[int] = 4


@dataclass(frozen=True, slots=True)
class Line:
    """Where a task's result is. at, size: bytes. sha256: the first 16 hexadecimal digits."""

    task: str
    at: int
    size: int
    sha256: str


class ResultsFile:
    """Appends lines, from any thread. path: of the file, which is made with the first line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def put(self, task: str, rank: int, needs: Iterable[Line], result: TaskInput | None) -> Line:
        """Keep what the task left (None: nothing that counts) and say where.

        rank: its place among the results. Raises OSError.
        """
        plain = {
            "task": task,
            "rank": rank,
            "needs": [asdict(each) for each in needs],
            "result": result and input_to_json(result),
        }
        said = json.dumps(plain).encode() + b"\n"
        with self._lock:
            return Line(task, self._append(said), len(said), _digest(said))

    def _append(self, said: bytes) -> int:
        """Append and return the place. Half a line that a full disk left does no harm: no place names it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(self._path, flags, 0o600)
        try:
            at = os.lseek(descriptor, 0, os.SEEK_END)
            rest = said
            while rest:
                rest = rest[os.write(descriptor, rest) :]
            return at
        finally:
            os.close(descriptor)


def read_results(path: Path, lines: Iterable[Line]) -> tuple[TaskInput, ...]:
    """The content of these lines and of all lines above them, by rank.

    Raises ResultsError for a line that was changed.
    """
    found: dict[str, tuple[int, TaskInput]] = {}
    seen: set[str] = set()
    waiting = list(lines)
    if not waiting:
        return ()
    try:
        with path.open("rb") as file:
            while waiting:
                line = waiting.pop()
                if line.task in seen:
                    continue
                seen.add(line.task)
                file.seek(line.at)
                plain = _checked(path, line, file.read(line.size))
                waiting += lines_from_json(plain["needs"])
                if plain["result"] is not None:
                    found[line.task] = (plain["rank"], input_from_json(plain["result"]))
    except OSError as error:
        raise ResultsError(f"{path} cannot be read ({error.strerror})\n  mend: run the tasks above again") from None
    return tuple(given for _, given in sorted(found.values(), key=lambda each: each[0]))


def _checked(path: Path, line: Line, said: bytes) -> Any:  # noqa: ANN401 - what JSON may hold
    if _digest(said) != line.sha256:
        raise ResultsError(
            f"{path}: what {line.task} left is not what it was when this task was started; someone changed the file\n"
            "  mend: run the tasks above again"
        )
    return json.loads(said)


def lines_to_json(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """As in order.json; `lines_from_json` is its inverse."""
    return [asdict(each) for each in lines]


def lines_from_json(plain: Sequence[Mapping[str, Any]]) -> list[Line]:
    """Read what `lines_to_json` wrote."""
    return [Line(**each) for each in plain]


def input_to_json(given: TaskInput) -> dict[str, Any]:
    """One task's result as plain data; `input_from_json` is its inverse."""
    usage = given.usage
    return {
        "task": given.task,
        "group": given.group,
        "title": given.title,
        "agent": given.agent,
        "artifacts": {name: str(path) for name, path in given.artifacts.items()},
        "measurements": [measurement_to_json(one) for one in given.measurements],
        "usage": usage and [usage.seconds, usage.cpu_seconds, usage.peak_rss, usage.samples],
        "series": given.series and str(given.series),
    }


def input_from_json(plain: Mapping[str, Any]) -> TaskInput:
    """Read what `input_to_json` wrote."""
    return TaskInput(
        task=plain["task"],
        group=plain["group"],
        title=plain["title"],
        agent=plain["agent"],
        artifacts={name: Path(path) for name, path in plain["artifacts"].items()},
        measurements=tuple(measurement_from_json(one) for one in plain["measurements"]),
        usage=plain["usage"] and Usage(*plain["usage"]),
        series=plain["series"] and Path(plain["series"]),
    )


def _digest(said: bytes) -> str:
    return hashlib.sha256(said).hexdigest()[:DIGITS]
