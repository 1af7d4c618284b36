"""Return memory that the C library's heap keeps after an encode.

Worker threads free their scratch when they end, but glibc keeps the free pages for later. A process that encodes now
and then should not keep that memory. The founding plan measures this as `profiling.retained`.
"""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any, ClassVar, Final

from encoder.glyphs.kept import drop_kept

WORTHWHILE: Final = 16 << 20
"""Bytes of input from which on a stream gives the heap's free pages back; below, there is too little to be worth
the call.
"""


_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_M_ARENA_MAX: Final = -8
_LARGE: Final = 4 << 20
"""Bytes from which on an allocation is a mapping of its own. A block's own arrays stay below: mapped anew for every
block, their pages would take a tenth of its time to come in again.
"""
_FREE_END: Final = 3 << 20
"""Bytes from which on free pages at a heap's end go back."""


_NUDGE: Final = 128 << 10
"""Bytes whose freeing makes glibc look at the end of a heap: more than its FASTBIN_CONSOLIDATION_THRESHOLD of 64
KiB (malloc.c).
"""


class _Lowered:
    """Who wants heaps' ends back now. The threshold is the process's: it goes up again when the last has them.

    count: how many do. lock: held while it changes.
    """

    count: ClassVar[int] = 0
    lock: ClassVar[Lock] = Lock()


@contextmanager
def heaps_given_back() -> Iterator[None]:
    """Within, every heap gives its free end back whenever something large of it is freed, by whichever thread.

    So what one thread made and another frees later is no reason to keep the first one's heap.
    """
    if not settle():
        yield
        return
    library = _c_library()
    with _Lowered.lock:
        _Lowered.count += 1
        library.mallopt(_M_TRIM_THRESHOLD, _NUDGE)
    try:
        yield
    finally:
        with _Lowered.lock:
            _Lowered.count -= 1
            if not _Lowered.count:
                library.mallopt(_M_TRIM_THRESHOLD, _FREE_END)


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
        mallopt(option, size) == 1 for option, size in ((_M_MMAP_THRESHOLD, _LARGE), (_M_TRIM_THRESHOLD, _FREE_END))
    )


def share_one_heap() -> bool:
    """Have the threads that begin from now on use the first thread's heap. Returns whether they will.

    One thread's free pages then serve another. It holds for all threads of the process, for good, so it is for a
    process that does nothing else. Does nothing where the environment says how many heaps there are (`mallopt(3)`).
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return "MALLOC_ARENA_MAX" not in os.environ and mallopt is not None and mallopt(_M_ARENA_MAX, 1) == 1


def leave() -> None:
    """What a thread of an encode calls last: it drops what it keeps, and gives back the free end of its own heap.

    `malloc_trim` leaves that alone: it goes back when something large beside it is freed by a thread that uses the
    heap.
    """
    drop_kept()
    with heaps_given_back():
        _c_library().free(_c_library().malloc(_NUDGE))


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
