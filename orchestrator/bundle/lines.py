"""Events as lines of JSON with the journal's own checksum, and back. A line may be as long as all samples of a task, so
it is never held in memory as a whole.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from orchestrator.evidence.many import decoded
from orchestrator.journal.codec import checksum_begun, checksum_of, decode_event, decode_pieces, event_pieces
from orchestrator.journal.errors import DamagedJournal
from orchestrator.state.events import Envelope, Event
from orchestrator.strict_json import read_json

EVENT: Final = ',"event":'
MARK: Final = ',"checksum":"'
LONG: Final = 1 << 20  # bytes of a line that is read in pieces
AROUND: Final = 1 << 12  # bytes in which what stands around a long line's event is looked for


@dataclass(frozen=True, slots=True)
class Text:
    """A text that can be read in parts. between: the bytes from one place up to another, in pieces."""

    size: int
    between: Callable[[int, int], Iterator[bytes]]

    def part(self, start: int, end: int) -> bytes:
        """A short part of it."""
        return b"".join(self.between(start, end))


def held(content: bytes) -> Text:
    """A text that is in memory."""
    return Text(len(content), lambda start, end: iter((content[start:end],)))


def events_text(run: str, envelopes: Iterable[Envelope]) -> Iterator[bytes]:
    """One line for each event: seq, at, mono, fence, event, and the checksum over all of them. In pieces."""
    for one in envelopes:
        yield _head(one).encode()
        mark = checksum_begun(run, one.seq, one.at, one.mono, one.fence, one.event.kind)
        for piece in event_pieces(one.event):
            said = piece.encode()
            mark.update(said)
            yield said
        yield _tail(mark.hexdigest()).encode() + b"\n"


def _head(one: Envelope) -> str:
    return f'{{"seq":{one.seq},"at":{one.at!r},"mono":{one.mono!r},"fence":{one.fence}{EVENT}'


def _tail(mark: str) -> str:
    return f'{MARK}{mark}"}}'


def read_events(run: str, text: Text) -> tuple[tuple[Envelope, ...], tuple[int, ...]]:
    """The events that are as they were written, in order, and the numbers of those that are not or are missing."""
    read = [
        _read_long(run, text, start, end) if line is None else _read(run, line) for start, end, line in _lines(text)
    ]
    found = tuple(one for one in read if one is not None)
    numbers = {one.seq for one in found}
    last = max(numbers, default=0)
    unread = sum(one is None for one in read)
    damaged = [seq for seq in range(1, last + 1) if seq not in numbers]
    damaged += range(last + 1, last + 1 + unread - len(damaged))  # lines beyond the last that can be read
    in_order = [one.seq for one in found] == sorted(numbers)
    return found, tuple(damaged) if in_order else tuple(damaged) or (last,)


def _lines(text: Text) -> Iterator[tuple[int, int, bytes | None]]:
    """Where each line begins and ends, and the line itself unless it is long. What has no line's end is a line that
    cannot be read.
    """
    start, length, line = 0, 0, bytearray()
    for piece in text.between(0, text.size):
        at = 0
        while (end := piece.find(b"\n", at)) >= 0:
            length += end - at
            yield start, start + length, bytes(line) + piece[at:end] if length <= LONG else None
            start, at, length, line = start + length + 1, end + 1, 0, bytearray()
        length += len(piece) - at
        line = line + piece[at:] if length <= LONG else bytearray()
    if length:
        yield start, start + length, b""


def _read(run: str, line: bytes) -> Envelope | None:
    """The event on the line, None for one that is not written as `events_text` writes it."""
    try:
        begins = line.index(EVENT.encode()) + len(EVENT)
        ends = line.rindex(MARK.encode(), begins)
        body = line[begins:ends].decode()
        return _as_written(run, line[:begins], line[ends:], decode_event(body), (body,))
    except (ValueError, KeyError, TypeError, RecursionError, DamagedJournal):
        return None


def _read_long(run: str, text: Text, start: int, end: int) -> Envelope | None:
    """The same, without holding the whole line in memory."""
    try:
        first, last = text.part(start, start + AROUND), text.part(end - AROUND, end)
        begins, ends = first.index(EVENT.encode()) + len(EVENT), last.rindex(MARK.encode())
        body = (start + begins, end - len(last) + ends)
        event = decode_pieces(decoded(text.between(*body)))
        return _as_written(run, first[:begins], last[ends:], event, text.between(*body))
    except (ValueError, KeyError, TypeError, RecursionError, DamagedJournal):
        return None


def _as_written(run: str, head: bytes, tail: bytes, event: Event, body: Iterable[str | bytes]) -> Envelope | None:
    """The envelope, None where head or tail is not what `events_text` writes around it. body: its own text, which a
    newer version may have extended.
    """
    said = read_json(f"{head.decode()}null{tail.decode()}")
    one = Envelope(said["seq"], float(said["at"]), float(said["mono"]), said["fence"], event)
    mark = checksum_of(run, one.seq, one.at, one.mono, one.fence, event.kind, body)
    return one if (head, tail) == (_head(one).encode(), _tail(mark).encode()) else None
