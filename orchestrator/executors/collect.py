"""Turn what an attempt wrote into Evidence: read its lines within limits, check them, and take its artifacts'
checksums.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from orchestrator.context import check_measurement
from orchestrator.evidence.measurement import Comparison, Evidence, Measurement, Trend
from orchestrator.evidence.metric import Metric
from orchestrator.evidence.units import UnitError, compatible, parse_unit
from orchestrator.executors.artifacts import take_artifact, take_used
from orchestrator.executors.heed import Heed, never
from orchestrator.executors.lines import (
    ArtifactLine,
    DoneLine,
    FailedLine,
    MeasurementLine,
    NoteLine,
    UsedLine,
    parse_line,
)
from orchestrator.executors.tail import LARGEST_FILE, LONGEST_LINE, EvidenceTail
from orchestrator.runner import TaskInput
from orchestrator.wire import WireError

MOST_NOTES: Final = 1_000


def left_measured(path: Path, metrics: Sequence[Metric]) -> tuple[Measurement, ...]:
    """What an attempt that nobody watched to its end had recorded: the lines before the first one that cannot be read.

    Follows no link, and reads no more than an attempt may write.
    """
    found: list[Measurement] = []
    known = {metric.name: metric for metric in metrics}
    with suppress(OSError, WireError):
        for line in _read_lines(path):
            match parse_line(line):
                case MeasurementLine(measurement):
                    check_measurement(measurement, known)
                    check_units(measurement, known[measurement.metric])
                    found.append(measurement)
                case _:
                    pass
    return tuple(found)


def _read_lines(path: Path) -> Iterator[bytes]:
    """Whole lines that are not empty. Raises OSError, WireError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return
        read = 0
        while (line := file.readline(LONGEST_LINE + 1)).endswith(b"\n"):
            read += len(line)
            if read > LARGEST_FILE:
                return
            if line.strip():
                yield line


class Collector:
    """Gathers an attempt's lines. `problem` is the first unusable thing in them, None while all is well.

    folder: the lines are kept on its disk. address: where the attempt appends them. hidden: a name for them until
    then. The lines are found by it if the orchestrator dies.
    """

    def __init__(self, folder: str | Path, metrics: Sequence[Metric], hidden: Path | None = None) -> None:
        self.done = False
        self.failed: FailedLine | None = None
        self.problem: str | None = None
        self._tail = EvidenceTail(folder, hidden)
        self.address = self._tail.address
        self._metrics = {metric.name: metric for metric in metrics}
        self._measurements: list[Measurement] = []
        self._titles: dict[str, str] = {}
        self._used: dict[tuple[str, str], None] = {}
        self._line = 0
        self._notes = 0

    def poll(self, *, last: bool = False, heed: Heed = never) -> list[NoteLine]:
        """Read the new lines and return their notes. Raises what `heed` raises."""
        notes: list[NoteLine] = []
        if self.problem is not None:
            return notes
        try:
            for line in self._tail.lines(last=last, heed=heed):
                self._line += 1
                if line.strip():
                    self._take(line, notes)
        except (WireError, OSError) as error:
            self.problem = f"evidence.jsonl, line {self._line}: {error}" if self._line else f"evidence.jsonl: {error}"
        return notes

    def waiting(self) -> bool:
        """Whether the attempt wrote something that was not read yet."""
        return self._tail.waiting()

    @property
    def measured(self) -> tuple[Measurement, ...]:
        """The measurements in the lines read so far."""
        return tuple(self._measurements)

    def keep(self, folder: int) -> str | None:
        """Leave the lines in the attempt's folder, as a file. See `EvidenceTail.keep`."""
        return self._tail.keep(folder)

    def close(self) -> None:
        """Close the file."""
        self._tail.close()

    def evidence(
        self,
        folder: Path,
        demanded: Sequence[str],
        inputs: Sequence[TaskInput] = (),
        heed: Heed = never,
        kept: Path | None = None,
    ) -> Evidence:
        """The measurements; the declared, demanded or used artifacts; and the files of `inputs` that were read.

        kept: where the folder will be. Raises ArtifactError, and what `heed` raises.
        """
        names = dict.fromkeys(
            [*demanded, *self._titles, *(name for one in self._measurements for name in one.artifacts)]
        )
        artifacts = tuple(take_artifact(folder, name, self._titles.get(name, ""), heed, kept) for name in names)
        given = {one.task: one for one in inputs} if self._used else {}
        run_folder = (kept or folder).parents[1]
        used = tuple(take_used(run_folder, given.get(task), task, name, heed) for task, name in self._used)
        return Evidence(tuple(self._measurements), artifacts, used)

    def _take(self, line: bytes, notes: list[NoteLine]) -> None:
        match parse_line(line):
            case NoteLine() as note:
                self._take_note(note, notes)
            case MeasurementLine(measurement):
                check_measurement(measurement, self._metrics)
                check_units(measurement, self._metrics[measurement.metric])
                self._measurements.append(measurement)
            case ArtifactLine(name, title):
                self._titles[name] = title
            case UsedLine(task, name):
                self._used[task, name] = None
            case DoneLine():
                self.done = True
            case FailedLine() as failed:
                self.failed = failed

    def _take_note(self, note: NoteLine, notes: list[NoteLine]) -> None:
        self._notes += 1
        if self._notes < MOST_NOTES:
            notes.append(note)
        elif self._notes == MOST_NOTES:
            notes.append(NoteLine(f"(more than {MOST_NOTES} notes; the rest is in evidence.jsonl)"))


def check_units(measurement: Measurement, metric: Metric) -> None:
    """Raise WireError for a unit that is unknown or of another dimension than the metric's."""
    try:
        if not compatible(measurement.unit, metric.unit):
            raise WireError(
                f"metric {metric.name!r} is in {metric.unit}, but was recorded in {measurement.unit!r}; convert it"
            )
        match measurement.data:
            case Comparison(arm_unit=unit):
                parse_unit(unit)
            case Trend(x_unit=x_unit, y_unit=y_unit):
                parse_unit(x_unit)
                parse_unit(y_unit)
            case _:
                pass
    except UnitError as error:
        raise WireError(f"metric {metric.name!r}: {error}") from None
