"""Put records together again: the literals of each record's template, with the next value of each variable's column
between them.

Values of a column are used in the order of the records, and within a record in the order of its variables.
"""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import BUFFER, BYTES, FLAG, I32S, I64S, INT, VOID, Int, kernel
from encoder.glyphs.wide import copy_over

BAD_IDS = -1
BAD_RECORDS = -1


@kernel(VOID(I32S, INT, BUFFER))
def write_ids(ids: NDArray[np.int32], width: Int, out: NDArray[np.uint8]) -> None:
    """Numbers below 256**width as byte planes, the high one first, end to end."""
    count = ids.shape[0]
    for nth in range(count):
        left = ids[nth]
        for plane in range(width - 1, -1, -1):
            out[plane * count + nth] = left & 255
            left >>= 8


@kernel(INT(BYTES, INT, INT, INT, I32S))
def read_ids(work: NDArray[np.uint8], at: Int, width: Int, limit: Int, ids: NDArray[np.int32]) -> Int:
    """Inverse of `write_ids` from work[at]. Returns 0, or BAD_IDS unless all are below `limit`."""
    count = ids.shape[0]
    for nth in range(count):
        number = np.int64(0)
        for plane in range(width):
            number = (number << 8) | np.int64(work[at + plane * count + nth])
        if number >= limit:
            return BAD_IDS
        ids[nth] = number
    return 0


@kernel(FLAG(I32S, I32S, I32S, I32S, I64S, I32S, INT))
def fits(
    records: NDArray[np.int32],
    piece_ends: NDArray[np.int32],
    first_piece: NDArray[np.int32],
    slots: NDArray[np.int32],
    offsets: NDArray[np.int64],
    sizes: NDArray[np.int32],
    total: Int,
) -> bool:
    """Do the records use every value of every column once, and do they take `total` bytes?"""
    uses = np.zeros(first_piece.shape[0] - 1, np.int64)
    for record in range(records.shape[0]):
        uses[records[record]] += 1
    left = np.empty(offsets.shape[0] - 1, np.int64)
    for column in range(left.shape[0]):
        left[column] = offsets[column + 1] - offsets[column]
    for template in range(uses.shape[0]):
        first, last = np.int64(first_piece[template]), np.int64(first_piece[template + 1])
        start = np.int64(piece_ends[first - 1]) if first > 0 else np.int64(0)
        total -= uses[template] * (piece_ends[last - 1] - start)
        for piece in range(first, last - 1):
            left[slots[piece - template]] -= uses[template]
    for nth in range(sizes.shape[0]):
        total -= sizes[nth]
    fit = total == 0
    for column in range(left.shape[0]):
        fit &= left[column] == 0
    return bool(fit)


@kernel(INT(I32S, BYTES, I32S, I32S, I32S, I64S, I32S, I32S, BYTES, BUFFER, INT, INT))
def compose(
    records: NDArray[np.int32],
    literals: NDArray[np.uint8],
    piece_ends: NDArray[np.int32],
    first_piece: NDArray[np.int32],
    slots: NDArray[np.int32],
    offsets: NDArray[np.int64],
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    work: NDArray[np.uint8],
    out: NDArray[np.uint8],
    at: Int,
    end: Int,
) -> Int:
    """Writes all records to out[at:end]; 0 if they fill it exactly and use every value, else BAD_RECORDS and nothing is
    written. Bytes of `out` after `end`, as many as `copy_over` says, may change.

    offsets: first value of each column, and the end. The v-th variable of template t is in column
    slots[first_piece[t] - t + v].
    """
    if not fits(records, piece_ends, first_piece, slots, offsets, sizes, end - at):
        return BAD_RECORDS
    following = offsets.copy()
    for record in range(records.shape[0]):
        template = np.int64(records[record])
        last = first_piece[template + 1] - 1
        piece = np.int64(first_piece[template])
        start = np.int64(piece_ends[piece - 1]) if piece > 0 else np.int64(0)
        while True:
            size = piece_ends[piece] - start
            copy_over(out, at, literals, start, size)
            start += size
            at += size
            if piece == last:
                break
            column = slots[piece - template]
            value = following[column]
            following[column] = value + 1
            size = np.int64(sizes[value])
            copy_over(out, at, work, starts[value], size)
            at += size
            piece += 1
    return 0
