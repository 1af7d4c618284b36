"""Events as lines of JSON with the journal's own checksum, and back."""

import json
from collections.abc import Iterable

from orchestrator.journal.codec import checksum, decode_event, encode_event
from orchestrator.journal.errors import DamagedJournal
from orchestrator.state.events import Envelope
from orchestrator.strict_json import read_json


def events_text(run: str, envelopes: Iterable[Envelope]) -> bytes:
    """One line for each event: seq, at, mono, fence, event, and the checksum over all of them."""
    return "".join(_line(run, one) for one in envelopes).encode()


def _line(run: str, one: Envelope) -> str:
    body = encode_event(one.event)
    mark = checksum(run, one.seq, one.at, one.mono, one.fence, one.event.kind, body)
    return f'{{"seq":{one.seq},"at":{one.at!r},"mono":{one.mono!r},"fence":{one.fence},"event":{body},"checksum":"{mark}"}}\n'


def read_events(run: str, text: bytes) -> tuple[tuple[Envelope, ...], tuple[int, ...]]:
    """The events that are as they were written, in order, and the numbers of those that are not or are missing."""
    lines = text.split(b"\n")
    read = [_read(run, line) for line in lines[:-1]]
    found = tuple(one for one in read if one is not None)
    numbers = {one.seq for one in found}
    last = max(numbers, default=0)
    unread = sum(one is None for one in read) + bool(lines[-1])
    damaged = [seq for seq in range(1, last + 1) if seq not in numbers]
    damaged += range(last + 1, last + 1 + unread - len(damaged))  # lines beyond the last that can be read
    in_order = [one.seq for one in found] == sorted(numbers)
    return found, tuple(damaged) if in_order else tuple(damaged) or (last,)


def _read(run: str, line: bytes) -> Envelope | None:
    """The event on the line, None for one that is not written as `events_text` writes it."""
    try:
        plain = read_json(line)
        event = decode_event(json.dumps(plain["event"]))
        one = Envelope(plain["seq"], float(plain["at"]), float(plain["mono"]), plain["fence"], event)
        return one if _same(run, one, plain, line) else None
    except (ValueError, KeyError, TypeError, RecursionError, DamagedJournal):
        return None


def _same(run: str, one: Envelope, plain: dict[str, object], line: bytes) -> bool:
    """Whether the line carries the right checksum for the text of its own event, which a newer version may have extended."""
    start, end = line.index(b',"event":') + len(b',"event":'), line.rindex(b',"checksum":"')
    body = line[start:end].decode()
    mark = checksum(run, one.seq, one.at, one.mono, one.fence, one.event.kind, body)
    head = f'{{"seq":{one.seq},"at":{one.at!r},"mono":{one.mono!r},"fence":{one.fence},"event":'
    return plain["checksum"] == mark and line == f'{head}{body},"checksum":"{mark}"}}'.encode()
