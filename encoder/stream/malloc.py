"""What the C library's heap keeps after an encode, and giving it back.

Worker threads free their scratch when they end, but glibc keeps the free pages for later. A process that encodes once
in a while should not look as if it still were at it; the founding plan measures that as `profiling.retained`.
"""

import ctypes
import os
from functools import cache
from typing import Any, Final

from encoder.glyphs.kept import drop_kept

WORTHWHILE: Final = 16 << 20
"""Bytes of input from which on a stream gives the heap's free pages back; below, there is too little to be worth
the call.
"""


_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_LARGE: Final = 4 << 20
"""Bytes from which on an allocation is a mapping of its own, and from which on free pages at a heap's end go back. A
block's own arrays stay below: mapped anew for every block, their pages would take a tenth of its time to come in again.
"""


_NUDGE: Final = 128 << 10
"""Bytes whose freeing makes glibc look at the end of a heap: more than its FASTBIN_CONSOLIDATION_THRESHOLD of 64
KiB (malloc.c).
"""


@cache
def settle() -> bool:
    """Fix, once for this process, what the C library gives back at once. Returns whether it did.

    glibc raises both thresholds by itself, to 32 and 64 MiB, after large blocks were freed; every worker thread's heap
    then keeps what it once needed for a compressor's tables. Does nothing where the environment sets them
    (`mallopt(3)`).
    """
    if any(name in os.environ for name in ("MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_")):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and all(
        mallopt(option, _LARGE) == 1 for option in (_M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD)
    )


def leave() -> None:
    """What a thread of an encode calls last: it drops what it keeps, and gives back the free end of its own heap.

    `malloc_trim` leaves that alone: it goes back when something large beside it is freed by a thread that uses the
    heap.
    """
    drop_kept()
    if not settle():
        return
    library = _c_library()
    library.mallopt(_M_TRIM_THRESHOLD, _NUDGE)
    library.free(library.malloc(_NUDGE))
    library.mallopt(_M_TRIM_THRESHOLD, _LARGE)


@cache
def _c_library() -> ctypes.CDLL:
    library = ctypes.CDLL(None)
    library.malloc.restype = ctypes.c_void_p
    library.malloc.argtypes = [ctypes.c_size_t]
    library.free.argtypes = [ctypes.c_void_p]
    return library


@cache
def _trim() -> Any:  # noqa: ANN401 - a foreign function, or None where the C library has none
    return getattr(ctypes.CDLL(None), "malloc_trim", None)


def give_back() -> bool:
    """Drop what this thread keeps from block to block, and ask the C library to return free heap pages to the system
    (`malloc_trim(3)`).

    Returns whether any were; False where it cannot.
    """
    drop_kept()
    trim = _trim()
    return trim is not None and trim(0) == 1
