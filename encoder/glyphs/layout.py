"""How logical streams are placed in physical ones. Large streams are compressed alone, small ones of a class together.

Physical order: the large streams in their own order, then one pool for each class that has any bytes, in the order of
the classes; a pool's streams lie in it in their own order. With `text_pooled` all text (templates, words and strings)
is one pool, the last class's, however large its streams are: columns often repeat each other, and a match finder that
sees both stores the text once. Both sides derive all this from the streams' classes and lengths.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.sink import TEXT, TEXT_CLASSES

POOLED_BELOW: Final = 1024
"""Bytes, below which a stream is pooled."""
ALONE: Final = -1


def pools_of(classes: NDArray[np.int32], lengths: NDArray[np.int64], *, text_pooled: bool) -> NDArray[np.int32]:
    """The class of the pool that each stream lies in, or ALONE. Shapes (streams,)."""
    pools = np.where(lengths >= POOLED_BELOW, ALONE, classes)
    if text_pooled:
        pools[np.isin(classes, TEXT_CLASSES)] = TEXT
    return pools.astype(np.int32)


def gather_physical(
    streams: Sequence[tuple[int, memoryview]], *, text_pooled: bool = False
) -> list[tuple[int, bytes | memoryview]]:
    """(class, bytes) of each physical stream; a large stream's bytes are the very object that was given."""
    classes = np.array([stream_class for stream_class, _ in streams], np.int32)
    lengths = np.array([len(view) for _, view in streams], np.int64)
    physical: list[tuple[int, bytes | memoryview]] = []
    pooled: dict[int, list[memoryview]] = {}
    for (stream_class, view), pool in zip(
        streams, pools_of(classes, lengths, text_pooled=text_pooled).tolist(), strict=True
    ):
        if pool == ALONE:
            physical.append((stream_class, view))
        elif len(view):
            pooled.setdefault(pool, []).append(view)
    physical += [(pool, b"".join(pooled[pool])) for pool in sorted(pooled)]
    return physical


def physical_layout(
    classes: NDArray[np.int32], lengths: NDArray[np.int64], *, text_pooled: bool = False
) -> tuple[list[tuple[int, int]], NDArray[np.int64]]:
    """((class, length) of each physical stream, where each logical stream begins when those lie end to end)."""
    pools = pools_of(classes, lengths, text_pooled=text_pooled)
    alone = pools == ALONE
    positions = np.zeros(len(lengths), np.int64)
    sizes = lengths[alone]
    positions[alone] = np.cumsum(sizes) - sizes
    physical = list(zip(classes[alone].tolist(), sizes.tolist(), strict=True))
    used = int(sizes.sum())
    for pool in sorted(set(pools[~alone].tolist())):
        members = pools == pool
        sizes = lengths[members]
        total = int(sizes.sum())
        positions[members] = used + np.cumsum(sizes) - sizes
        used += total
        if total:
            physical.append((pool, total))
    return physical, positions
