"""Many numbers in little memory. A few are a tuple of floats. From `MANY` on they are `Figures`, which keep them in
chunks, each in the smallest exact form. Both have length, indexing, slicing, iteration and `+`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from statistics import median
from typing import TYPE_CHECKING, Annotated, Any, Final, cast, overload

from orchestrator.evidence.chunks import KINDS, Chunk, chunk_of
from orchestrator.lazy_import import LazyModule

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
else:
    np = LazyModule("numpy")

MANY: Final = 4096
CHUNK: Final = 1 << 16
GLANCE: Final = 64
"""So many values show of most blocks that they are not repeated."""


class Figures(Sequence[float]):
    """An immutable sequence of numbers. chunks: of `CHUNK` numbers each, the last of one or more."""

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        self._chunks = tuple(chunks)
        self._length = sum(len(chunk.codes) for chunk in self._chunks)

    @overload
    def __getitem__(self, index: int) -> float: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[float, ...]: ...
    def __getitem__(self, index: int | slice) -> float | tuple[float, ...]:
        if isinstance(index, slice):
            whole = index.indices(self._length) == (0, self._length, 1)
            return cast("tuple[float, ...]", self) if whole else numbers_of([np.asarray(self)[index]])
        place = range(self._length)[index]
        return self._chunks[place // CHUNK].number(place % CHUNK)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[float]:
        for part in self.parts():
            yield from part.tolist()

    def __add__(self, other: Sequence[float]) -> tuple[float, ...]:
        return numbers_of([*self.parts(), *_parts(other)])

    def __radd__(self, other: Sequence[float]) -> tuple[float, ...]:
        return numbers_of([*_parts(other), *self.parts()])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Figures | tuple) or len(other) != len(self):
            return False
        return all(np.array_equal(one, two) for one, two in zip(self.parts(), _parts(other), strict=True))

    def __hash__(self) -> int:
        return hash((len(self), *self._chunks[0].numbers()[:4].tolist()))

    def __repr__(self) -> str:
        return f"Figures({len(self)} numbers, {self.digest})"

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:  # noqa: ANN401, FBT001 - as numpy asks
        whole = np.empty(self._length, np.float64 if dtype is None else dtype)
        for at, part in enumerate(self.parts()):
            whole[at * CHUNK : at * CHUNK + len(part)] = part
        return whole

    def parts(self) -> Iterator[Floats]:
        """The numbers, an array of `CHUNK` at a time."""
        return (chunk.numbers() for chunk in self._chunks)

    @property
    def kept(self) -> int:
        """The number of bytes that the numbers take."""
        return sum(chunk.codes.nbytes + (0 if chunk.table is None else chunk.table.nbytes) for chunk in self._chunks)

    @cached_property
    def kind(self) -> str:
        """The smallest type of numbers that holds all of them exactly."""
        return next((kind for kind in KINDS if all(kind in chunk.kinds for chunk in self._chunks)), "float64")

    @cached_property
    def digest(self) -> str:
        """A short digest of the numbers, for people and for telling two apart. It does not depend on how they are
        kept.
        """
        import xxhash  # noqa: PLC0415 - only for what is large

        found = xxhash.xxh3_64(np.dtype(self.kind).str.encode())
        for part in self.parts():
            found.update(part.astype(self.kind).tobytes())
        return str(found.hexdigest())

    def pieces(self) -> Iterator[str]:
        """The numbers as JSON writes them, separated by commas, a part at a time. If all are whole, none has a
        fraction.
        """
        for at, part in enumerate(self.parts()):
            text = json.dumps(part.astype(self.kind).tolist(), separators=(",", ":"))
            yield f",{text[1:-1]}" if at else text[1:-1]


class Growing:
    """Numbers that come an array at a time, kept in little memory from the beginning."""

    def __init__(self) -> None:
        self._chunks: list[Chunk] = []
        self._rest: list[Floats] = []
        self._waiting = 0

    def __len__(self) -> int:
        return len(self._chunks) * CHUNK + self._waiting

    def add(self, array: Floats) -> None:
        """More numbers follow."""
        for start in range(0, len(array), CHUNK):
            self._rest.append(array[start : start + CHUNK])
            self._waiting += len(self._rest[-1])
            if self._waiting >= CHUNK:
                whole = np.concatenate(self._rest)
                self._chunks.append(chunk_of(whole[:CHUNK]))
                self._rest, self._waiting = [whole[CHUNK:]], len(whole) - CHUNK

    def numbers(self) -> tuple[float, ...]:
        """All of them: as `Figures` where they are many. (They are declared as what they can do, not as what they
        are.)
        """
        rest = np.concatenate(self._rest) if self._rest else np.empty(0)
        if len(self) < MANY:
            return tuple(rest.tolist())
        return cast("tuple[float, ...]", Figures([*self._chunks, *([chunk_of(rest)] if len(rest) else [])]))


def numbers(values: Sequence[float]) -> tuple[float, ...]:
    """The values as floats, in little memory where they are many. Raises OverflowError for a number beyond the
    range of a double.
    """
    if isinstance(values, Figures):
        return cast("tuple[float, ...]", values)
    if len(values) >= MANY:
        return numbers_of(_parts(values))
    return tuple(float(value) for value in values)


def numbers_of(arrays: Iterable[Floats]) -> tuple[float, ...]:
    """The numbers of several arrays, one after the other: as `Figures` where they are many."""
    growing = Growing()
    for array in arrays:
        growing.add(array)
    return growing.numbers()


def chained(parts: Iterable[Sequence[float]]) -> tuple[float, ...]:
    """The numbers of all parts, one after the other."""
    return numbers_of(array for part in parts for array in _parts(part))


def finite(values: Sequence[float]) -> bool:
    """Whether every value is a finite number."""
    if isinstance(values, Figures):
        return all(bool(np.isfinite(part).all()) for part in values.parts())
    return all(map(math.isfinite, values))


def all_equal(values: Sequence[float]) -> bool:
    """Whether every value is the same; at least one."""
    if isinstance(values, Figures):
        first = values[0]
        return all(bool((part == first).all()) for part in values.parts())
    return min(values) == max(values)


def tally(values: Figures) -> tuple[Floats, NDArray[np.int64]]:
    """The different values in the order in which they come first, and how often each stands there."""
    found, first, counts = np.unique(np.asarray(values), return_index=True, return_counts=True, equal_nan=False)
    order = np.argsort(first)
    return found[order], counts[order]


def period(values: Figures) -> int | None:
    """The length of the shortest block that repeated gives the values whole; None if there is none."""
    array = np.asarray(values)
    shorter = (length for length in range(1, len(array) // 2 + 1) if len(array) % length == 0)
    return next((length for length in shorter if _repeats(array, length)), None)


def _repeats(array: Floats, length: int) -> bool:
    glance = min(GLANCE, len(array) - length)
    if not np.array_equal(array[length : length + glance], array[:glance]):
        return False
    return np.array_equal(array[length:], array[:-length])


def middle(values: Sequence[float]) -> float | None:
    """The median, None if there is none or it is not finite."""
    if isinstance(values, Figures):
        return float(np.median(np.asarray(values))) if finite(values) else None
    value = median(values) if values and not any(map(math.isnan, values)) else math.nan
    return value if math.isfinite(value) else None


def scaled(values: Sequence[float], factor: float) -> tuple[float, ...]:
    """Every value times the factor."""
    if isinstance(values, Figures):
        one = factor == 1.0
        return cast("tuple[float, ...]", values) if one else numbers_of(part * factor for part in values.parts())
    return tuple(value * factor for value in values)


def _parts(values: Sequence[float]) -> Iterator[Floats]:
    if isinstance(values, Figures):
        yield from values.parts()
        return
    for start in range(0, len(values), CHUNK):
        yield np.asarray(values[start : start + CHUNK], dtype=np.float64)


class _Kept:
    """For pydantic: Figures are taken as they are, anything else as the tuple that is declared."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - as pydantic asks
        from pydantic_core import core_schema  # noqa: PLC0415 - slow to load, and only a reader of journals needs it

        def kept(value: Any, inner: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - as pydantic asks
            read = value if isinstance(value, Figures) else inner(value)
            return numbers(read) if len(read) >= MANY else read

        return core_schema.no_info_wrap_validator_function(kept, handler(source))


Numbers = Annotated[tuple[float, ...], _Kept()]
"""What a field of many numbers is declared as."""
