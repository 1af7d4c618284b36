"""Store ten thousand numbers exactly and in little memory, in the smallest of a few forms.

| what they are | how they are kept |
|---|---|
| whole numbers | an array of the smallest type of integers |
| decimals of up to nine places | the same, of the numbers times a power of ten |
| numbers of single precision | an array of float32 |
| few different ones | a table of them, and for each number its place there |
| anything else | an array of float64 |
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from orchestrator.lazy_import import LazyModule
from orchestrator.records import dataclass

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
else:
    np = LazyModule("numpy")

WHOLE: Final = ("uint8", "int16", "int32")
KINDS: Final = (*WHOLE, "float32")
PLACES: Final = 9
GLANCE: Final = 64
"""So many numbers show that most others are no decimals of so many places."""
REPEATED: Final = 4
"""A table pays off where every number in it stands there so often, on average."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Numbers as `codes` divided by 10**places, or as places of a `table`. kinds: those of `KINDS` that hold all
    exactly.
    """

    codes: NDArray[Any]
    kinds: tuple[str, ...] = ()
    places: int = 0
    table: Floats | None = None

    def numbers(self) -> Floats:
        """The numbers, in an array of their own."""
        if self.table is not None:
            named: Floats = self.table[self.codes]
            return named
        found: Floats = self.codes.astype(np.float64)
        return found / 10.0**self.places if self.places else found

    def number(self, place: int) -> float:
        """One of them."""
        return float(Chunk(self.codes[place : place + 1], (), self.places, self.table).numbers()[0])


def chunk_of(array: Floats) -> Chunk:
    """The numbers of the array, kept in little memory; the sign of a zero and NaN too."""
    kinds = tuple(kind for kind in KINDS if holds(kind, array))
    if kinds and kinds[0] in WHOLE:
        return Chunk(array.astype(kinds[0]), kinds)
    return _decimals(array, kinds) or _single(array, kinds) or _table(array, kinds) or Chunk(array.copy(), kinds)


def holds(kind: str, array: NDArray[Any]) -> bool:
    """Whether an array of the kind, which is one of `KINDS`, can hold all numbers exactly."""
    if not len(array):
        return True
    if kind == "float32":
        with np.errstate(all="ignore"):
            return bool(np.array_equal(array.astype(kind), array))
    low, high = array.min(), array.max()
    limits = np.iinfo(kind)
    if not (limits.min <= low and high <= limits.max):  # NaN neither
        return False
    same = array.astype(kind)
    return bool(np.array_equal(same, array)) and not bool(np.signbit(array[same == 0]).any())


def _decimals(array: Floats, kinds: tuple[str, ...]) -> Chunk | None:
    """A whole number below 2**53 divided by a power of ten below 10**23 is the double that the decimal is read as
    (IEEE 754).
    """
    for places in range(1, PLACES + 1):
        if _whole_times(array[:GLANCE], places) is not None and (whole := _whole_times(array, places)) is not None:
            kind = next((kind for kind in WHOLE if holds(kind, whole)), None)
            return None if kind is None else Chunk(whole.astype(kind), kinds, places)
    return None


def _whole_times(array: Floats, places: int) -> Floats | None:
    """The numbers times 10**places, where these are whole and lead back to the same doubles."""
    power = 10.0**places
    with np.errstate(all="ignore"):
        whole: Floats = np.rint(array * power)
        same = np.array_equal(whole / power, array)
    return whole if same and not np.signbit(array[array == 0.0]).any() else None


def _single(array: Floats, kinds: tuple[str, ...]) -> Chunk | None:
    return Chunk(array.astype("float32"), kinds) if "float32" in kinds else None


def _table(array: Floats, kinds: tuple[str, ...]) -> Chunk | None:
    """Told apart by their bits, so that every NaN and both zeros come back."""
    bits, codes = np.unique(array.view(np.int64), return_inverse=True)
    if len(bits) * REPEATED > len(array):
        return None
    return Chunk(codes.astype("uint8" if len(bits) <= 256 else "uint16"), kinds, table=bits.view(np.float64))
