"""How logical streams lie in physical ones: large streams are compressed alone, small ones of a class together.

Physical order: the large streams in their own order, then one pool for each class that has any bytes, in the order of
the classes; a pool's streams lie in it in their own order. Both sides derive all this from the streams' classes and
lengths.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

POOLED_BELOW: Final = 1024
"""Bytes, below which a stream is pooled."""


def gather_physical(streams: Sequence[tuple[int, memoryview]]) -> list[tuple[int, bytes | memoryview]]:
    """(class, bytes) of each physical stream."""
    physical: list[tuple[int, bytes | memoryview]] = []
    pools: dict[int, list[memoryview]] = {}
    for stream_class, view in streams:
        if len(view) >= POOLED_BELOW:
            physical.append((stream_class, view))
        elif len(view):
            pools.setdefault(stream_class, []).append(view)
    physical += [(stream_class, b"".join(pools[stream_class])) for stream_class in sorted(pools)]
    return physical


def physical_layout(
    classes: NDArray[np.int32], lengths: NDArray[np.int64]
) -> tuple[list[tuple[int, int]], NDArray[np.int64]]:
    """((class, length) of each physical stream, where each logical stream begins when those lie end to end)."""
    large = lengths >= POOLED_BELOW
    positions = np.zeros(len(lengths), np.int64)
    sizes = lengths[large]
    positions[large] = np.cumsum(sizes) - sizes
    physical = list(zip(classes[large].tolist(), sizes.tolist(), strict=True))
    used = int(sizes.sum())
    for stream_class in np.unique(classes[~large]).tolist():
        members = ~large & (classes == stream_class)
        sizes = lengths[members]
        total = int(sizes.sum())
        positions[members] = used + np.cumsum(sizes) - sizes
        used += total
        if total:
            physical.append((stream_class, total))
    return physical, positions
