"""What the C library's heap keeps after an encode, and giving it back.

Worker threads free their scratch when they end, but glibc keeps the free pages for later. A process that encodes once in a
while should not look as if it still were at it; the founding plan measures that as `profiling.retained`.
"""

import ctypes
from functools import cache
from typing import Any, Final

WORTHWHILE: Final = 16 << 20
"""Bytes of input from which on a stream gives the heap's free pages back; below, there is too little to be worth the call."""


@cache
def _trim() -> Any:  # noqa: ANN401 - a foreign function, or None where the C library has none
    return getattr(ctypes.CDLL(None), "malloc_trim", None)


def give_back() -> bool:
    """Ask the C library to return free heap pages to the system. Returns whether any were; False where it cannot (`malloc_trim(3)`)."""
    trim = _trim()
    return trim is not None and trim(0) == 1
