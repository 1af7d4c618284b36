"""Many numbers within the text of an event, read without making an object of each."""

import json
import re
import zlib
from collections.abc import Iterable
from typing import Any, Final

from orchestrator.evidence.packed import joined
from orchestrator.strict_json import read_json

LEAST: Final = 16_384  # characters of numbers, as in the pattern; shorter lists are parsed at once
CHUNK: Final = 1 << 20
MOST: Final = 1 << 30  # bytes that a packed text can have
HERE: Final = "many numbers stand here"
_MANY: Final = re.compile(r'"(?:values|treatment|baseline|control|x|y)":\[([-+.0-9eE,NaInfity]{16384,})\]')
"""Within a JSON text, a quote has a backslash before it. So this pattern matches only a key."""


def loaded(text: str) -> Any:  # noqa: ANN401 - anything that JSON says
    """As `json.loads`, but long lists of numbers under the keys of a measurement become `Figures`.

    Raises ValueError.
    """
    if len(text) < LEAST or (first := _MANY.search(text)) is None:
        return read_json(text)
    parts: list[str] = []
    many: list[Any] = []
    at = 0
    for found in [first, *_MANY.finditer(text, first.end())]:
        parts += [text[at : found.start(1) - 1], f'{{"{HERE}":{len(many)}}}']
        many.append(_numbers(text, *found.span(1)))
        at = found.end(1) + 1
    return _put_in(read_json("".join([*parts, text[at:]])), many)


def packed(pieces: Iterable[str]) -> bytes:
    """The text, compressed, without holding all of it at once."""
    packer = zlib.compressobj(1)
    return b"".join([*(packer.compress(piece.encode()) for piece in pieces), packer.flush()])


def unpacked(content: bytes) -> str:
    """The inverse. Raises ValueError for what `packed` did not make."""
    opener = zlib.decompressobj()
    try:
        text = opener.decompress(content, MOST)
    except zlib.error as error:
        raise ValueError(f"it is damaged: {error}") from None
    if not opener.eof or opener.unused_data:
        raise ValueError("it is cut off, or too long")
    return text.decode()


def _numbers(text: str, start: int, end: int) -> Any:  # noqa: ANN401 - Figures
    import numpy as np  # noqa: PLC0415 - only large lists need it

    parts = []
    while start < end:
        stop = text.find(",", min(start + CHUNK, end), end)
        stop = end if stop < 0 else stop
        parts.append(np.asarray(json.loads(f"[{text[start:stop]}]"), dtype=np.float64))
        start = stop + 1
    return joined(parts)


def _put_in(value: Any, many: list[Any]) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        if HERE in value:
            return many[value[HERE]]
        return {key: _put_in(inner, many) for key, inner in value.items()}
    if isinstance(value, list):
        return [_put_in(inner, many) for inner in value]
    return value
