"""How a kernel is declared: its machine types up front, so that no call ever compiles a second version of it.

Kernels release the interpreter lock and are cached on disk. They check no index: what they are given is valid by
construction (encoding), or they check it themselves and return an error code below zero (decoding).
"""

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numba import njit, types

Int: TypeAlias = int | np.int64
"""An integer in a kernel: Python's outside, a 64-bit one once compiled."""

Function = TypeVar("Function", bound=Callable[..., Any])

BYTES = types.Array(types.uint8, 1, "C", readonly=True)
"""Bytes that a kernel only reads."""
BUFFER = types.uint8[::1]
"""Bytes that a kernel writes."""
I32S = types.int32[::1]
I64S = types.int64[::1]
U64S = types.uint64[::1]
TABLE = types.int32[:, ::1]
ROWS = types.int64[:, ::1]
INT = types.int64
HASH = types.uint64
FLAG = types.boolean
REAL = types.float64


def several(kind: Any, count: int) -> Any:  # noqa: ANN401  numba ships no types
    """The type of a tuple of `count` results of one kind."""
    return types.UniTuple(kind, count)  # type: ignore[no-untyped-call]  # as above


def kernel(signature: Any) -> Callable[[Function], Function]:  # noqa: ANN401  numba ships no types
    """Decorates a plain function on arrays: compiled for exactly `signature`, lock released, cached."""
    decorate: Callable[[Function], Function] = njit(signature, nogil=True, cache=True)
    return decorate


def part(signature: Any) -> Callable[[Function], Function]:  # noqa: ANN401  numba ships no types
    """As `kernel`, for what other kernels call for every value: compiled into its callers, so that no reference to an array
    is counted at a call. numba takes those counts out only where the function returns in one place, outside its loops.
    """
    decorate: Callable[[Function], Function] = njit(signature, nogil=True, cache=True, forceinline=True)
    return decorate
