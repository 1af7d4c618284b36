"""Read, within limits, what attempts left beside the journal: memory over time, and the end of their output."""

import csv
from collections.abc import Iterable, Mapping
from contextlib import suppress
from io import BufferedReader
from pathlib import Path
from typing import Final

from orchestrator.attempts import found_folder
from orchestrator.beneath import open_below
from orchestrator.records import dataclass

POINTS: Final = 240
"""Points of a series that are kept, evenly spread; a peak between two of them is kept in their place."""
LOG_BYTES: Final = 6000
SERIES_BYTES: Final = 8 << 20
MIB: Final = 2.0**20


@dataclass(frozen=True, slots=True)
class Trace:
    """One task's last attempt. series: (seconds since it began, MiB resident in its process tree). log: its last
    lines.
    """

    series: tuple[tuple[float, float], ...] = ()
    log: str = ""


NO_TRACES: Final[Mapping[str, Trace]] = {}


def read_traces(folder: Path, attempts: Iterable[tuple[str, int]]) -> dict[str, Trace]:
    """Traces by task, from a run's folder. What is missing or damaged is empty: the journal is the truth, this is
    colour.
    """
    state = folder.parents[1]
    return {
        task: _trace(state, found_folder(state, folder.name, task, attempt)) for task, attempt in attempts if attempt
    }


def _trace(state: Path, folder: Path) -> Trace:
    told = [_tail(state, folder / name) for name in ("stdout.log", "stderr.log")]
    return Trace(thinned(_series(state, folder / "series.csv")), "\n".join(part for part in told if part))


def _series(state: Path, path: Path) -> list[tuple[float, float]]:
    points: list[tuple[float, float]] = []
    with suppress(OSError, ValueError, csv.Error, KeyError, TypeError), _opened(state, path) as file:
        text = file.read(SERIES_BYTES).decode("ascii", "replace")
        points.extend(
            (float(row["seconds"]), float(row["rss_bytes"]) / MIB) for row in csv.DictReader(text.splitlines())
        )
    return points


def thinned(points: list[tuple[float, float]], most: int = POINTS) -> tuple[tuple[float, float], ...]:
    """At most `most` of the points: the highest of each of as many equal shares, so that no peak is lost."""
    step = -(-len(points) // most) if points else 1
    shares = (points[begin : begin + step] for begin in range(0, len(points), step))
    return tuple(max(share, key=lambda point: point[1]) for share in shares)


def _tail(state: Path, path: Path) -> str:
    with suppress(OSError), _opened(state, path) as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - LOG_BYTES))
        text = file.read(LOG_BYTES).decode("utf-8", "replace")
        return f"… {size - LOG_BYTES:,} bytes before …\n{text}" if size > LOG_BYTES else text
    return ""


def _opened(state: Path, path: Path) -> BufferedReader:
    """One of our files, whatever a task may have put in its place. Raises OSError."""
    return open_below(state, path.relative_to(state).as_posix(), sole=True)
