"""A few slices of a block, at even distances: what a trial looks at where one place may be unlike the rest."""

from typing import Final

ALIGNED: Final = 1680
"""Bytes, of which every slice begins at a multiple, so that numbers and channels of most widths stay in their
places.
"""
_SLICES: Final = 4


def slices_of(data: bytes | memoryview, size: int) -> memoryview:
    """Slices of that many bytes each, end to end, from the first byte to about the last; all of the data, where
    that is no longer.
    """
    view = memoryview(data)
    if len(view) <= _SLICES * size:
        return view
    starts = [nth * (len(view) - size) // (_SLICES - 1) // ALIGNED * ALIGNED for nth in range(_SLICES)]
    return memoryview(b"".join(view[start : start + size] for start in starts))
