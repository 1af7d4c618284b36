"""What attempts left beside the journal: memory over time, and the end of what they printed. Read within bounds."""

import csv
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

POINTS: Final = 240
"""Points of a series that are kept, evenly spread; a peak between two of them is kept in their place."""
LOG_BYTES: Final = 6000
SERIES_BYTES: Final = 8 << 20
MIB: Final = 2.0**20


@dataclass(frozen=True, slots=True)
class Trace:
    """One task's last attempt. series: (seconds since it began, MiB resident in its process tree). log: its last lines."""

    series: tuple[tuple[float, float], ...] = ()
    log: str = ""


NO_TRACES: Final[Mapping[str, Trace]] = {}


def read_traces(folder: Path, attempts: Iterable[tuple[str, int]]) -> dict[str, Trace]:
    """Traces by task, from a run's folder. What is missing or damaged is empty: the journal is the truth, this is colour."""
    return {task: _trace(folder / task / str(attempt)) for task, attempt in attempts if attempt}


def _trace(folder: Path) -> Trace:
    told = [_tail(folder / name) for name in ("stdout.log", "stderr.log")]
    return Trace(thinned(_series(folder / "series.csv")), "\n".join(part for part in told if part))


def _series(path: Path) -> list[tuple[float, float]]:
    points: list[tuple[float, float]] = []
    with (
        suppress(OSError, ValueError, csv.Error, KeyError, TypeError),
        _regular(path).open(encoding="ascii", errors="replace") as file,
    ):
        text = file.read(SERIES_BYTES)
        points.extend(
            (float(row["seconds"]), float(row["rss_bytes"]) / MIB) for row in csv.DictReader(text.splitlines())
        )
    return points


def thinned(points: list[tuple[float, float]], most: int = POINTS) -> tuple[tuple[float, float], ...]:
    """At most `most` of the points: the highest of each of as many equal shares, so that no peak is lost."""
    step = -(-len(points) // most) if points else 1
    shares = (points[begin : begin + step] for begin in range(0, len(points), step))
    return tuple(max(share, key=lambda point: point[1]) for share in shares)


def _tail(path: Path) -> str:
    with suppress(OSError), _regular(path).open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - LOG_BYTES))
        text = file.read(LOG_BYTES).decode("utf-8", "replace")
        return f"… {size - LOG_BYTES:,} bytes before …\n{text}" if size > LOG_BYTES else text
    return ""


def _regular(path: Path) -> Path:
    """The path of a file; opening a pipe that a task put there would wait for ever. Raises OSError."""
    if not path.is_file():
        raise FileNotFoundError(path)
    return path
