"""Reading a level's metadata: what its columns are and which streams they take, before any stream is touched.

A plan is a row for every column; every count and length in it has been checked against the bounds given, so that the
kernels that follow it cannot step outside their arrays.
"""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.choose import DECIMALS, DICTIONARY, DIVIDED, HEXADECIMAL, INTEGERS, STRINGS
from encoder.glyphs.decimals import VARIED
from encoder.glyphs.dictionary import MAX_DISTINCT
from encoder.glyphs.integers import MAX_DIGITS
from encoder.glyphs.kernel import HASH, I32S, I64S, INT, ROWS, U64S, VOID, Int, kernel
from encoder.glyphs.numbers import CONSTANT, OFFSET, unzigzag
from encoder.glyphs.sink import INDEX, NUMBERS, PACKED, TEXT, WORDS
from encoder.glyphs.strings import MEASURED

ROW_SIZE = 8
COUNT, KIND, DETAIL, LENGTH, MODE, BASE, WIDTH, FIRST_STREAM = range(ROW_SIZE)
"""A row: values; kind; the kind's parameter; bytes of its text stream; its `numbers` (mode, base, width); stream."""

POSITION, STREAM, ERROR = range(3)
"""A plan's cursor: numbers read from the metadata, streams planned, and whether anything was out of bounds."""


@kernel(HASH(U64S, I64S))
def next_number(meta: NDArray[np.uint64], cursor: NDArray[np.int64]) -> np.uint64:
    """The next number; 0, with the error set, when there is none."""
    position = cursor[POSITION]
    if position >= meta.shape[0]:
        cursor[ERROR] = 1
        return np.uint64(0)
    cursor[POSITION] = position + 1
    number: np.uint64 = meta[position]
    return number


@kernel(INT(U64S, I64S, INT))
def next_count(meta: NDArray[np.uint64], cursor: NDArray[np.int64], most: Int) -> Int:
    """The next number as a count of at most `most`; 0, with the error set, when it is more."""
    number = next_number(meta, cursor)
    if number > np.uint64(most):
        cursor[ERROR] = 1
        return 0
    return np.int64(number)


@kernel(VOID(I64S, I32S, I64S, INT, INT, INT))
def plan_streams(
    cursor: NDArray[np.int64],
    classes: NDArray[np.int32],
    lengths: NDArray[np.int64],
    stream_class: Int,
    length: Int,
    count: Int,
) -> None:
    """`count` streams follow, of this class and length."""
    for _ in range(count):
        classes[cursor[STREAM]] = stream_class
        lengths[cursor[STREAM]] = length
        cursor[STREAM] += 1


@kernel(VOID(U64S, I64S, ROWS, INT, I32S, I64S))
def plan_numbers(
    meta: NDArray[np.uint64],
    cursor: NDArray[np.int64],
    rows: NDArray[np.int64],
    row: Int,
    classes: NDArray[np.int32],
    lengths: NDArray[np.int64],
) -> None:
    """A sequence as `numbers` describes it."""
    mode = next_count(meta, cursor, OFFSET)
    rows[row, MODE] = mode
    if mode == CONSTANT or mode == OFFSET:
        rows[row, BASE] = unzigzag(next_number(meta, cursor))
    if mode != CONSTANT:
        width = next_count(meta, cursor, 8)
        if width < 1:
            cursor[ERROR] = 1
        rows[row, WIDTH] = width
        plan_streams(cursor, classes, lengths, NUMBERS, rows[row, COUNT], width)


@kernel(VOID(U64S, I64S, ROWS, INT, INT, I32S, I64S))
def plan_column(
    meta: NDArray[np.uint64],
    cursor: NDArray[np.int64],
    rows: NDArray[np.int64],
    row: Int,
    most_bytes: Int,
    classes: NDArray[np.int32],
    lengths: NDArray[np.int64],
) -> None:
    """Plans one column that has values."""
    count = rows[row, COUNT]
    kind = next_count(meta, cursor, DIVIDED)
    rows[row, KIND] = kind
    if kind == STRINGS:
        form = next_count(meta, cursor, MEASURED)
        rows[row, DETAIL] = form
        rows[row, LENGTH] = next_count(meta, cursor, most_bytes)
        if form == MEASURED:
            plan_numbers(meta, cursor, rows, row, classes, lengths)
        plan_streams(cursor, classes, lengths, TEXT, rows[row, LENGTH], 1)
    elif kind == INTEGERS:
        rows[row, DETAIL] = next_count(meta, cursor, MAX_DIGITS)
        plan_numbers(meta, cursor, rows, row, classes, lengths)
    elif kind == DECIMALS:
        places = next_count(meta, cursor, VARIED)
        rows[row, DETAIL] = places
        if places == VARIED:
            plan_streams(cursor, classes, lengths, PACKED, count, 1)
        elif places > MAX_DIGITS:
            cursor[ERROR] = 1
        plan_numbers(meta, cursor, rows, row, classes, lengths)
    elif kind == DICTIONARY:
        distinct = next_count(meta, cursor, min(count, MAX_DISTINCT))
        rows[row, DETAIL] = distinct
        rows[row, LENGTH] = next_count(meta, cursor, most_bytes)
        if distinct < 1:
            cursor[ERROR] = 1
        plan_streams(cursor, classes, lengths, WORDS, rows[row, LENGTH], 1)
        plan_streams(cursor, classes, lengths, INDEX, count, 0 if distinct == 1 else 1 if distinct <= 256 else 2)
    elif kind == HEXADECIMAL:
        digits = next_count(meta, cursor, most_bytes)
        rows[row, DETAIL] = digits
        if digits < 2 or digits % 2 == 1 or digits > most_bytes // count:
            cursor[ERROR] = 1
        plan_streams(cursor, classes, lengths, PACKED, digits // 2 * count, 1)


@kernel(VOID(U64S, I64S, INT, INT, INT, ROWS, I32S, I64S))
def plan_columns(
    meta: NDArray[np.uint64],
    cursor: NDArray[np.int64],
    columns: Int,
    most_values: Int,
    most_bytes: Int,
    rows: NDArray[np.int64],
    classes: NDArray[np.int32],
    lengths: NDArray[np.int64],
) -> None:
    """Plans `columns` columns of at most `most_values` values together, each text of at most `most_bytes`.

    classes and lengths have room for ten streams a column beyond those planned already. Stops at the first error.
    """
    left = most_values
    for row in range(columns):
        rows[row, :] = 0
        rows[row, FIRST_STREAM] = cursor[STREAM]
        count = next_count(meta, cursor, left)
        rows[row, COUNT] = count
        left -= count
        if count > 0:
            plan_column(meta, cursor, rows, row, most_bytes, classes, lengths)
        if cursor[ERROR] != 0:
            return
