"""The machine types of a kernel's arguments and result, as plain data that does not need a compiler."""

from dataclasses import dataclass
from typing import Any, Final, TypeAlias


class Result:
    """What a kernel may return. Called with the kinds of the arguments it gives the signature: `INT(BYTES, INT)`."""

    def __call__(self, *arguments: "Kind") -> "Signature":
        """The signature of a kernel that takes these and returns this."""
        return Signature(self, arguments)


@dataclass(frozen=True, slots=True)
class Scalar(Result):
    """A number. name: numpy's. code: as `struct` has it; empty for nothing at all."""

    name: str
    code: str


@dataclass(frozen=True, slots=True)
class Several(Result):
    """A tuple of so many numbers of one kind."""

    scalar: Scalar
    count: int


@dataclass(frozen=True, slots=True)
class Array:
    """A C-contiguous array. writable: whether the kernel may write it, so that one that is read-only is refused."""

    scalar: Scalar
    dimensions: int = 1
    writable: bool = True


@dataclass(frozen=True, slots=True)
class Record:
    """A NamedTuple, `made`, of arrays."""

    made: type[tuple[Any, ...]]
    arrays: tuple[Array, ...]


Kind: TypeAlias = Scalar | Array | Record


@dataclass(frozen=True, slots=True)
class Signature:
    """A kernel's result and its arguments."""

    result: Result
    arguments: tuple[Kind, ...]


VOID: Final = Scalar("void", "")
FLAG: Final = Scalar("bool", "?")
UINT8: Final = Scalar("uint8", "B")
UINT16: Final = Scalar("uint16", "H")
INT16: Final = Scalar("int16", "h")
UINT32: Final = Scalar("uint32", "I")
INT32: Final = Scalar("int32", "i")
INT: Final = Scalar("int64", "q")
HASH: Final = Scalar("uint64", "Q")
REAL: Final = Scalar("float64", "d")

BYTES: Final = Array(UINT8, writable=False)
"""Bytes that a kernel only reads."""
BUFFER: Final = Array(UINT8)
"""Bytes that a kernel writes."""
PLANES: Final = Array(UINT8, 2)
U16S: Final = Array(UINT16)
I16S: Final = Array(INT16)
U32S: Final = Array(UINT32)
I32S: Final = Array(INT32)
I64S: Final = Array(INT)
U64S: Final = Array(HASH)
TABLE: Final = Array(INT32, 2)
ROWS: Final = Array(INT, 2)


def several(kind: Scalar, count: int) -> Several:
    """The kind of a tuple of `count` results of one kind."""
    return Several(kind, count)


def record(made: type[tuple[Any, ...]], *arrays: Array) -> Record:
    """The kind of a NamedTuple of arrays of these kinds, in its order."""
    return Record(made, arrays)
