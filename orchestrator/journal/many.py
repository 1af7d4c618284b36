"""Many numbers within the text of an event, read without making an object of each, and without having the whole text at once."""

import codecs
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, Final

from orchestrator.evidence.packed import joined, smallest
from orchestrator.strict_json import read_json

LEAST: Final = 16_384  # characters of numbers; fewer are read at once
CHUNK: Final = 1 << 18
MOST: Final = 1 << 30  # bytes that a packed text may have
HERE: Final = "many numbers stand here"
_KEY: Final = re.compile(r'"(?:values|treatment|baseline|control|x|y)":\[')
"""Within a text of JSON, a quote has a backslash before it: so this is found only where it is a key."""
_NUMBERS: Final = re.compile(r"[-+.0-9eE,NaInfity]*")
_LONGEST_KEY: Final = len('"treatment":[')


def loaded(text: str) -> Any:  # noqa: ANN401 - anything that JSON says
    """As `json.loads`; long lists of numbers under the keys of a measurement come as `Figures`. Raises ValueError."""
    return (
        read_json(text)
        if len(text) < LEAST
        else loaded_from(text[at : at + CHUNK] for at in range(0, len(text), CHUNK))
    )


def loaded_from(pieces: Iterable[str]) -> Any:  # noqa: ANN401 - as above
    """The same, of a text that comes in pieces: what is a long list is never there as text at once."""
    sieve = _Sieve()
    for piece in pieces:
        sieve.feed(piece)
    shell = read_json(sieve.shell())
    try:
        return _put_in(shell, sieve.many) if sieve.many else shell
    except (IndexError, TypeError):
        raise ValueError("it has marks of its own in the place of numbers") from None


def packed(pieces: Iterable[str]) -> bytes:
    """The text, compressed, without holding all of it at once."""
    packer = zlib.compressobj(1)
    return b"".join([*(packer.compress(piece.encode()) for piece in pieces), packer.flush()])


def unpacked(content: bytes) -> Iterator[str]:
    """The inverse, a piece at a time. Raises ValueError for what `packed` did not make."""
    return decoded(_inflated(content))


def decoded(pieces: Iterable[bytes]) -> Iterator[str]:
    """The text of UTF-8 that comes in pieces. Raises ValueError."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for piece in pieces:
        yield decoder.decode(piece)
    yield decoder.decode(b"", final=True)


def _inflated(content: bytes) -> Iterator[bytes]:
    opener, total = zlib.decompressobj(), 0
    whole = memoryview(content)
    try:
        for at in range(0, len(whole), CHUNK):
            given: bytes | memoryview = whole[at : at + CHUNK]
            while given and not opener.eof:
                piece = opener.decompress(given, CHUNK)
                total += len(piece)
                yield piece
                given = opener.unconsumed_tail
                if total > MOST:
                    raise ValueError("it is too long")
        yield opener.flush()
    except zlib.error as error:
        raise ValueError(f"it is damaged: {error}") from None
    if not opener.eof or opener.unused_data:
        raise ValueError("it is cut off, or something follows it")


class _Sieve:
    """Takes long lists of numbers out of a text of JSON. many: the lists, each an array, in order; `shell` has a mark in the place of each."""

    def __init__(self) -> None:
        self.many: list[Any] = []
        self._shell: list[str] = []
        self._rest = ""
        self._parts: list[Any] | None = None  # of the list that the rest begins within

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
        self._parts = None if found is None else []
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
            self.many.append(joined(self._parts))
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
            self._parts.append(smallest(np.asarray(json.loads(f"[{self._rest[:end]}]"), dtype=np.float64)))
        except OverflowError:
            raise ValueError("a number is beyond the range of a double") from None
        self._rest = self._rest[end + 1 :]


def _match_end(text: str) -> int:
    found = _NUMBERS.match(text)
    assert found is not None  # it matches nothing, too
    return found.end()


def _put_in(value: Any, many: list[Any]) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        if HERE in value:
            return many[value[HERE]]
        return {key: _put_in(inner, many) for key, inner in value.items()}
    if isinstance(value, list):
        return [_put_in(inner, many) for inner in value]
    return value
