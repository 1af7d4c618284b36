"""The tables of models that foretell bytes, as they are before the first byte."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from encoder.mixing.foretold import (
    FIRST_ROWS,
    FLAG_ROWS,
    FORETELLERS,
    PAIRS,
    REMEMBERING,
    SECOND_ROWS,
    SLOTS,
    VOICES,
    lanes_of,
)
from encoder.mixing.lanes import LANES
from encoder.mixing.tables import GUESS, SLOTS_PER_LINE

_FLAG_WEIGHT: Final = 3604
_UNLIKELY: Final = np.uint32(1 << 30)
"""A slot's start where a foreteller disagrees: right once in four times."""


def foretold_weights(contexts: int, first_weight: int) -> NDArray[np.int16]:
    """Rows of the flags, of the bits by what is known of the byte, and of the bits by the byte before: these are 0."""
    inputs = lanes_of(contexts)
    weights = np.zeros(FLAG_ROWS * LANES + (FIRST_ROWS + SECOND_ROWS) * inputs, np.int16)
    weights[: FLAG_ROWS * LANES] = _FLAG_WEIGHT
    weights[FLAG_ROWS * LANES : FLAG_ROWS * LANES + FIRST_ROWS * inputs] = first_weight
    return weights


def foretold_slots() -> NDArray[np.uint32]:
    """All slots but those in lines."""
    slots = np.full(SLOTS, GUESS, np.uint32)
    voices = slots[VOICES:PAIRS].reshape(FORETELLERS, 2, -1)
    voices[:, 0] = _UNLIKELY
    return slots


def bucket_table(bits: int) -> NDArray[np.uint32]:
    """What the contexts remember: nothing, in buckets that are cache lines."""
    size = REMEMBERING << bits
    room = np.zeros(size + SLOTS_PER_LINE, np.uint32)
    skip = (-room.ctypes.data % (4 * SLOTS_PER_LINE)) // 4
    return room[skip : skip + size]
