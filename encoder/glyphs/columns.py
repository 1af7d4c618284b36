"""All columns of a level in one call: every one gets its kind, its numbers in the metadata and its streams.

Metadata of a column: how many values it has; if any, its kind and what that kind's module says.
"""

import numpy as np
from numba import types
from numpy.typing import NDArray

from encoder.glyphs.choose import (
    ALL_DIGITS,
    DECIMALS,
    DICTIONARY,
    DIVIDED,
    HEXADECIMAL,
    INTEGERS,
    NEWLINES,
    NO_LEADING_ZERO,
    PLACES,
    SHAPE_SIZE,
    SHORTEST,
    STRINGS,
    is_hexadecimal,
    look,
    number_kind,
    worth_dividing,
)
from encoder.glyphs.decimals import VARIED, write_places
from encoder.glyphs.dictionary import MAX_DISTINCT, dictionary_bits, number_values, write_dictionary
from encoder.glyphs.hexadecimal import write_hexadecimal
from encoder.glyphs.integers import parse_decimals, parse_integers
from encoder.glyphs.kernel import BYTES, FLAG, HASH, I32S, I64S, INT, U64S, Int, kernel, part
from encoder.glyphs.numbers import are_better_as_differences, number_bits, spread, write_spread
from encoder.glyphs.sink import META, OUT, SINK, STREAMS, put
from encoder.glyphs.strings import write_strings

NOT_DIVISIBLE = -1
STREAMS_PER_COLUMN = 10
NUMBERS_PER_COLUMN = 8
SLACK_PER_COLUMN = 64
"""Bounds on what one column adds to a sink, beside its values' bytes and one byte a value."""

_LEAST_FOR_DICTIONARY = 6
_LEAST_TO_DIVIDE = 8
_WORTH_WORDS = 1.1  # an index comes back where its number does, and is one byte more often: estimates do not see that


@part(INT(INT))
def _most_words(count: Int) -> Int:
    """Distinct values that a dictionary of `count` values may have."""
    return min(count // 4, np.int64(MAX_DISTINCT))


@part(types.void(BYTES, I32S, I32S, INT, INT, INT, I64S))
def parse_numbers(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    first: Int,
    count: Int,
    kind: Int,
    values: NDArray[np.int64],
) -> None:
    """The values first .. first + count of an INTEGERS or DECIMALS column as numbers."""
    if kind == INTEGERS:
        parse_integers(data, starts, sizes, first, count, values)
    else:
        parse_decimals(data, starts, sizes, first, count, values)


@kernel(INT(BYTES, I32S, I32S, INT, INT, INT, I64S, INT, I64S, FLAG, HASH, HASH, HASH, *SINK))
def write_number_column(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    first: Int,
    count: Int,
    kind: Int,
    shape: NDArray[np.int64],
    budget: Int,
    values: NDArray[np.int64],
    delta: bool,
    low: np.uint64,
    extent: np.uint64,
    widest: np.uint64,
    out: NDArray[np.uint8],
    classes: NDArray[np.int32],
    ends: NDArray[np.int64],
    meta: NDArray[np.uint64],
    cursor: NDArray[np.int64],
) -> Int:
    """Writes an INTEGERS or DECIMALS column of these numbers, whose `spread` is known; -1, and nothing written, if its planes
    would take more than `budget`.
    """
    out_before, streams_before, meta_before = cursor[OUT], cursor[STREAMS], cursor[META]
    put(meta, cursor, kind)
    if kind == INTEGERS:
        put(meta, cursor, 0 if shape[NO_LEADING_ZERO] else shape[SHORTEST])
    else:
        put(meta, cursor, shape[PLACES])
        if shape[PLACES] == VARIED:
            write_places(data, starts, sizes, first, count, out, classes, ends, meta, cursor)
            budget -= count
    if write_spread(values, count, budget, delta, low, extent, widest, out, classes, ends, meta, cursor) == 0:
        return 0
    cursor[OUT], cursor[STREAMS], cursor[META] = out_before, streams_before, meta_before
    return -1


@kernel(INT(BYTES, I32S, I32S, INT, INT, INT, FLAG, I64S, I64S, I64S, I64S, U64S, I32S, *SINK))
def write_column(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    first: Int,
    count: Int,
    next_grain: Int,
    multiline: bool,
    shape: NDArray[np.int64],
    firsts: NDArray[np.int64],
    values: NDArray[np.int64],
    indices: NDArray[np.int64],
    keys: NDArray[np.uint64],
    slots: NDArray[np.int32],
    out: NDArray[np.uint8],
    classes: NDArray[np.int32],
    ends: NDArray[np.int64],
    meta: NDArray[np.uint64],
    cursor: NDArray[np.int64],
) -> Int:
    """Writes one column of count >= 1 values and returns its kind."""
    look(data, starts, sizes, first, count, multiline, shape)
    budget = np.int64(count)
    for nth in range(first, first + count):
        budget += sizes[nth]
    kind = number_kind(shape)
    if kind != STRINGS:
        parse_numbers(data, starts, sizes, first, count, kind, values)
        low, extent, widest = spread(values, count)
        delta = bool(extent > 0) and are_better_as_differences(values, count, keys, slots)
        bits = number_bits(values, count, delta, low, extent, widest)
        if bits > 0.0 and count >= _LEAST_FOR_DICTIONARY:
            distinct = number_values(
                data, starts, sizes, first, count, _most_words(count), keys, slots, firsts, indices
            )
            if distinct > 0 and dictionary_bits(sizes, count, distinct, firsts, indices) < _WORTH_WORDS * bits:
                put(meta, cursor, DICTIONARY)
                write_dictionary(
                    data, starts, sizes, count, distinct, firsts, indices, out, classes, ends, meta, cursor
                )
                return DICTIONARY
        written = write_number_column(
            data,
            starts,
            sizes,
            first,
            count,
            kind,
            shape,
            budget,
            values,
            delta,
            low,
            extent,
            widest,
            out,
            classes,
            ends,
            meta,
            cursor,
        )
        if written == 0:
            return kind
    newlines = shape[NEWLINES] != 0
    if count >= _LEAST_FOR_DICTIONARY and not newlines:
        distinct = number_values(data, starts, sizes, first, count, _most_words(count), keys, slots, firsts, indices)
        if distinct > 0 and (distinct <= 256 or budget >= 3 * count):
            put(meta, cursor, DICTIONARY)
            write_dictionary(data, starts, sizes, count, distinct, firsts, indices, out, classes, ends, meta, cursor)
            return DICTIONARY
    if is_hexadecimal(shape):
        put(meta, cursor, HEXADECIMAL)
        write_hexadecimal(data, starts, first, count, shape[SHORTEST], out, classes, ends, meta, cursor)
        return HEXADECIMAL
    if (
        next_grain != NOT_DIVISIBLE
        and count >= _LEAST_TO_DIVIDE
        and not newlines
        and not shape[ALL_DIGITS]
        and worth_dividing(data, starts, sizes, first, count, next_grain, keys, slots)
    ):
        put(meta, cursor, DIVIDED)
        return DIVIDED
    put(meta, cursor, STRINGS)
    write_strings(data, starts, sizes, first, count, newlines, values, keys, slots, out, classes, ends, meta, cursor)
    return STRINGS


@kernel(INT(BYTES, I32S, I32S, I64S, INT, INT, FLAG, I32S, I32S, I64S, I64S, I64S, U64S, I32S, *SINK))
def write_columns(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    offsets: NDArray[np.int64],
    known: Int,
    next_grain: Int,
    multiline: bool,
    kinds: NDArray[np.int32],
    streams: NDArray[np.int32],
    firsts: NDArray[np.int64],
    values: NDArray[np.int64],
    indices: NDArray[np.int64],
    keys: NDArray[np.uint64],
    slots: NDArray[np.int32],
    out: NDArray[np.uint8],
    classes: NDArray[np.int32],
    ends: NDArray[np.int64],
    meta: NDArray[np.uint64],
    cursor: NDArray[np.int64],
) -> Int:
    """Writes columns 0 .. known, their kinds, and how many streams each takes. next_grain: of the level that DIVIDED columns go to, or NOT_DIVISIBLE.
    multiline: values may hold newlines.

    Returns the bytes of the values of number columns: the text that a decoder has to make.
    values, indices: as long as the longest column. firsts: above MAX_DISTINCT. keys, slots: 8192.
    """
    shape = np.zeros(SHAPE_SIZE, np.int64)
    made = np.int64(0)
    for column in range(known):
        first = offsets[column]
        count = offsets[column + 1] - first
        before = cursor[STREAMS]
        put(meta, cursor, count)
        kinds[column] = STRINGS
        if count > 0:
            kinds[column] = write_column(
                data,
                starts,
                sizes,
                first,
                count,
                next_grain,
                multiline,
                shape,
                firsts,
                values,
                indices,
                keys,
                slots,
                out,
                classes,
                ends,
                meta,
                cursor,
            )
        streams[column] = cursor[STREAMS] - before
        if kinds[column] == INTEGERS or kinds[column] == DECIMALS or kinds[column] == HEXADECIMAL:
            for nth in range(first, first + count):
                made += sizes[nth]
    return made
