"""Declare a kernel with its machine types, so there is only one version of it.

Kernels are plain functions on arrays that release the interpreter lock. They do no bounds checks. Their arguments are
valid by construction (encoding), or they check them and return an error code below zero (decoding). No index is below
zero.

A call runs a function of the library that was compiled when this package was built (`encoder.glyphs.library`). If there
is no library of these sources for this machine, numba compiles the kernel (`encoder.glyphs.jit`).
`ENCODER_KERNELS=library` or `jit` allows only one of them.
"""

import ctypes
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Any, Final, Protocol, TypeAlias, TypeVar

import numpy as np

from encoder.errors import KernelsError
from encoder.glyphs.declared import Declared
from encoder.glyphs.kinds import (
    BUFFER,
    BYTES,
    FLAG,
    HASH,
    I16S,
    I32S,
    I64S,
    INT,
    PLANES,
    REAL,
    ROWS,
    TABLE,
    U16S,
    U32S,
    U64S,
    UINT8,
    UINT32,
    VOID,
    Signature,
    record,
    several,
)
from encoder.glyphs.library import LibraryKernel, NoLibraryError, find_library

__all__ = [
    "BUFFER",
    "BYTES",
    "FLAG",
    "HASH",
    "I16S",
    "I32S",
    "I64S",
    "INT",
    "KERNELS",
    "PLANES",
    "REAL",
    "ROWS",
    "TABLE",
    "U16S",
    "U32S",
    "U64S",
    "UINT8",
    "UINT32",
    "VOID",
    "Int",
    "inlined",
    "instruction",
    "kernel",
    "part",
    "record",
    "several",
]

Int: TypeAlias = int | np.int64
"""An integer in a kernel: Python's outside, a 64-bit one once compiled."""

Function = TypeVar("Function", bound=Callable[..., Any])
VARIABLE: Final = "ENCODER_KERNELS"
_MEND: Final = (
    "mend: install the package again, which builds it (`pip install --force-reinstall .`), or have the kernels "
    "compiled where they "
    "run (the extra `jit`)"
)


class Kernel(Protocol):
    """What a declared function becomes, beside that it is called as it was."""

    declared: Declared

    @property
    def settled(self) -> bool:
        """Whether it is ready to be called."""

    def settle(self) -> Any:  # noqa: ANN401  whatever is called in the end
        """Makes it ready."""


@dataclass(frozen=True, slots=True)
class Means:
    """What kernels run by: a library; or numba, and why there is no library."""

    library: ctypes.CDLL | None
    why: str = ""


KERNELS: Final[list[Kernel]] = []
"""Those of every module imported so far, without their parts, which are compiled into them."""
PARTS: Final[list[Kernel]] = []


@cache
def means() -> Means:
    """What the kernels of this process run by. Raises KernelsError where there is nothing."""
    wanted = os.environ.get(VARIABLE, "")
    if wanted not in {"", "library", "jit"}:
        raise KernelsError(f"{VARIABLE} is {wanted!r}\n  mend: set it to library or jit, or leave it out")
    why = f"{VARIABLE} says jit"
    if wanted != "jit":
        try:
            return Means(find_library())
        except NoLibraryError as error:
            why = str(error)
    if wanted == "library":
        raise KernelsError(f"{why}, and {VARIABLE} says library\n  {_MEND}")
    if find_spec("numba") is None:
        raise KernelsError(f"{why}, and numba, which could compile them, is not installed\n  {_MEND}")
    return Means(None, why)


def _made(declared: Declared) -> Any:  # noqa: ANN401  is called as the function is
    library = means().library
    if library is not None:
        return LibraryKernel(declared, library)
    from encoder.glyphs.jit import CompiledKernel  # noqa: PLC0415  numba is loaded only where it compiles

    return CompiledKernel(declared)


def kernel(signature: Signature, *, allocates: bool = True) -> Callable[[Function], Function]:
    """Decorates a plain function on arrays: compiled for exactly `signature`, lock released.

    A kernel that says that it makes no array counts no references to those it is given: of a tuple of arrays, numba
    counts them at every use, which takes longer than the use itself.
    """

    def decorate(function: Function) -> Function:
        made = _made(Declared(function, signature, allocates=allocates, inline=False))
        KERNELS.append(made)
        return made  # type: ignore[no-any-return]  # is called as the function is

    return decorate


def part(signature: Signature) -> Callable[[Function], Function]:
    """As `kernel`, for what other kernels call for every value: compiled into its callers. It allocates nothing, and
    returns no array.
    """

    def decorate(function: Function) -> Function:
        made = _made(Declared(function, signature, allocates=False, inline=True))
        PARTS.append(made)
        return made  # type: ignore[no-any-return]  # as above

    return decorate


def inlined(function: Function) -> Function:
    """As `part`, for whatever types its callers have. Called from Python, it is a Python function where there is a
    library.
    """
    if means().library is not None:
        return function
    from encoder.glyphs import jit  # noqa: PLC0415  as above

    return jit.inlined(function)  # type: ignore[return-value]  # as above


def instruction(function: Function) -> Function:
    """What is one machine instruction in a kernel, by its name in `encoder.glyphs.instructions`; its body says what it
    does, and runs where there is a library and it is called from Python.
    """
    if means().library is not None:
        return function
    from encoder.glyphs import jit  # noqa: PLC0415  as above

    return jit.instruction(function)  # type: ignore[return-value]  # as above
