"""All columns of a level in one call: every one gets its kind, its numbers in the metadata and its streams.

Metadata of a column: how many values it has; if any, its kind and what that kind's module says.
"""

import numpy as np
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
    SHORTEST,
    STRINGS,
    is_hexadecimal,
    look,
    number_kind,
    worth_dividing,
)
from encoder.glyphs.decimals import VARIED, write_places
from encoder.glyphs.dictionary import MAX_DISTINCT, ROOM, Room, dictionary_bits, number_values, write_dictionary
from encoder.glyphs.hexadecimal import write_hexadecimal
from encoder.glyphs.integers import parse_decimals, parse_integers
from encoder.glyphs.kernel import BYTES, FLAG, HASH, I32S, I64S, INT, VOID, Int, kernel, part
from encoder.glyphs.numbers import are_better_as_differences, number_bits, spread, write_spread
from encoder.glyphs.sink import META, OUT, SINK, STREAMS, Sink, put
from encoder.glyphs.strings import write_strings

NOT_DIVISIBLE = -1
UNWRITTEN = -1
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


@part(VOID(BYTES, I32S, I32S, INT, INT, INT, I64S))
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


@kernel(INT(BYTES, I32S, I32S, INT, INT, INT, INT, FLAG, HASH, HASH, HASH, ROOM, SINK), allocates=False)
def write_number_column(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    first: Int,
    count: Int,
    kind: Int,
    budget: Int,
    delta: bool,
    low: np.uint64,
    extent: np.uint64,
    widest: np.uint64,
    room: Room,
    sink: Sink,
) -> Int:
    """Writes an INTEGERS or DECIMALS column of the numbers in room.values, whose `spread` is known; -1, and nothing
    written, if its planes would take more than `budget`.
    """
    shape, cursor = room.shape, sink.cursor
    out_before, streams_before, meta_before = cursor[OUT], cursor[STREAMS], cursor[META]
    put(sink, kind)
    if kind == INTEGERS:
        put(sink, 0 if shape[NO_LEADING_ZERO] else shape[SHORTEST])
    else:
        put(sink, shape[PLACES])
        if shape[PLACES] == VARIED:
            write_places(data, starts, sizes, first, count, sink)
            budget -= count
    if write_spread(room.values, count, budget, delta, low, extent, widest, sink) == 0:
        return kind
    cursor[OUT], cursor[STREAMS], cursor[META] = out_before, streams_before, meta_before
    return UNWRITTEN


@kernel(INT(BYTES, I32S, I32S, INT, INT, INT, INT, ROOM, SINK), allocates=False)
def write_as_numbers(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    first: Int,
    count: Int,
    kind: Int,
    budget: Int,
    room: Room,
    sink: Sink,
) -> Int:
    """Writes a column whose values are numbers: as such, or as a dictionary where that comes out smaller. Returns the
    kind, or UNWRITTEN where planes would take more than `budget`.
    """
    parse_numbers(data, starts, sizes, first, count, kind, room.values)
    low, extent, widest = spread(room.values, count)
    delta = bool(extent > 0) and are_better_as_differences(room.values, count, room.keys, room.slots)
    bits = number_bits(room.values, count, delta, low, extent, widest)
    if bits > 0.0 and count >= _LEAST_FOR_DICTIONARY:
        distinct = number_values(data, starts, sizes, first, count, _most_words(count), room)
        if distinct > 0 and dictionary_bits(sizes, count, distinct, room.firsts, room.indices) < _WORTH_WORDS * bits:
            put(sink, DICTIONARY)
            write_dictionary(data, starts, sizes, count, distinct, room.firsts, room.indices, sink)
            return DICTIONARY
    return write_number_column(data, starts, sizes, first, count, kind, budget, delta, low, extent, widest, room, sink)


@kernel(INT(BYTES, I32S, I32S, INT, INT, INT, INT, ROOM, SINK), allocates=False)
def write_as_text(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    first: Int,
    count: Int,
    next_grain: Int,
    budget: Int,
    room: Room,
    sink: Sink,
) -> Int:
    """Writes a column of any values and returns its kind."""
    shape = room.shape
    newlines = shape[NEWLINES] != 0
    if count >= _LEAST_FOR_DICTIONARY and not newlines:
        distinct = number_values(data, starts, sizes, first, count, _most_words(count), room)
        if distinct > 0 and (distinct <= 256 or budget >= 3 * count):
            put(sink, DICTIONARY)
            write_dictionary(data, starts, sizes, count, distinct, room.firsts, room.indices, sink)
            return DICTIONARY
    if is_hexadecimal(shape):
        put(sink, HEXADECIMAL)
        write_hexadecimal(data, starts, first, count, shape[SHORTEST], sink)
        return HEXADECIMAL
    if (
        next_grain != NOT_DIVISIBLE
        and count >= _LEAST_TO_DIVIDE
        and not newlines
        and not shape[ALL_DIGITS]
        and worth_dividing(data, starts, sizes, first, count, next_grain, room.keys, room.slots)
    ):
        put(sink, DIVIDED)
        return DIVIDED
    put(sink, STRINGS)
    write_strings(data, starts, sizes, first, count, newlines, room.values, room.keys, room.slots, sink)
    return STRINGS


@kernel(INT(BYTES, I32S, I32S, INT, INT, INT, FLAG, ROOM, SINK), allocates=False)
def write_column(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    first: Int,
    count: Int,
    next_grain: Int,
    multiline: bool,
    room: Room,
    sink: Sink,
) -> Int:
    """Writes one column of count >= 1 values and returns its kind."""
    look(data, starts, sizes, first, count, multiline, room.shape)
    budget = np.int64(count)
    for nth in range(first, first + count):
        budget += sizes[nth]
    kind = number_kind(room.shape)
    if kind != STRINGS:
        written = write_as_numbers(data, starts, sizes, first, count, kind, budget, room, sink)
        if written != UNWRITTEN:
            return written
    return write_as_text(data, starts, sizes, first, count, next_grain, budget, room, sink)


@kernel(INT(BYTES, I32S, I32S, I64S, INT, INT, FLAG, I32S, I32S, ROOM, SINK), allocates=False)
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
    room: Room,
    sink: Sink,
) -> Int:
    """Writes columns 0 .. known, their kinds, and how many streams each takes. next_grain: of the level that DIVIDED
    columns go to, or NOT_DIVISIBLE. multiline: values may hold newlines.

    Returns the bytes of the values of number columns: the text that a decoder has to make.
    """
    made = np.int64(0)
    for column in range(known):
        first = offsets[column]
        count = offsets[column + 1] - first
        before = sink.cursor[STREAMS]
        put(sink, count)
        kinds[column] = STRINGS
        if count > 0:
            kinds[column] = write_column(data, starts, sizes, first, count, next_grain, multiline, room, sink)
        streams[column] = sink.cursor[STREAMS] - before
        if kinds[column] == INTEGERS or kinds[column] == DECIMALS or kinds[column] == HEXADECIMAL:
            for nth in range(first, first + count):
                made += sizes[nth]
    return made
