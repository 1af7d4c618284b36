"""Put tokens in the order of the records, end to end, and compose the records from them again."""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import BUFFER, BYTES, FLAG, I32S, I64S, INT, U32S, VOID, Int, kernel
from encoder.mixing.row_parts import name_of

BAD_RECORDS = -1


@kernel(VOID(BUFFER, INT, BYTES, INT, INT))
def copy_bytes(target: NDArray[np.uint8], at: Int, source: NDArray[np.uint8], start: Int, size: Int) -> None:
    """target[at : at + size] = source[start : start + size], and not a byte beyond."""
    for offset in range(size):
        target[at + offset] = source[start + offset]


@kernel(VOID(BYTES, I32S, I32S, INT, I64S))
def count_bytes(
    data: NDArray[np.uint8], starts: NDArray[np.int32], sizes: NDArray[np.int32], count: Int, tally: NDArray[np.int64]
) -> None:
    """Adds to `tally` how often every byte is in the values."""
    for value in range(count):
        for at in range(starts[value], starts[value] + sizes[value]):
            tally[data[at]] += 1


@kernel(INT(BYTES, I32S, I32S, I32S, I32S, INT, INT, BUFFER, I32S, U32S))
def spell_tokens(
    data: NDArray[np.uint8],
    records: NDArray[np.int32],
    variables: NDArray[np.int32],
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    template_size: Int,
    terminator: Int,
    text: NDArray[np.uint8],
    token_starts: NDArray[np.int32],
    names: NDArray[np.uint32],
) -> Int:
    """Writes all tokens to `text`, and where each begins and its name. Returns the bytes written."""
    at = np.int64(0)
    token = 0
    value = 0
    token_starts[0] = 0
    for record in range(records.shape[0]):
        template = records[record]
        if template_size > 0:
            begin = at
            if template_size == 2:
                text[at] = template >> 8
                at += 1
            text[at] = template & 255
            at += 1
            names[token] = name_of(text, begin, at)
            token += 1
            token_starts[token] = at
        for _ in range(variables[template]):
            begin = at
            size = np.int64(sizes[value])
            copy_bytes(text, at, data, starts[value], size)
            at += size
            names[token] = name_of(text, begin, at)
            text[at] = terminator
            at += 1
            value += 1
            token += 1
            token_starts[token] = at
    return at


@kernel(INT(I32S, BYTES, I32S, I32S, BUFFER, I32S, FLAG, BUFFER, INT))
def compose_rows(
    records: NDArray[np.int32],
    literals: NDArray[np.uint8],
    piece_ends: NDArray[np.int32],
    first_piece: NDArray[np.int32],
    text: NDArray[np.uint8],
    token_starts: NDArray[np.int32],
    numbered: bool,
    out: NDArray[np.uint8],
    end: Int,
) -> Int:
    """Writes all records to out[:end]. Returns 0 if they fill it exactly, else BAD_RECORDS. `code_rows` left the
    tokens.
    """
    at = np.int64(0)
    token = 0
    for record in range(records.shape[0]):
        template = np.int64(records[record])
        if numbered:
            token += 1
        last = first_piece[template + 1] - 1
        for piece in range(first_piece[template], last + 1):
            start = np.int64(piece_ends[piece - 1]) if piece > 0 else np.int64(0)
            size = piece_ends[piece] - start
            if size > end - at:
                return BAD_RECORDS
            copy_bytes(out, at, literals, start, size)
            at += size
            if piece == last:
                break
            start = np.int64(token_starts[token])
            size = np.int64(token_starts[token + 1]) - 1 - start
            if size < 0 or size > end - at:
                return BAD_RECORDS
            copy_bytes(out, at, text, start, size)
            at += size
            token += 1
    return 0 if at == end else BAD_RECORDS
