"""The constants that encoder and decoder share. docs/reference/glyph-mixing.md prints or defines every one of them.

The logistic scale: `squash` maps x, in steps of 1/256, to 65536 / (1 + e**(-x/256)); `stretch` is its inverse. Source
of mixing in this domain: Mahoney, "Adaptive Weighing of Context Models for Lossless Data Compression", 2005.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

RANGE: Final = 3072
"""Stretched probabilities are in -RANGE < x < RANGE."""
_KNOT_STEP: Final = 128
_KNOTS: Final = (  # squash(128 n), to the nearest, below 65536
    *(32768, 40793, 47911, 53581, 57724, 60565, 62428, 63615, 64357, 64816, 65097, 65269, 65374),
    *(65438, 65476, 65500, 65514, 65523, 65528, 65531, 65533, 65534, 65535, 65535, 65535),
)
_LEAST: Final = 6  # of 65536; so no bit costs more than about 13.4 bits


def _squash_table() -> NDArray[np.uint16]:
    knots = [65536 - knot for knot in reversed(_KNOTS[1:])] + list(_KNOTS)
    table = np.empty(2 * RANGE, np.uint16)
    for x in range(2 * RANGE):
        knot, part = divmod(x, _KNOT_STEP)
        between = (knots[knot] * (_KNOT_STEP - part) + knots[knot + 1] * part + _KNOT_STEP // 2) // _KNOT_STEP
        table[x] = min(65536 - _LEAST, max(_LEAST, between))
    return table


def _stretch_table() -> NDArray[np.int16]:
    return (np.searchsorted(SQUASH, np.arange(4096) * 16 + 8) - RANGE).astype(np.int16)


SQUASH: Final = _squash_table()
"""squash(x) at [x + RANGE]: a probability in 65536ths."""
STRETCH: Final = _stretch_table()
"""stretch of a probability in 4096ths: the least x whose squash is at least the middle of that 4096th."""

MOST_SEEN: Final = 255
RATES: Final = np.array([131072 // (2 * seen + 3) for seen in range(1024)], np.uint16)
"""How far a probability moves towards the result, in 65536ths, after `seen` times."""
TRUST: Final = np.array([0, *(min(seen, 24) + 2 for seen in range(1, 1024))], np.int16)
"""Weight of a probability's distance from one half, by how often its context was seen."""

UNSEEN: Final = np.uint32(1 << 31)
"""A slot without results: probability one half (the upper 22 bits), seen 0 times (the lower 10)."""
GUESS: Final = np.uint32(3 << 30)
"""A guess's slot at the start: right three times in four."""
SLOTS_PER_LINE: Final = 16

GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
SPREAD: Final = np.uint64(0xD6E8FEB86659FD93)


def slot_table(line_bits: int) -> NDArray[np.uint32]:
    """Lines of slots without results, each in a cache line of its own."""
    room = np.empty((SLOTS_PER_LINE << line_bits) + SLOTS_PER_LINE, np.uint32)
    room.fill(UNSEEN)
    skip = (-room.ctypes.data % (4 * SLOTS_PER_LINE)) // 4
    return room[skip : skip + (SLOTS_PER_LINE << line_bits)]


KNOTS: Final = 49
"""Of a refined probability: one for each 128 of the stretched one."""


def refining_table(sets: int) -> NDArray[np.uint16]:
    """Refined probabilities that are those they refine, so many sets of them."""
    places = np.minimum(2 * RANGE - 1, np.arange(KNOTS) * _KNOT_STEP)
    return np.tile(SQUASH[places].astype(np.uint16), sets)
