"""Sixteen short numbers at a time: what a mixer of weights of 16 bits does in a few machine instructions.

The bodies say what the instructions do, and are what runs where they are called from Python.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import Int, instruction

LANES: Final = 16
_MOST: Final = 32767


@instruction
def products(values: NDArray[np.int16], at: Int, weights: NDArray[np.int16], row: Int) -> Int:
    """The sum of the products of values[at : at + 16] and weights[row : row + 16], modulo 2**32."""
    return _wrapped(values[at : at + LANES], weights[row : row + LANES].astype(np.int64))


@instruction
def products_of_sum(values: NDArray[np.int16], at: Int, weights: NDArray[np.int16], row: Int, more: Int) -> Int:
    """As `products`, with the weights of two rows added, each sum cut to 16 bits."""
    both = weights[row : row + LANES].astype(np.int64) + weights[more : more + LANES]
    return _wrapped(values[at : at + LANES], np.clip(both, -1 - _MOST, _MOST))


@instruction
def learn(values: NDArray[np.int16], at: Int, weights: NDArray[np.int16], row: Int, error: Int) -> None:
    """Each of the weights grows by its value times error / 2**15, rounded; it is cut to 16 bits."""
    step = (((values[at : at + LANES].astype(np.int64) * 4 * int(error)) >> 16) + 1) >> 1
    grown = np.clip(weights[row : row + LANES] + step, -1 - _MOST, _MOST)
    weights[row : row + LANES] = grown.astype(np.int16)


@instruction
def prefetch(array: NDArray[Any], at: Int) -> None:
    """Asks for array[at], which is wanted soon."""


def _wrapped(values: NDArray[np.int16], weights: NDArray[np.int64]) -> int:
    total = int(np.dot(values.astype(np.int64), weights))
    return (total + (1 << 31)) % (1 << 32) - (1 << 31)
