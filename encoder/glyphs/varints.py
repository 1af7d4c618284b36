"""The metadata's numbers as bytes: varints, as in `encoder.varint`, many at a time."""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import BUFFER, BYTES, INT, U64S, Int, kernel

BAD_VARINTS = -1


@kernel(INT(U64S, BUFFER))
def write_varints(numbers: NDArray[np.uint64], out: NDArray[np.uint8]) -> Int:
    """Writes every number; `out` has ten bytes for each. Returns the bytes used."""
    at = 0
    for nth in range(numbers.shape[0]):
        left = numbers[nth]
        while left > np.uint64(127):
            out[at] = (left & np.uint64(127)) | np.uint64(128)
            left >>= np.uint64(7)
            at += 1
        out[at] = left
        at += 1
    return at


@kernel(INT(BYTES, U64S))
def read_varints(data: NDArray[np.uint8], numbers: NDArray[np.uint64]) -> Int:
    """Inverse: reads all of `data`, at most one number a byte. Returns how many, or BAD_VARINTS."""
    found = 0
    number = np.uint64(0)
    shift = 0
    for at in range(data.shape[0]):
        byte = np.uint64(data[at])
        if shift == 63 and byte > np.uint64(1):
            return BAD_VARINTS
        number |= (byte & np.uint64(127)) << np.uint64(shift)
        if byte >= np.uint64(128):
            shift += 7
            continue
        if byte == np.uint64(0) and shift > 0:
            return BAD_VARINTS
        numbers[found] = number
        found += 1
        number = np.uint64(0)
        shift = 0
    return found if shift == 0 else BAD_VARINTS
