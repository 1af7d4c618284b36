"""All columns of a planned level back to values, in one call: where each value stands in the working bytes.

The working bytes hold the streams, then the text that is made from numbers, then the output of the level below. Strings
and dictionary words are used where they lie; only numbers are written out.
"""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.choose import DECIMALS, DICTIONARY, DIVIDED, HEXADECIMAL, INTEGERS
from encoder.glyphs.decimals import VARIED, format_decimals
from encoder.glyphs.dictionary import MAX_DISTINCT, read_indexed
from encoder.glyphs.hexadecimal import read_hexadecimal
from encoder.glyphs.integers import format_integers
from encoder.glyphs.kernel import BUFFER, I32S, I64S, INT, ROWS, Int, kernel
from encoder.glyphs.numbers import CONSTANT, read_numbers
from encoder.glyphs.plan import BASE, COUNT, DETAIL, FIRST_STREAM, KIND, LENGTH, MODE, WIDTH
from encoder.glyphs.strings import JOINED, read_joined, read_measured

BAD_COLUMN = -1


@kernel(INT(BUFFER, ROWS, INT, I64S, INT, INT, I64S, I32S, I32S, I32S, I32S, INT))
def read_column(
    work: NDArray[np.uint8],
    rows: NDArray[np.int64],
    row: Int,
    streams: NDArray[np.int64],
    at: Int,
    end: Int,
    values: NDArray[np.int64],
    word_starts: NDArray[np.int32],
    word_sizes: NDArray[np.int32],
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    first: Int,
) -> Int:
    """Reads one column that is not DIVIDED; as `read_columns` otherwise."""
    kind = rows[row, KIND]
    count = rows[row, COUNT]
    detail = rows[row, DETAIL]
    stream = rows[row, FIRST_STREAM]
    source = streams[stream]
    if kind == DICTIONARY:
        if read_joined(work, source, rows[row, LENGTH], detail, word_starts, word_sizes, 0) < 0:
            return BAD_COLUMN
        planes = streams[stream + 1] if detail > 1 else 0
        if read_indexed(work, planes, count, detail, word_starts, word_sizes, starts, sizes, first) < 0:
            return BAD_COLUMN
        return at
    if kind == HEXADECIMAL:
        return read_hexadecimal(work, source, count, detail, at, end, starts, sizes, first)
    if kind != INTEGERS and kind != DECIMALS and detail == JOINED:
        return at if read_joined(work, source, rows[row, LENGTH], count, starts, sizes, first) >= 0 else BAD_COLUMN
    varied = kind == DECIMALS and detail == VARIED
    planes = 0
    if rows[row, MODE] != CONSTANT:
        planes = streams[stream + 1] if varied else source
    read_numbers(work, planes, count, rows[row, MODE], rows[row, BASE], rows[row, WIDTH], values)
    if kind == INTEGERS:
        return format_integers(values, count, detail, work, at, end, starts, sizes, first)
    if kind == DECIMALS:
        return format_decimals(values, count, detail, work, source, work, at, end, starts, sizes, first)
    text = streams[stream + rows[row, WIDTH]]
    return at if read_measured(text, rows[row, LENGTH], count, values, starts, sizes, first) >= 0 else BAD_COLUMN


@kernel(INT(BUFFER, ROWS, I64S, INT, INT, INT, INT, INT, I64S, I32S, I32S))
def read_columns(
    work: NDArray[np.uint8],
    rows: NDArray[np.int64],
    streams: NDArray[np.int64],
    at: Int,
    end: Int,
    below: Int,
    below_size: Int,
    divided: Int,
    values: NDArray[np.int64],
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
) -> Int:
    """Fills starts and sizes for every value of every column; returns where the written text ends, below 0 if damaged.

    streams: where each planned stream lies in `work`. work[at:end]: room for the text of numbers.
    work[below:][:below_size]: the lines of the level below, `divided` of them. values: as long as the longest column.
    """
    word_starts = np.empty(MAX_DISTINCT, np.int32)
    word_sizes = np.empty(MAX_DISTINCT, np.int32)
    line_starts = np.empty(divided, np.int32)
    line_sizes = np.empty(divided, np.int32)
    if read_joined(work, below, below_size, divided, line_starts, line_sizes, 0) < 0:
        return BAD_COLUMN
    first = 0
    line = 0
    for row in range(rows.shape[0]):
        count = rows[row, COUNT]
        if count == 0:
            continue
        if rows[row, KIND] == DIVIDED:
            for nth in range(count):
                starts[first + nth] = line_starts[line + nth]
                sizes[first + nth] = line_sizes[line + nth]
            line += count
        else:
            at = read_column(work, rows, row, streams, at, end, values, word_starts, word_sizes, starts, sizes, first)
            if at < 0:
                return at
        first += count
    return at
