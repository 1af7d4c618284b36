"""Histograms of a few kilobytes: cheap enough for every block, and enough to say whether two places hold the same kind of data."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from encoder.detect.histogram import histogram

Glance = NDArray[np.float64]
"""Shares of the 256 byte values: shape (256,), sum 1."""

GLANCE: Final = 16 << 10
"""Bytes that a glance looks at, unless told otherwise."""

ALIKE: Final = 0.1
"""How far two glances may lie apart, in total variation, and still be of one kind of data."""


def glance(block: bytes | bytearray | memoryview, start: int = 0, size: int = GLANCE) -> Glance:
    """Of the `size` bytes from `start` on. There must be one there."""
    piece = np.frombuffer(memoryview(block)[start : start + size], np.uint8)
    return histogram(piece) / piece.size


def middle_glance(block: bytes | bytearray | memoryview) -> Glance:
    """Of the bytes from the middle of the block on, which is not empty. A head says less: it may be the end of what another block holds."""
    return glance(block, memoryview(block).nbytes // 2)


def distance(one: Glance, other: Glance) -> float:
    """How far apart they lie in total variation, half the sum of absolute differences: 0 to 1."""
    return float(np.abs(one - other).sum()) / 2


def alike(one: Glance, other: Glance) -> bool:
    """Whether two glances lie within `ALIKE` of each other."""
    return distance(one, other) <= ALIKE


def head_is_foreign(block: bytes | bytearray | memoryview) -> bool:
    """Whether the block's head is unlike its middle, and its middle like its third quarter: the end of something else, or an introduction.

    The block must not be empty.
    """
    size = memoryview(block).nbytes
    middle = middle_glance(block)
    return not alike(glance(block), middle) and alike(middle, glance(block, size // 4 * 3))
