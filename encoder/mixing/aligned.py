"""Contexts of a byte beside the one above it: where it stands in its value, and how the digits so far differ.

Numbers that grow, times above all, hardly ever repeat their bytes. But their next digit is near the one above it, or
equal to it, as long as the digits before are.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import FLAG, HASH, INT, U64S, VOID, Int, part
from encoder.mixing.coder import least, within
from encoder.mixing.predict import LEAN, spread
from encoder.mixing.tables import GOLDEN

U = np.uint64
PLACES: Final = 6
"""Rows of weights for each column and bit: one for each of a value's first bytes; the others share the last."""
_LAST_PLACE: Final = 63
_MOST_DRIFT: Final = 1000
_TOLD_DRIFT: Final = 31
_ZERO: Final = 48
_NINE: Final = 57
_MARK: Final = U(1 << 63)


@part(FLAG(HASH))
def is_digit(byte: np.uint64) -> bool:
    """Is it one of 0 to 9?"""
    return bool(byte >= U(_ZERO) and byte <= U(_NINE))


@part(INT(INT, HASH, HASH))
def next_drift(drift: Int, byte: np.uint64, above: np.uint64) -> Int:
    """By how much the digits so far are above those of the column's last value, after one more byte of both.

    Cut below _MOST_DRIFT. A byte that is a digit only in one of them is as far away as any.
    """
    if is_digit(byte) and is_digit(above):
        return within(10 * drift + np.int64(byte) - np.int64(above), _MOST_DRIFT)
    if is_digit(byte) or is_digit(above):
        return _MOST_DRIFT - 1 if byte > above else 1 - _MOST_DRIFT
    return drift


@part(VOID(U64S, HASH, HASH, HASH, HASH, HASH, HASH, HASH, FLAG, INT, INT))
def aligned_contexts(
    hashes: NDArray[np.uint64],
    last: np.uint64,
    sofar: np.uint64,
    column: np.uint64,
    sibling: np.uint64,
    word: np.uint64,
    above: np.uint64,
    next_above: np.uint64,
    same: bool,
    offset: Int,
    drift: Int,
) -> None:
    """The contexts of one byte of a value, as `row_parts.row_contexts`, whose arguments it shares.

    offset: of the byte in its value. drift: see `next_drift`.
    """
    nearest = last & U(255)
    digit = is_digit(above)
    place = U(least(offset, _LAST_PLACE)) << U(8)
    alike = U(1 if same else 0) << U(62)
    both = above | (next_above << U(8)) | (column << U(24))
    hashes[0] = sofar ^ (sibling * GOLDEN)
    hashes[1] = (both | (nearest << U(48))) ^ alike
    hashes[2] = (above | place | (column << U(24)) | _MARK) ^ alike
    hashes[3] = last & U(0xFFFFFFFF)
    hashes[4] = last & U(0xFFFFFF)
    hashes[5] = nearest | (column << U(40))
    hashes[6] = word ^ (nearest << U(56))
    if digit:
        hashes[4] = both | (U(within(drift, _TOLD_DRIFT) + 64) << U(48)) | _MARK
    if digit or offset == 0 or is_digit(nearest):
        hashes[5] = place | (column << U(40))
    spread(hashes, LEAN)
