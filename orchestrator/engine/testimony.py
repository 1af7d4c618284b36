"""Compares what attempts left in their own files with what the journal says they measured.

The orchestrator writes both. So someone who rewrites a row of the journal has to find the attempt's file too, and vice
versa.
"""

import errno
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any, Final

from orchestrator.beneath import open_below
from orchestrator.evidence.measurement import Measurement
from orchestrator.executors.folder import EVIDENCE
from orchestrator.executors.lines import MeasurementLine, parse_line
from orchestrator.executors.tail import LONGEST_LINE
from orchestrator.journal.codec import encode_event
from orchestrator.secrets import MASK
from orchestrator.state.events import AttemptFailed, Envelope, TaskFailed, TaskSampled, TaskSucceeded
from orchestrator.wire import WireError

GONE: Final = frozenset({errno.ENOENT, errno.ENOTDIR})


@dataclass(frozen=True, slots=True)
class Contradiction:
    """path: of the attempt's file below the run's folder. gone: whether the file is missing. detail: one sentence for
    people.
    """

    path: str
    gone: bool
    detail: str


def contradictions(envelopes: Iterable[Envelope], run_folder: Path) -> Iterator[Contradiction]:
    """Every attempt whose own file contradicts the journal. Raises PermissionError if a file cannot be read."""
    for one in envelopes:
        match one.event:
            case TaskSucceeded(task=task, attempt=attempt, evidence=evidence):
                yield from _compared(run_folder, f"{task}/{attempt}", evidence.measurements, whole=True, event=one.seq)
            case TaskSampled(task=task, attempt=attempt, evidence=evidence):
                yield from _compared(run_folder, f"{task}/{attempt}", evidence.measurements, whole=True, event=one.seq)
            case AttemptFailed(task=task, attempt=attempt, failure=failure):
                yield from _compared(run_folder, f"{task}/{attempt}", failure.measured, whole=False, event=one.seq)
            case TaskFailed(task=task, attempt=attempt, failure=failure):
                yield from _compared(run_folder, f"{task}/{attempt}", failure.measured, whole=False, event=one.seq)
            case _:
                pass


def _compared(
    run_folder: Path, attempt: str, journalled: Sequence[Measurement], *, whole: bool, event: int
) -> Iterator[Contradiction]:
    """whole: every measurement of the file counts.

    Otherwise only the first ones count, up to what could not be used.
    """
    path = f"{attempt}/{EVIDENCE}"
    try:
        with open_below(run_folder.parents[1], _below(run_folder, path), sole=True) as file:
            found = _difference(file, journalled, whole=whole)
    except PermissionError:
        raise
    except OSError as error:
        if error.errno not in GONE:
            yield Contradiction(path, gone=False, detail=f"it is not the file that was written: {error.strerror}")
        elif journalled:
            yield Contradiction(path, gone=True, detail="the attempt's own record is gone; run its task again")
        return
    if found:
        yield Contradiction(path, gone=False, detail=f"{found} event {event} of the journal says otherwise")


def _difference(file: BufferedReader, journalled: Sequence[Measurement], *, whole: bool) -> str:
    """How the file differs, "" if it does not. It is read one line at a time, because a file can be large."""
    at = 0
    for number, measurement in _measurements(file):
        if at == len(journalled):
            return f"line {number} measures {_told(measurement)};" if whole else ""
        if not _same(measurement, journalled[at]):
            return f"line {number} says {_told(measurement)};"
        at += 1
    return "" if at == len(journalled) else f"it holds {at} of {len(journalled)} measurements;"


def _measurements(file: BufferedReader) -> Iterator[tuple[int, Measurement]]:
    """The measurements up to the first line that does not follow the protocol."""
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if not line.strip():
            continue
        try:
            said = parse_line(line)
        except WireError:
            return
        if isinstance(said, MeasurementLine):
            yield number, said.measurement


def _same(one: Measurement, other: Measurement) -> bool:
    """Whether the file's measurement is the journal's, in which secrets are masked."""
    return one == other or _alike(_text(one), _text(other))  # NaN equals itself only as text


def _alike(written: str, masked: str) -> bool:
    """Whether a text is what another one was before its secrets were masked."""
    if MASK not in masked:
        return written == masked
    known = map(re.escape, masked.split(MASK))
    return re.fullmatch('[^"]{1,4096}'.join(known), written) is not None


def _text(measurement: Any) -> str:  # noqa: ANN401 - it is written as any part of an event is
    return encode_event(measurement)


def _told(measurement: Measurement) -> str:
    return f"{measurement.size} samples of {measurement.metric}"


def _below(run_folder: Path, path: str) -> str:
    return f"{run_folder.parent.name}/{run_folder.name}/{path}"
