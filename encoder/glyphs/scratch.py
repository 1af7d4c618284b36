"""Scratch arrays for encoding. Each thread keeps its own from block to block, sized by the block."""

import contextlib
import mmap
from typing import Any

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.choose import SHAPE_SIZE
from encoder.glyphs.dictionary import Room
from encoder.glyphs.kept import kept_by_thread
from encoder.glyphs.tokenise import MAX_TEMPLATES, TABLE_SLOTS, Found
from encoder.glyphs.tokenise_json import COUNT_SLOTS

_KEPT = 4 << 20  # bytes of block, above which scratch is dropped after use
_STEP = 1 << 18  # sizes are rounded up to this, for blocks that are cut at records differ a little from each other
_MOST_WRITTEN = 5  # bytes for each byte of block; a level takes more only where it has very many columns
_SMALL_TABLE = 8192  # slots for one column's distinct values


def _reserved(count: int, kind: type[np.uint8 | np.int32 | np.int64]) -> NDArray[Any]:
    """An array of which only the pages that are touched take memory: numpy's own asks for huge ones, 2 MiB each."""
    size = count * np.dtype(kind).itemsize
    memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(mmap, "MADV_NOHUGEPAGE"):
        with contextlib.suppress(OSError):  # a kernel built without huge pages
            memory.madvise(mmap.MADV_NOHUGEPAGE)
    return np.frombuffer(memory, kind)


class Scratch:
    """Arrays for blocks of up to `size` bytes: at most size // 2 variables and records; about 25 bytes per byte of
    block are reserved, of which a block touches what it uses.
    """

    __slots__ = (
        "column_sizes",
        "column_starts",
        "found",
        "key_counts",
        "names",
        "offsets",
        "path_counts",
        "room",
        "size",
        "written",
    )

    def __init__(self, size: int) -> None:
        variables = size // 2 + 1024
        self.size = size
        self.found = Found(
            records=_reserved(variables, np.int32),
            starts=_reserved(variables, np.int32),
            sizes=_reserved(variables, np.int32),
            columns=_reserved(variables, np.int32),
            templates=np.empty((4, MAX_TEMPLATES), np.int32),
            template_keys=np.empty(TABLE_SLOTS, np.uint64),
            template_values=np.empty(TABLE_SLOTS, np.int32),
            column_keys=np.empty(TABLE_SLOTS, np.uint64),
            column_values=np.empty(TABLE_SLOTS, np.int32),
        )
        self.column_starts = _reserved(variables, np.int32)
        self.column_sizes = _reserved(variables, np.int32)
        self.names = np.empty(TABLE_SLOTS, np.uint64)
        self.offsets = np.empty(TABLE_SLOTS, np.int64)
        self.key_counts = np.empty(COUNT_SLOTS, np.int32)
        self.path_counts = np.empty(COUNT_SLOTS, np.int32)
        self.room = Room(
            shape=np.empty(SHAPE_SIZE, np.int64),
            firsts=np.empty(_SMALL_TABLE, np.int64),
            values=_reserved(variables, np.int64),
            indices=_reserved(variables, np.int64),
            keys=np.empty(_SMALL_TABLE, np.uint64),
            slots=np.empty(_SMALL_TABLE, np.int32),
        )
        self.written = _reserved(_MOST_WRITTEN * size, np.uint8)

    def to_write(self, size: int) -> NDArray[np.uint8]:
        """Room for so many bytes, until it is asked for again."""
        return self.written[:size] if size <= len(self.written) else np.empty(size, np.uint8)


_kept = kept_by_thread()


def scratch_for(size: int) -> Scratch:
    """This thread's scratch, large enough for a block of `size` bytes; not to be held past the block."""
    kept: Scratch | None = getattr(_kept, "scratch", None)
    if kept is not None and kept.size >= size:
        return kept
    _kept.scratch = kept = None  # before its successor is allocated
    fresh = Scratch(-(-size // _STEP) * _STEP)
    if size <= _KEPT:
        _kept.scratch = fresh
    return fresh
