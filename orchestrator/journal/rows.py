"""Convert rows of a journal's tables to values, and back. Each row is checked before it is used. Pure."""

from collections.abc import Sequence
from typing import Any, Final

from orchestrator.journal.codec import checksum, decode_event, decode_pieces, encode_event, event_pieces, holds_many
from orchestrator.journal.errors import (
    BrokenSeal,
    DamagedJournal,
)
from orchestrator.journal.packing import packed, unpacked
from orchestrator.journal.port import RunSummary
from orchestrator.journal.seals import Seal, SealState
from orchestrator.state.events import Envelope, Event
from orchestrator.strict_json import read_json

_EVENT_TYPES: Final = (int, float, float, int, str, str, str)
_PACKED_TYPES: Final = (int, float, float, int, str, bytes, str)
LEASE_TYPES: Final = (int, str, int, float, int)


def row_of(run: str, envelope: Envelope) -> tuple[object, ...]:
    """The row of an event, with its checksum."""
    body: str | bytes = (
        encode_event(envelope.event) if not holds_many(envelope.event) else packed(event_pieces(envelope.event))
    )
    said = (envelope.seq, envelope.at, envelope.mono, envelope.fence, envelope.event.kind, body)
    return (run, *said, checksum(run, *said))


def envelope_of(run: str, row: tuple[Any, ...]) -> Envelope:
    """The inverse. Raises DamagedJournal."""
    require_whole(run, row)
    seq, at, mono, fence, _, body, _ = row
    return Envelope(seq, at, mono, fence, decode_event(body) if isinstance(body, str) else _unpacked(run, seq, body))


def _unpacked(run: str, seq: int, body: bytes) -> Event:
    try:
        return decode_pieces(unpacked(body))
    except DamagedJournal as error:
        raise DamagedJournal(f"run {run}, event {seq}: {error}") from error


def require_end(run: str, last: int, end: int) -> None:
    """Raise DamagedJournal if the index has lost the run's last events."""
    if last < end:
        raise DamagedJournal(
            f"run {run}: its events end at {last} by the index, and at {end} by the table\n"
            "  mend: restore the journal from a copy",
        )


def require_sealed(run: str, found: Seal) -> None:
    """Raise BrokenSeal if another program wrote to the run."""
    if found.state is SealState.BROKEN:
        raise BrokenSeal(run, found.detail)


def typed(row: Sequence[Any], types: tuple[type, ...]) -> bool:
    """Whether SQLite returns the types that were stored.

    A value's type is stored in the file, and can be damaged too.
    """
    return tuple(map(type, row)) == types


def require_whole(run: str, row: Sequence[Any]) -> None:
    """Raise DamagedJournal unless the row matches its checksum."""
    *said, written = row
    if not (typed(row, _EVENT_TYPES) or typed(row, _PACKED_TYPES)) or checksum(run, *said) != written:
        raise DamagedJournal(
            f"run {run}, event {said[0]}: what was read is not what was written\n"
            "  mend: the disk or another program changed it; restore the journal from a copy",
        )


def summary_of(run: str, marks: Sequence[tuple[Any, ...]]) -> RunSummary:
    """The summary of a run, from the rows that begin, end and resume it, in order of seq.

    Each of `marks` also ends with the kinds of the run's last two rows.
    """
    begun, ended = marks[0], marks[-1]
    try:
        code = read_json(ended[5])["exit_code"] if ended[4] == "run_finished" else None
        return RunSummary(
            run, str(read_json(begun[5])["plan_id"]), begun[1], begun[7], code, begun[8] == "criterion_judged"
        )
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedJournal(
            f"run {run}: its first event cannot be read\n  mend: restore the journal from a copy",
        ) from error
