"""Events as text: one JSON object each, keys sorted, with a checksum that a flipped bit does not survive.

NaN and infinities are written as the constants NaN, Infinity and -Infinity, which Python's JSON reads back: a
measurement must come back as it was given. A lone surrogate (bytes of a file name that are not UTF-8) becomes "?".
"""

import dataclasses
import json
from functools import cache
from json.encoder import encode_basestring
from math import isfinite
from typing import Annotated, Any, Final

import xxhash
from pydantic import Field, TypeAdapter, ValidationError

from orchestrator.journal.errors import DamagedJournal
from orchestrator.state.events import (
    Envelope,
    Event,
    ProgressReported,
    RunFinished,
    RunInterrupted,
    RunResumed,
    RunStarted,
    TaskRequeued,
    TaskSkipped,
    TaskStarted,
    TaskSucceeded,
)
from orchestrator.strict_json import read_json

_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)
_LEAVES: Final = frozenset({str, int, float, bool, type(None)})
_NAMES: Final[dict[type, tuple[str, ...]]] = {}  # fields of each kind met so far; none for what is no dataclass
_KEYS: Final[dict[type, tuple[tuple[str, str, Any], ...]]] = {}  # the same, sorted, each with its key as it is written
_LATE: Final[
    dict[type, dict[str, Any]]
] = {}  # fields that the format got later, with what they are where nothing is said
_ALWAYS: Final = object()


@cache
def _reader() -> TypeAdapter[Event]:
    """Made when the first event is read: a new run reads none."""
    return TypeAdapter(Annotated[Event, Field(discriminator="kind")])


def encode_event(event: Event) -> str:
    """The event as JSON on one line, always the same text for the same event."""
    text = _text(event)
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _text(value: Any) -> str:  # noqa: ANN401 - whatever an event is made of
    """What the encoder would say of `plain(value)`, put together from the fields: most events have a handful of short ones."""
    kind = type(value)
    if kind is str:
        return encode_basestring(value)
    if kind is int or (kind is float and isfinite(value)):
        return repr(value)
    if kind is tuple and not value:
        return "[]"
    keys = _KEYS.get(kind)
    if keys is None:
        late = _late(kind)
        keys = _KEYS[kind] = tuple((f'"{name}":', name, late.get(name, _ALWAYS)) for name in sorted(_field_names(kind)))
    return _object(value, keys) if keys else _ENCODER.encode(plain(value))


def _late(kind: type) -> dict[str, Any]:
    """The fields that came after the format was first written, with what they are where nothing is written of them."""
    fields = dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ()
    return {field.name: field.default for field in fields if field.metadata.get("late")}


def _object(value: Any, keys: tuple[tuple[str, str, Any], ...]) -> str:  # noqa: ANN401 - a dataclass
    """A dataclass, field by field; leaves are written here, as a call for each would take longer than the writing."""
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
    """A dataclass, and all within it, as a dict by field; sequences as lists. Texts, numbers and truth values are themselves.

    A field that the format got later is left out where it says nothing, so that what an older version wrote is written the same.

    As `dataclasses.asdict`, which takes ten times as long because it copies the leaves and asks each value for its fields again.
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
    return [plain(inner) for inner in value] if isinstance(value, tuple | list) else value


def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()


def decode_event(text: str) -> Event:
    """The inverse of `encode_event`. Fields that it does not know are passed over, so that an older program reads a newer journal.

    Raises DamagedJournal for what is no event.
    """
    try:
        return _reader().validate_python(read_json(text))
    except ValueError as error:
        first = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise DamagedJournal(
            f"not an event: {text[:80]!r} ({first})\n"
            "  mend: a newer version may have written it; otherwise restore the journal from a copy",
        ) from error


def as_read(envelope: Envelope) -> Envelope:
    """The envelope as a journal gives it back: itself, unless its event holds what JSON does not tell apart or cannot say.

    Raises DamagedJournal for what could not be read.
    """
    if _comes_back(envelope.event):
        return envelope
    event = decode_event(encode_event(envelope.event))
    if repr(event) == repr(envelope.event):  # which tells 5 from 5.0, and a list from a tuple
        return envelope
    return Envelope(envelope.seq, envelope.at, envelope.mono, envelope.fence, event)


def _comes_back(event: Event) -> bool:
    """Whether it is seen at once that the event is read as it was: most are a task's name and a number or two."""
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
    """Whether it is such text, or whole numbers, or is made of them."""
    if isinstance(value, str):
        return value.isascii()
    if isinstance(value, dict):
        return all(key.isascii() and _is_ascii(inner) for key, inner in value.items())
    return all(map(_is_ascii, value)) if isinstance(value, tuple) else isinstance(value, int | None)


_WITHOUT_FRACTIONS: Final = frozenset(
    {RunStarted, RunResumed, RunFinished, RunInterrupted, ProgressReported, TaskRequeued, TaskSkipped}
)


def checksum(run: str, seq: int, at: float, mono: float, fence: int, kind: str, body: str) -> str:  # noqa: PLR0913, PLR0917 - a row
    """xxh3-64 over everything that a row says, 16 hex digits."""
    said = (run, str(seq), repr(at), repr(mono), str(fence), kind, body)
    return xxhash.xxh3_64_hexdigest("\0".join(said).encode("utf-8", "replace"))
