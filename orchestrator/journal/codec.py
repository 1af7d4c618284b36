"""Events as text: one JSON object each, keys sorted, with a checksum that detects a flipped bit.

NaN and infinities are written as the constants NaN, Infinity and -Infinity, which Python's JSON reads back. A
measurement must come back as it was given. A lone surrogate (bytes of a file name that are not UTF-8) becomes "?".
"""

import dataclasses
import json
from collections.abc import Iterable, Iterator
from functools import cache
from json.encoder import encode_basestring
from math import isfinite
from typing import Any, Final, get_args

import xxhash
from pydantic import TypeAdapter, ValidationError

from orchestrator.evidence.many import loaded, loaded_from
from orchestrator.evidence.packed import Figures
from orchestrator.journal.errors import DamagedJournal
from orchestrator.state.events import (
    AttemptFailed,
    Envelope,
    Event,
    ProgressReported,
    RunFinished,
    RunInterrupted,
    RunResumed,
    RunStarted,
    RunWaits,
    TaskFailed,
    TaskRequeued,
    TaskReused,
    TaskSampled,
    TaskSkipped,
    TaskStarted,
    TaskSucceeded,
)

_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)
LONG: Final = 1 << 20
_LEAVES: Final = frozenset({str, int, float, bool, type(None)})
_NAMES: Final[dict[type, tuple[str, ...]]] = {}  # fields of each kind met so far; empty if it is no dataclass
_KEYS: Final[dict[type, tuple[tuple[str, str, Any], ...]]] = {}  # the same, sorted, each with its key as written
_LATE: Final[dict[type, dict[str, Any]]] = {}  # fields that were added to the format later, with their defaults
_ALWAYS: Final = object()
_KINDS: Final[dict[str, type[Event]]] = {
    str(field.default): each for each in get_args(Event) for field in dataclasses.fields(each) if field.name == "kind"
}


@cache
def _reader(kind: str) -> TypeAdapter[Event]:
    """Reads the events of one kind. Made when the first of them is read: few runs have all kinds. Raises KeyError."""
    return TypeAdapter(_KINDS[kind])


def _read(told: Any) -> Event:  # noqa: ANN401 - whatever a text holds
    """The event that was written as this data. Raises ValueError."""
    kind = told.get("kind") if isinstance(told, dict) else None
    try:
        reader = _reader(kind)
    except (KeyError, TypeError) as error:
        raise ValueError(f"there is no kind {kind!r}") from error
    return reader.validate_python(told)


def encode_event(event: Event) -> str:
    """The event as JSON on one line. The same event always gives the same text."""
    return "".join(event_pieces(event))


def event_pieces(event: Event) -> Iterator[str]:
    """The same text, in parts if it holds many numbers."""
    text = _text(event)
    if "\0" not in text:  # JSON escapes that character, so it only marks where numbers are inserted
        yield _writable(text)
        return
    many = {str(id(each)): each for each in _many(event)}
    for place, part in enumerate(text.split("\0")):
        if place % 2:
            yield from many[part].pieces()
        else:
            yield _writable(part)


def holds_many(event: Event) -> bool:
    """Whether it holds many numbers."""
    return type(event) in _MEASURED and next(_many(event), None) is not None


def _writable(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _many(value: Any) -> Iterator[Figures]:  # noqa: ANN401 - whatever an event is made of
    if isinstance(value, Figures):
        yield value
    elif isinstance(value, tuple):
        for inner in value:
            yield from _many(inner)
    else:
        for name in _field_names(type(value)):
            yield from _many(getattr(value, name))


def _text(value: Any) -> str:  # noqa: ANN401 - whatever an event is made of
    """The encoder's text of `plain(value)`, joined from the fields, since most events have a handful of short ones."""
    kind = type(value)
    if kind is str:
        return encode_basestring(value)
    if kind is int or (kind is float and isfinite(value)):
        return repr(value)
    if kind is tuple and not value:
        return "[]"
    if kind is Figures:
        return f"[\0{id(value)}\0]"
    if kind is tuple and dataclasses.is_dataclass(value[0]):
        return f"[{','.join(map(_text, value))}]"
    keys = _KEYS.get(kind)
    if keys is None:
        late = _late(kind)
        keys = _KEYS[kind] = tuple((f'"{name}":', name, late.get(name, _ALWAYS)) for name in sorted(_field_names(kind)))
    return _object(value, keys) if keys else _ENCODER.encode(plain(value))


def _late(kind: type) -> dict[str, Any]:
    """The fields that were added to the format later, with their defaults."""
    fields = dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ()
    return {field.name: field.default for field in fields if field.metadata.get("late")}


def _object(value: Any, keys: tuple[tuple[str, str, Any], ...]) -> str:  # noqa: ANN401 - a dataclass
    """A dataclass, field by field. Leaves are written here, because a call for each would take longer than the
    writing.
    """
    parts = []
    for key, name, absent in keys:
        inner = getattr(value, name)
        kind = type(inner)
        if absent is not _ALWAYS and inner == absent:
            continue
        if kind is str:
            parts.append(key + encode_basestring(inner))
        elif kind is int:
            parts.append(f"{key}{inner}")
        elif kind is tuple and not inner:
            parts.append(f"{key}[]")
        else:
            parts.append(key + _text(inner))
    return "{" + ",".join(parts) + "}"


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever an event is made of
    """A dataclass, and all within it, as a dict by field; sequences as lists. Texts, numbers and truth values stay.

    A field that was added to the format later is left out if it has its default. So what an older version wrote is
    written the same. Many numbers are represented by their count and a digest; the journal's text has them all.

    It does what `dataclasses.asdict` does. That takes ten times as long, because it copies the leaves and asks each
    value for its fields again.
    """
    kind = type(value)
    if kind in _LEAVES:
        return value
    names = _NAMES.get(kind)
    if names is None:
        names = _NAMES[kind] = _field_names(kind)
        _LATE[kind] = _late(kind)
    if names:
        late = _LATE[kind]
        held = ((name, getattr(value, name)) for name in names)
        return {name: plain(inner) for name, inner in held if name not in late or inner != late[name]}
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if kind is Figures:
        return {"count": len(value), "digest": value.digest}
    return [plain(inner) for inner in value] if isinstance(value, tuple | list) else value


def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()


def decode_event(text: str) -> Event:
    """The inverse of `encode_event`. Unknown fields are ignored, so that an older program reads a newer journal.

    Raises DamagedJournal for a text that is no event.
    """
    try:
        return _read(loaded(text))
    except (ValueError, RecursionError) as error:
        raise _no_event(error, repr(text[:80])) from error


def decode_pieces(pieces: Iterable[str]) -> Event:
    """The same for a long text in pieces."""
    try:
        return _read(loaded_from(pieces))
    except (ValueError, RecursionError) as error:
        raise _no_event(error, "a long text") from error


def _no_event(error: Exception, what: str) -> DamagedJournal:
    first = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
    return DamagedJournal(
        f"not an event: {what} ({first})\n"
        "  mend: a newer version may have written it; otherwise restore the journal from a copy",
    )


def as_read(envelope: Envelope) -> Envelope:
    """The envelope as a journal returns it: usually itself.

    It differs if its event holds something that JSON does not distinguish or cannot express. Raises DamagedJournal for
    an event that could not be read.
    """
    if _comes_back(envelope.event) or (holds_many(envelope.event) and _shell_comes_back(envelope.event)):
        return envelope
    event = decode_event(encode_event(envelope.event))
    if repr(event) == repr(envelope.event):  # repr tells 5 from 5.0, and a list from a tuple
        return envelope
    return Envelope(envelope.seq, envelope.at, envelope.mono, envelope.fence, event)


def _shell_comes_back(event: Event) -> bool:
    """Whether the event is read back unchanged, apart from its many numbers.

    Those always come back unchanged, and leaving out their long text saves time.
    """
    shell = _without_many(event)
    return repr(decode_event(encode_event(shell))) == repr(shell)


def _without_many(value: Any) -> Any:  # noqa: ANN401 - whatever an event is made of
    if isinstance(value, Figures):
        return ()
    if type(value) is tuple:
        return tuple(map(_without_many, value))
    if names := [name for name in _field_names(type(value)) if name != "kind"]:
        return dataclasses.replace(value, **{name: _without_many(getattr(value, name)) for name in names})
    return value


def _comes_back(event: Event) -> bool:
    """Whether a quick check shows that the event is read back unchanged. Most are a task's name and a number or two."""
    if type(event) is TaskSucceeded:
        left, used = event.evidence, event.usage
        bare = not (left.measurements or left.artifacts or left.origins or left.used)
        return bare and type(used.seconds) is float and type(used.cpu_seconds) is float and event.task.isascii()
    if type(event) is TaskStarted:
        return event.task.isascii()
    return type(event) in _WITHOUT_FRACTIONS and all(
        _is_ascii(getattr(event, name)) for name in _field_names(type(event))
    )


def _is_ascii(value: object) -> bool:
    """Whether it is ASCII text or a whole number, or consists of such values."""
    if isinstance(value, str):
        return value.isascii()
    if isinstance(value, dict):
        return all(key.isascii() and _is_ascii(inner) for key, inner in value.items())
    return all(map(_is_ascii, value)) if isinstance(value, tuple) else isinstance(value, int | None)


_MEASURED: Final = frozenset({TaskSucceeded, TaskSampled, TaskReused, AttemptFailed, TaskFailed})
_WITHOUT_FRACTIONS: Final = frozenset(
    {RunStarted, RunResumed, RunFinished, RunInterrupted, RunWaits, ProgressReported, TaskRequeued, TaskSkipped}
)


def checksum(  # noqa: PLR0913, PLR0917 - a row
    run: str, seq: int, at: float, mono: float, fence: int, kind: str, body: str | bytes
) -> str:
    """xxh3-64 over everything that a row says, 16 hex digits."""
    return checksum_of(
        run, seq, at, mono, fence, kind, (body[start : start + LONG] for start in range(0, len(body), LONG))
    )


def checksum_of(  # noqa: PLR0913, PLR0917 - a row
    run: str, seq: int, at: float, mono: float, fence: int, kind: str, body: Iterable[str | bytes]
) -> str:
    """The same for a body in pieces."""
    digest = checksum_begun(run, seq, at, mono, fence, kind)
    for part in body:
        digest.update(part.encode("utf-8", "replace") if isinstance(part, str) else part)
    return digest.hexdigest()


def checksum_begun(run: str, seq: int, at: float, mono: float, fence: int, kind: str) -> xxhash.xxh3_64:  # noqa: PLR0913, PLR0917 - a row
    """The same for what precedes the body. The body is added as bytes."""
    head = "\0".join((run, str(seq), repr(at), repr(mono), str(fence), kind, ""))
    return xxhash.xxh3_64(head.encode("utf-8", "replace"))
