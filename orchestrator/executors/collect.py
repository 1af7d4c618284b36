"""Turn what an attempt wrote into Evidence: read its lines within limits, check them, and take its artifacts'
checksums.
"""

import errno
import os
import secrets
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from orchestrator import kernel
from orchestrator.beneath import open_below, set_aside
from orchestrator.context import check_measurement
from orchestrator.errors import OrchestratorError
from orchestrator.evidence.measurement import Artifact, Comparison, Evidence, Measurement, Trend
from orchestrator.evidence.metric import Metric
from orchestrator.evidence.units import UnitError, compatible, parse_unit
from orchestrator.executors.checksum import checksum
from orchestrator.executors.folder import EVIDENCE
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
from orchestrator.executors.nameless import name_file, named, nameless
from orchestrator.executors.room import with_room
from orchestrator.runner import TaskInput
from orchestrator.wire import WireError

LONGEST_LINE: Final = 4 * 2**20
LARGEST_FILE: Final = 64 * 2**20
MOST_NOTES: Final = 1_000
LONGEST_PART: Final = 255  # bytes, the limit of file systems
LONGEST_SHOWN: Final = 100
CHUNK: Final = 2**18
MOST_AT_ONCE: Final = 4 * 2**20  # while the task runs: the reader also checks the clock and the stop signal


class EvidenceTail:
    """Makes a file without a name, and reads its lines as it grows.

    address: where the attempt's processes, however far down, append to it. Other tasks find it in no folder.
    """

    def __init__(self, folder: str | Path, hidden: Path | None = None) -> None:
        if hidden is None and not kernel.LINUX:
            hidden = Path(folder) / f".{secrets.token_hex(16)}"
        found = None if hidden is None else named(hidden)
        self._hidden = None if found is None else hidden
        self._descriptor = nameless(folder) if found is None else found
        self.address = kernel.address_of(self._descriptor) or str(hidden)
        self._read = 0
        self._rest = b""

    def lines(self, *, last: bool = False, heed: Heed = never) -> Iterator[bytes]:
        """Every line completed since the last call, of the next 4 MiB. The very last call also returns a line without
        an end.

        Raises WireError beyond limits, and what `heed` raises.
        """
        most = LARGEST_FILE if last else MOST_AT_ONCE
        begun = self._read
        while self._read - begun <= most and (chunk := os.read(self._descriptor, CHUNK)):
            heed()
            self._read += len(chunk)
            if self._read > LARGEST_FILE:
                raise WireError(f"it is larger than {LARGEST_FILE >> 20} MiB; record fewer values, or an artifact")
            *whole, self._rest = (self._rest + chunk).split(b"\n")
            if len(self._rest) > LONGEST_LINE or any(len(line) > LONGEST_LINE for line in whole):
                raise WireError(f"a line is longer than {LONGEST_LINE >> 20} MiB; record fewer values, or an artifact")
            yield from whole
        if last:
            self._check_same_file()
            yield self._rest

    def waiting(self) -> bool:
        """Whether something was not read yet."""
        return os.fstat(self._descriptor).st_size != self._read

    def keep(self, folder: int) -> str | None:
        """Give the file its name in the attempt's folder, now that nobody writes to it.

        A file of that name is renamed, and its new name returned. Raises OSError.
        """
        aside = set_aside(folder, EVIDENCE)
        name_file(self._descriptor, folder, EVIDENCE)
        self._forget()
        return aside

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)
        self._forget()

    def _forget(self) -> None:
        if self._hidden is not None:
            with suppress(OSError):
                self._hidden.unlink()

    def _check_same_file(self) -> None:
        if os.fstat(self._descriptor).st_size != self._read:
            raise WireError("it was cut short while the task ran; only append to it (>>)")


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


class ArtifactError(OrchestratorError):
    """An artifact is missing, is not a regular file, or is not inside the attempt's folder."""


def check_name(name: str) -> None:
    """Raise ArtifactError for a file name that reports, bundles and terminals cannot show unchanged."""
    shown = ascii(name if len(name) <= LONGEST_SHOWN else f"{name[:LONGEST_SHOWN]}…")
    if any("\ud800" <= char <= "\udfff" for char in name):
        raise ArtifactError(f"artifact {shown}: the file's name is not UTF-8; give the file a name that is")
    if not name.isprintable():
        raise ArtifactError(
            f"artifact {shown}: the file's name holds a control character, a line's end or one that is not shown; "
            f"rename the file"
        )
    if any(len(part.encode()) > LONGEST_PART for part in name.split("/")):
        raise ArtifactError(
            f"artifact {shown}: a part of the file's name is longer than {LONGEST_PART} bytes; shorten it"
        )


def take_artifact(folder: Path, name: str, title: str = "", heed: Heed = never, kept: Path | None = None) -> Artifact:
    """The artifact `folder / name` with its checksum. Raises ArtifactError. Follows no link, so nothing outside is
    read.

    kept: where the folder will be when the artifact is looked up, None if it stays.
    """
    check_name(name)
    parts = Path(name).parts
    if not parts or Path(name).is_absolute() or ".." in parts or "\0" in name:
        raise ArtifactError(f"artifact {name!r} is not inside the attempt's folder; name a file below it")
    try:
        with with_room(lambda: open_below(folder, name), heed) as file:
            sha256, size = checksum(file, heed)
    except OSError as error:
        raise ArtifactError(f"artifact {name!r} {_why_not(error)}") from None
    home = kept or folder
    return Artifact(name, f"{home.parent.name}/{home.name}/{name}", sha256, size, title)


def _why_not(error: OSError) -> str:
    match error.errno:
        case errno.ELOOP:
            return "is or goes through a symbolic link; copy the file into the folder"
        case errno.EINVAL | errno.ENXIO | errno.EISDIR:
            return "is not a regular file; declare files, or pack the folder into one"
        case _:
            return f"was not left behind ({error.strerror}); write it, or do not declare it"


def take_used(run_folder: Path, given: TaskInput | None, task: str, name: str, heed: Heed = never) -> Artifact:
    """The file `name` that the task above left, with its current checksum.

    Raises ArtifactError if there is none.
    """
    path = None if given is None else given.artifacts.get(name)
    if path is None:
        raise ArtifactError(f"no task {task!r} above left a file {name!r}; declare as used only what order.json lists")
    try:
        below = path.relative_to(run_folder).as_posix()
        with with_room(lambda: open_below(run_folder, below), heed) as file:
            sha256, size = checksum(file, heed)
    except (OSError, ValueError) as error:
        raise ArtifactError(
            f"the file {name!r} of {task} cannot be read again ({error}); leave inputs as they are"
        ) from None
    return Artifact(f"{task}/{name}", below, sha256, size)
