"""Events as lines of JSON with the journal's own checksum, and back."""

from collections.abc import Iterable
from io import BytesIO
from typing import Final

from orchestrator.journal.codec import checksum, checksum_of, decode_event, event_pieces
from orchestrator.journal.errors import DamagedJournal
from orchestrator.state.events import Envelope
from orchestrator.strict_json import read_json

EVENT: Final = ',"event":'
MARK: Final = ',"checksum":"'


def events_text(run: str, envelopes: Iterable[Envelope]) -> bytes:
    """One line for each event: seq, at, mono, fence, event, and the checksum over all of them."""
    text = BytesIO()
    for one in envelopes:
        text.write(_head(one).encode())
        text.writelines(piece.encode() for piece in event_pieces(one.event))
        mark = checksum_of(run, one.seq, one.at, one.mono, one.fence, one.event.kind, event_pieces(one.event))
        text.write(_tail(mark).encode())
        text.write(b"\n")
    return text.getvalue()


def _head(one: Envelope) -> str:
    return f'{{"seq":{one.seq},"at":{one.at!r},"mono":{one.mono!r},"fence":{one.fence}{EVENT}'


def _tail(mark: str) -> str:
    return f'{MARK}{mark}"}}'


def read_events(run: str, text: bytes) -> tuple[tuple[Envelope, ...], tuple[int, ...]]:
    """The events that are as they were written, in order, and the numbers of those that are not or are missing."""
    read, whole = [], memoryview(text)
    at = 0
    while (end := text.find(b"\n", at)) >= 0:  # not split: the text may be large, and would be there twice
        read.append(_read(run, text, whole, at, end))
        at = end + 1
    found = tuple(one for one in read if one is not None)
    numbers = {one.seq for one in found}
    last = max(numbers, default=0)
    unread = sum(one is None for one in read) + (at < len(text))
    damaged = [seq for seq in range(1, last + 1) if seq not in numbers]
    damaged += range(last + 1, last + 1 + unread - len(damaged))  # lines beyond the last that can be read
    in_order = [one.seq for one in found] == sorted(numbers)
    return found, tuple(damaged) if in_order else tuple(damaged) or (last,)


def _read(run: str, text: bytes, whole: memoryview, start: int, end: int) -> Envelope | None:
    """The event on the line, None for one that is not written as `events_text` writes it."""
    try:
        begins = text.index(EVENT.encode(), start, end) + len(EVENT)
        ends = text.rindex(MARK.encode(), begins, end)
        head, tail = str(whole[start:begins], "utf-8"), str(whole[ends:end], "utf-8")
        plain = read_json(f"{head}null{tail}")
        body = str(whole[begins:ends], "utf-8")
        event = decode_event(body)
        one = Envelope(plain["seq"], float(plain["at"]), float(plain["mono"]), plain["fence"], event)
        mark = checksum(
            run, one.seq, one.at, one.mono, one.fence, event.kind, body
        )  # of its own text, which a newer version may have extended
        return one if (head, tail) == (_head(one), _tail(mark)) else None
    except (ValueError, KeyError, TypeError, RecursionError, DamagedJournal):
        return None
