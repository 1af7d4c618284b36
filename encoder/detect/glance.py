"""Histograms of a few kilobytes.

They are cheap enough for every block, and show whether two places hold the same kind of data.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from encoder.detect.histogram import histogram

Glance = NDArray[np.float64]
"""Shares of the 256 byte values: shape (256,), sum 1."""

GLANCE: Final = 16 << 10
"""Bytes of a glance, by default."""

ALIKE: Final = 0.1
"""How far apart two glances of one kind of data can be, in total variation."""


def glance(block: bytes | bytearray | memoryview, start: int = 0, size: int = GLANCE) -> Glance:
    """The glance of the `size` bytes from `start` on. There must be at least one byte."""
    piece = np.frombuffer(memoryview(block)[start : start + size], np.uint8)
    return histogram(piece) / piece.size


def middle_glance(block: bytes | bytearray | memoryview) -> Glance:
    """The glance from the middle of a block that is not empty.

    A head says less: it can be the end of what another block holds.
    """
    return glance(block, memoryview(block).nbytes // 2)


def distance(one: Glance, other: Glance) -> float:
    """How far apart they are in total variation, half the sum of absolute differences: 0 to 1."""
    return float(np.abs(one - other).sum()) / 2


def alike(one: Glance, other: Glance) -> bool:
    """Whether two glances are within `ALIKE` of each other."""
    return distance(one, other) <= ALIKE


def head_is_foreign(block: bytes | bytearray | memoryview) -> bool:
    """Whether the block's head is unlike its middle, and its middle like its third quarter.

    The head is then the end of something else, or an introduction. The block must not be empty.
    """
    size = memoryview(block).nbytes
    middle = middle_glance(block)
    return not alike(glance(block), middle) and alike(middle, glance(block, size // 4 * 3))
