"""Events as text: one JSON object each, keys sorted, with a checksum that a flipped bit does not survive.

NaN and infinities are written as the constants NaN, Infinity and -Infinity, which Python's JSON reads back: a
measurement must come back as it was given. A lone surrogate (bytes of a file name that are not UTF-8) becomes "?".
"""

import dataclasses
import json
from typing import Annotated

import xxhash
from pydantic import Field, TypeAdapter, ValidationError

from orchestrator.journal.errors import DamagedJournal
from orchestrator.state.events import Event

_EVENT: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])


def encode_event(event: Event) -> str:
    """The event as JSON on one line, always the same text for the same event."""
    text = json.dumps(dataclasses.asdict(event), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "replace").decode("utf-8")


def decode_event(text: str) -> Event:
    """The inverse of `encode_event`. Fields that it does not know are passed over, so that an older program reads a newer journal.

    Raises DamagedJournal for what is no event.
    """
    try:
        return _EVENT.validate_python(json.loads(text))
    except (ValueError, RecursionError) as error:
        first = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise DamagedJournal(
            f"not an event: {text[:80]!r} ({first})\n"
            "  mend: a newer version may have written it; otherwise restore the journal from a copy",
        ) from error


def checksum(run: str, seq: int, at: float, mono: float, fence: int, kind: str, body: str) -> str:  # noqa: PLR0913, PLR0917 - a row
    """xxh3-64 over everything that a row says, 16 hex digits."""
    said = (run, str(seq), repr(at), repr(mono), str(fence), kind, body)
    return xxhash.xxh3_64_hexdigest("\0".join(said).encode("utf-8", "replace"))
