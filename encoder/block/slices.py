"""The part of a block that a trial uses: its middle, or a few evenly spaced slices if the block may vary."""

from typing import Final

ALIGNED: Final = 1680
"""Bytes, of which every slice begins at a multiple, so that numbers and channels of most widths stay in their
places.
"""
_SLICES: Final = 4
_SAMPLED: Final = 8
"""One part in so many is the middle."""
LEAST_SAMPLE: Final = 1 << 16
"""Bytes of the middle, at least."""


def slices_of(data: bytes | memoryview, size: int) -> memoryview:
    """Slices of that many bytes each, end to end, from the first byte to about the last; all of the data, where
    that is no longer.
    """
    view = memoryview(data)
    if len(view) <= _SLICES * size:
        return view
    starts = [nth * (len(view) - size) // (_SLICES - 1) // ALIGNED * ALIGNED for nth in range(_SLICES)]
    return memoryview(b"".join(view[start : start + size] for start in starts))


def middle_of(view: memoryview) -> memoryview:
    """The part in the middle that says something about a block; all of it, where it is no longer than that."""
    size = max(LEAST_SAMPLE, len(view) // _SAMPLED)
    middle = max(0, len(view) - size) // 2
    return view[middle : middle + size]
