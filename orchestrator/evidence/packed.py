"""Many numbers in little memory. A few are a tuple of floats; from `MANY` on they are `Figures`, an array of the smallest type that holds
each of them exactly. Both are read alike: by length, position, slice and iteration, and put together with `+`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from statistics import median
from typing import TYPE_CHECKING, Annotated, Any, Final, cast, overload

from orchestrator.lazy_import import LazyModule

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
else:
    np = LazyModule("numpy")

MANY: Final = 4096
CHUNK: Final = 1 << 16
KINDS: Final = ("uint8", "int16", "int32", "float32")


class Figures(Sequence[float]):
    """An immutable sequence of numbers. array: of any of `KINDS`, or float64."""

    def __init__(self, array: NDArray[Any]) -> None:
        self.array = array

    @overload
    def __getitem__(self, index: int) -> float: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[float, ...]: ...
    def __getitem__(self, index: int | slice) -> float | tuple[float, ...]:
        return numbers_of(self.array[index]) if isinstance(index, slice) else float(self.array[index])

    def __len__(self) -> int:
        return len(self.array)

    def __iter__(self) -> Iterator[float]:
        for start in range(0, len(self.array), CHUNK):
            yield from self.array[start : start + CHUNK].astype(np.float64).tolist()

    def __add__(self, other: Sequence[float]) -> tuple[float, ...]:
        return numbers_of(np.concatenate([self.array, _array(other)]))

    def __radd__(self, other: Sequence[float]) -> tuple[float, ...]:
        return numbers_of(np.concatenate([_array(other), self.array]))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Figures | tuple) or len(other) != len(self):
            return False
        return bool(np.array_equal(self.array, _array(other)))

    def __hash__(self) -> int:
        return hash((len(self), *self[:4]))

    def __repr__(self) -> str:
        return f"Figures({len(self)} numbers, {self.digest})"

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:  # noqa: ANN401, FBT001 - as numpy asks
        return self.array.astype(np.float64 if dtype is None else dtype)

    @cached_property
    def digest(self) -> str:
        """A short digest of the numbers, for people and for telling two apart."""
        import xxhash  # noqa: PLC0415 - only for what is large

        return str(xxhash.xxh3_64_hexdigest(self.array.dtype.str.encode() + self.array.tobytes()))

    def pieces(self) -> Iterator[str]:
        """The numbers as JSON writes them, whole ones without a fraction, separated by commas; a part at a time."""
        for start in range(0, len(self.array), CHUNK):
            part = json.dumps(self.array[start : start + CHUNK].tolist(), separators=(",", ":"))
            yield f",{part[1:-1]}" if start else part[1:-1]


def numbers(values: Sequence[float]) -> tuple[float, ...]:
    """The values as floats, in little memory where they are many. Raises OverflowError for a number beyond the range of a double."""
    if isinstance(values, Figures):
        return cast("tuple[float, ...]", values)
    if len(values) >= MANY:
        return numbers_of(_array(values))
    return tuple(float(value) for value in values)


def numbers_of(array: NDArray[Any]) -> tuple[float, ...]:
    """The array's values: as `Figures` where they are many. (They are declared as what they can do, not as what they are.)"""
    if len(array) < MANY:
        return tuple(array.astype(np.float64).tolist())
    return cast("tuple[float, ...]", Figures(smallest(array)))


def finite(values: Sequence[float]) -> bool:
    """Whether every value is a finite number."""
    return bool(np.isfinite(values.array).all()) if isinstance(values, Figures) else all(map(math.isfinite, values))


def all_equal(values: Sequence[float]) -> bool:
    """Whether every value is the same; at least one."""
    if isinstance(values, Figures):
        return bool((values.array == values.array[0]).all())
    return min(values) == max(values)


def may_be_pasted(values: Figures, fewest: int) -> bool:
    """Whether each of at least `fewest` different values stands there more than once."""
    _, counts = np.unique(values.array, return_counts=True)
    return len(counts) >= fewest and int(counts.min()) > 1


def middle(values: Sequence[float]) -> float | None:
    """The median, None where there is none or it is not finite."""
    if isinstance(values, Figures):
        return float(np.median(values.array)) if finite(values) else None
    value = median(values) if values and not any(map(math.isnan, values)) else math.nan
    return value if math.isfinite(value) else None


def scaled(values: Sequence[float], factor: float) -> tuple[float, ...]:
    """Every value times the factor."""
    if isinstance(values, Figures):
        return cast("tuple[float, ...]", values) if factor == 1.0 else numbers_of(_array(values) * factor)
    return tuple(value * factor for value in values)


def joined(parts: Sequence[NDArray[Any]]) -> tuple[float, ...]:
    """The numbers of several arrays, one after the other."""
    return numbers_of(np.concatenate([smallest(part) for part in parts])) if parts else ()


def _array(values: Sequence[float]) -> Floats:
    return np.asarray(values, dtype=np.float64)


def smallest(array: NDArray[Any]) -> NDArray[Any]:
    """The same numbers in the smallest type that holds them all exactly, the sign of a zero too."""
    for kind in KINDS:
        if array.dtype == kind:
            return array
        if _fits(array, kind):
            return array.astype(kind)
    return array.astype(np.float64, copy=False)


def _fits(array: NDArray[Any], kind: str) -> bool:
    if kind == "float32":
        with np.errstate(all="ignore"):
            return bool(np.array_equal(array.astype(kind), array))
    low, high = array.min(), array.max()
    limits = np.iinfo(kind)
    if not (limits.min <= low and high <= limits.max):  # NaN neither
        return False
    same = array.astype(kind)
    return bool(np.array_equal(same, array)) and not bool(np.signbit(array[same == 0]).any())


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
