"""Read many numbers from JSON text without holding an object for each, or the whole text, in memory."""

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, Final

from orchestrator.evidence.packed import Growing
from orchestrator.strict_json import read_json

LEAST: Final = 16_384  # characters of numbers; fewer are read at once
CHUNK: Final = 1 << 18
HERE: Final = "many numbers stand here"
_KEY: Final = re.compile(r'"(?:values|treatment|baseline|control|x|y)" ?: ?\[')
"""Within a text of JSON, a quote has a backslash before it: so this is found only where it is a key."""
_NUMBERS: Final = re.compile(r"[-+.0-9eE,NaInfity ]*")
_LONGEST_KEY: Final = len('"treatment" : [')


def loaded(text: str) -> Any:  # noqa: ANN401 - anything that JSON says
    """As `json.loads`; long lists of numbers under the keys of a measurement come as `Figures`. Raises ValueError."""
    return (
        read_json(text)
        if len(text) < LEAST
        else loaded_from(text[at : at + CHUNK] for at in range(0, len(text), CHUNK))
    )


def loaded_from(pieces: Iterable[str]) -> Any:  # noqa: ANN401 - as above
    """The same for a text in pieces. A long list is never held as text as a whole."""
    sieve = _Sieve()
    for piece in pieces:
        sieve.feed(piece)
    shell = read_json(sieve.shell())
    return _filled(shell, sieve.many) if sieve.many else shell


def decoded(pieces: Iterable[bytes]) -> Iterator[str]:
    """The text of UTF-8 that comes in pieces. Raises ValueError."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for piece in pieces:
        yield decoder.decode(piece)
    yield decoder.decode(b"", final=True)


class _Sieve:
    """Takes long lists of numbers out of a text of JSON. many: the lists, each an array, in order; `shell` has a
    mark in the place of each.
    """

    def __init__(self) -> None:
        self.many: list[Any] = []
        self._shell: list[str] = []
        self._rest = ""
        self._parts: Growing | None = None  # of the list that the rest begins within

    def feed(self, piece: str) -> None:
        """The text goes on. Raises ValueError."""
        self._rest += piece
        while self._list_ended() if self._parts is not None else self._list_begun():
            pass

    def shell(self) -> str:
        """The text without the long lists, at its end. Raises ValueError where it ends within one."""
        if self._parts:
            raise ValueError("it ends within a list of numbers")
        return "".join([*self._shell, "[" if self._parts is not None else "", self._rest])

    def _list_begun(self) -> bool:
        found = _KEY.search(self._rest)
        end = len(self._rest) - _LONGEST_KEY if found is None else found.end() - 1
        self._shell.append(self._rest[: max(end, 0)])
        self._rest = self._rest[max(end, 0) if found is None else end + 1 :]
        self._parts = None if found is None else Growing()
        return found is not None

    def _list_ended(self) -> bool:
        """Take in what there is of the list; whether it has ended, so that the text after it can be looked at."""
        assert self._parts is not None
        end = _match_end(self._rest)
        if end == len(self._rest):
            if end >= LEAST:
                self._take(self._rest.rfind(","))
            return False
        if self._rest[end] == "]" and (self._parts or end >= LEAST):
            self._take(end)
            self._shell.append(f'{{"{HERE}":{len(self.many)}}}')
            self.many.append(self._parts.numbers())
        elif self._parts or end >= LEAST:
            raise ValueError("a list of numbers holds something else")
        else:
            self._shell.append(f"[{self._rest[:end]}")
            self._rest = self._rest[end:]
        self._parts = None
        return True

    def _take(self, end: int) -> None:
        """The numbers up to there, and the sign that follows them."""
        import numpy as np  # noqa: PLC0415 - only what is large needs it

        if end < 0:
            raise ValueError("a number has too many digits")
        assert self._parts is not None
        try:
            self._parts.add(np.asarray(json.loads(f"[{self._rest[:end]}]"), dtype=np.float64))
        except OverflowError:
            raise ValueError("a number is beyond the range of a double") from None
        self._rest = self._rest[end + 1 :]


def _match_end(text: str) -> int:
    found = _NUMBERS.match(text)
    assert found is not None  # it matches nothing, too
    return found.end()


def _filled(shell: Any, many: list[Any]) -> Any:  # noqa: ANN401
    """The lists in the place of their marks, each once. Raises ValueError for marks that the text had already."""
    placed: list[int] = []
    with suppress(IndexError, TypeError):
        whole = _put_in(shell, many, placed)
        if len(placed) == len(many):
            return whole
    raise ValueError("it has marks of its own in the place of numbers")


def _put_in(value: Any, many: list[Any], placed: list[int]) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        if HERE in value:
            placed.append(value[HERE])
            return many[value[HERE]]
        return {key: _put_in(inner, many, placed) for key, inner in value.items()}
    if isinstance(value, list):
        return [_put_in(inner, many, placed) for inner in value]
    return value
