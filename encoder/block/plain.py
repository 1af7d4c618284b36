"""The plain bytes of a block in one stream, and what a part of them says about all."""

from typing import Final

from encoder.block.backends import compress
from encoder.block.layout import PLAIN, STORED, Header
from encoder.strategy import BackEnd, Strategy, TreeType

_SLOW: Final = (BackEnd.LZMA, BackEnd.BROTLI, BackEnd.MIXING)
_WORTH_A_PROBE: Final = 1024
"""Bytes; fewer cost little, and brotli's own dictionary may help where zstd sees nothing."""
_SAMPLED: Final = 8
"""One part in so many is the sample."""
_LEAST_SAMPLE: Final = 1 << 16


def one_stream(view: memoryview, strategy: Strategy, tree: TreeType, *, fell_back: bool) -> bytes:
    """The body of the bytes as they are, in one stream of the strategy's back end, or stored. tree, fell_back: as the header says them.

    Raises ValueError for a level that the back end does not have.
    """
    used, stream = BackEnd.STORE, b""
    if strategy.back_end not in _SLOW or len(view) < _WORTH_A_PROBE or _shrinks(view):
        used, stream = compress(strategy.back_end, view, strategy.level, text=True, codebook=strategy.codebook)
    if used is BackEnd.STORE:
        stream = bytes(view)
    form = STORED if used is BackEnd.STORE else PLAIN
    level = 0 if used is BackEnd.STORE else strategy.level
    return Header(form, tree, fell_back, used, level).to_bytes() + stream


def _shrinks(view: memoryview) -> bool:
    """Whether a quick compression gains anything: where it does not, a slow one would take its time for nothing."""
    used, _ = compress(BackEnd.ZSTD, view, 1, text=True)
    return used is not BackEnd.STORE


def part_size(view: memoryview) -> int:
    """Bytes of a part that says something about a block."""
    return max(_LEAST_SAMPLE, len(view) // _SAMPLED)


def middle_of(view: memoryview) -> memoryview:
    """The sample of a block."""
    size = part_size(view)
    middle = max(0, len(view) - size) // 2
    return view[middle : middle + size]


def size_behind(back_end: BackEnd, data: memoryview, level: int) -> int:
    """Bytes that text takes."""
    return len(compress(back_end, data, level, text=True)[1])


def far_below_sample(body: bytes, view: memoryview, share: float) -> bool:
    """Whether the body is below that share of what a sample of the plain bytes, quickly compressed, makes them all."""
    sample = middle_of(view)
    return len(body) * len(sample) < share * size_behind(BackEnd.ZSTD, sample, 1) * len(view)
