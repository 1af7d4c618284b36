"""The plain bytes of a block in one stream, and an estimate of their size from a part."""

from functools import lru_cache
from typing import Final

from encoder.block.backends import compress
from encoder.block.layout import PLAIN, STORED, Header
from encoder.block.slices import LEAST_SAMPLE, middle_of
from encoder.strategy import BackEnd, Strategy, TreeType

_SLOW: Final = (BackEnd.LZMA, BackEnd.BROTLI)
_QUICK_BROTLI: Final = 9
"""Up to that level brotli is as quick as zstd."""
_WORTH_A_PROBE: Final = 1024
"""Bytes; fewer cost little, and brotli's own dictionary may help where zstd sees nothing."""
_PAGES, _PAGE = 32, 1 << 12
"""How many pages are looked at, and their bytes, of a block that seems to be chance."""
_CAREFUL: Final = 9
"""From that level of zstd on, all of such a block is."""
_STEP: Final = 1 << 15
"""Words that are compared at once, which stay in the cache."""


@lru_cache(maxsize=4)
def _of_one_byte(value: int, size: int, level: int) -> bytes:
    """So many times the same byte behind brotli: of an empty disk, block after block."""
    return compress(BackEnd.BROTLI, bytes((value,)) * size, level, text=True)[1]


def _is_one_byte(view: memoryview) -> bool:
    """Whether a block holds one value only. Numpy is loaded where a block was looked at."""
    import numpy as np  # noqa: PLC0415 - which a small input does not load

    words = np.frombuffer(view[: len(view) // 8 * 8], np.uint64)
    tail = {*view[:8], *view[len(view) // 8 * 8 :]}
    return len(tail) == 1 and all(
        bool((words[low : low + _STEP] == words[0]).all()) for low in range(0, len(words), _STEP)
    )


def one_stream(view: memoryview, strategy: Strategy, tree: TreeType, *, fell_back: bool) -> bytes:
    """The body of the bytes as they are, in one stream of the strategy's back end, or stored. tree, fell_back: as the
    header says them.

    Raises ValueError for a level that the back end does not have.
    """
    used, stream = BackEnd.STORE, b""
    if not _is_slow(strategy) or len(view) < _WORTH_A_PROBE or _shrinks(view):
        used, stream = _compressed(view, strategy)
    if used is BackEnd.STORE:
        stream = bytes(view)
    return stream_body(used, strategy.level, stream, tree, fell_back=fell_back)


def stream_body(used: BackEnd, level: int, stream: bytes, tree: TreeType, *, fell_back: bool) -> bytes:
    """The body of one stream that `used` made at that level of its own, or that is stored."""
    stored = used is BackEnd.STORE
    return Header(STORED if stored else PLAIN, tree, fell_back, used, 0 if stored else level).to_bytes() + stream


def _compressed(view: memoryview, strategy: Strategy) -> tuple[BackEnd, bytes]:
    if strategy.back_end is BackEnd.STORE and strategy.level:
        return _unless_chance(view, strategy.level)
    if strategy.back_end is BackEnd.BROTLI and len(view) >= LEAST_SAMPLE and _is_one_byte(view):
        return BackEnd.BROTLI, _of_one_byte(view[0], len(view), strategy.level)
    return compress(strategy.back_end, view, strategy.level, text=True, codebook=strategy.codebook)


def _unless_chance(view: memoryview, level: int) -> tuple[BackEnd, bytes]:
    """The bytes behind zstd. At a quick level they are stored, where that makes pages from everywhere no smaller."""
    if level >= _CAREFUL:
        return compress(BackEnd.ZSTD, view, level, text=False)
    step = max(_PAGE, len(view) // _PAGES)
    pages = b"".join(view[at : at + _PAGE] for at in range(0, len(view), step))
    used, _ = compress(BackEnd.ZSTD, pages, level, text=False)
    return (used, b"") if used is BackEnd.STORE else compress(BackEnd.ZSTD, view, level, text=False)


def _is_slow(strategy: Strategy) -> bool:
    return strategy.back_end in _SLOW and (strategy.back_end, strategy.level <= _QUICK_BROTLI) != (BackEnd.BROTLI, True)


def _shrinks(view: memoryview) -> bool:
    """Whether a quick compression gains anything: where it does not, a slow one would take its time for nothing."""
    used, _ = compress(BackEnd.ZSTD, view, 1, text=True)
    return used is not BackEnd.STORE


def size_behind(back_end: BackEnd, data: memoryview, level: int) -> int:
    """Bytes that text takes."""
    return len(compress(back_end, data, level, text=True)[1])


def far_below_sample(body: bytes, view: memoryview, share: float) -> bool:
    """Whether the body is below that share of what a sample of the plain bytes, quickly compressed, makes them all."""
    sample = middle_of(view)
    return len(body) * len(sample) < share * size_behind(BackEnd.ZSTD, sample, 1) * len(view)
