r"""JSON, one record a line or whole documents: keys, punctuation and spaces are literal; strings and scalars variable.

A column is named by the path to its values: the keys of the objects around, and the place in each array around (the
ninth and later share one). A path that too few values have gives way to the path without places, and that one to the
last key alone. Keys that hardly ever occur are no names but data, as in an object that is used as a table: they are
values of the column of their object's keys. Both are counted before (`count_keys`, then `tokenise_json` itself).

What opened before the data begins is unknown, and paths then begin where they are known. Nothing here parses: what is
not JSON is cut into literals and variables all the same, and comes back as it was.
"""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.hashing import CROWDED, GOLDEN, finish, hash_bytes
from encoder.glyphs.kernel import BYTES, FLAG, HASH, I32S, INT, VOID, Int, kernel, part
from encoder.glyphs.templates import number_record
from encoder.glyphs.tokenise import FOUND, MAX_TEMPLATES, MAX_VARIABLES, TOKENISED, Found, add_variable
from encoder.glyphs.wide import find_string_end

COUNT_SLOTS = 1 << 16
"""Counters of keys, and of paths; two that fall on one make both look more frequent."""

_LONG_RECORD = 200  # variables, after which a comma ends a record: a long line is cut into like pieces
_MAX_DEPTH = 64  # deeper values share the names of this depth
_PLACES = np.uint64(8)
_ANY = np.uint64(55)  # stands in a path for a key that is data
_KEY, _STRING, _SCALAR = np.uint64(66), np.uint64(34), np.uint64(77)
_QUOTE, _COMMA, _COLON, _BACKSLASH, _NEWLINE = 34, 44, 58, 92, 10
_OPEN_BRACE, _OPEN_BRACKET, _CLOSE_BRACE, _CLOSE_BRACKET = 123, 91, 125, 93


@part(INT(BYTES, INT))
def end_of_string(data: NDArray[np.uint8], at: Int) -> Int:
    """Where the quote stands that closes the string of which data[at] is the first byte; or its line's end, or the
    data's.
    """
    size = data.shape[0]
    going = True
    while going:
        at = find_string_end(data, at)
        going = at < size and data[at] == _BACKSLASH
        if going:
            at += 2 if at + 1 < size and data[at + 1] != _NEWLINE else 1
    return at


@part(INT(BYTES, INT))
def end_of_scalar(data: NDArray[np.uint8], at: Int) -> Int:
    """Where the number, or true, false or null, ends of which data[at] is the first byte."""
    at += 1
    while at < data.shape[0] and (
        48 <= data[at] <= 57
        or 97 <= data[at] <= 122
        or data[at] == 46
        or data[at] == 43
        or data[at] == 45
        or data[at] == 69
    ):
        at += 1
    return at


@part(FLAG(BYTES, INT))
def is_key(data: NDArray[np.uint8], after: Int) -> bool:
    """Whether a string is a key: a colon stands behind it, blanks allowed."""
    while after < data.shape[0] and (data[after] == 32 or data[after] == 9):
        after += 1
    return bool(after < data.shape[0] and data[after] == _COLON)


@part(INT(HASH))
def slot_of(name: np.uint64) -> Int:
    """The counter of a key or path."""
    return np.int64(name & np.uint64(COUNT_SLOTS - 1))


@kernel(VOID(BYTES, I32S))
def count_keys(data: NDArray[np.uint8], counts: NDArray[np.int32]) -> None:
    """Adds to counts[slot] how often keys of that slot stand in the data. counts: shape (COUNT_SLOTS,)."""
    at: Int = np.int64(0)
    while at < data.shape[0]:
        begin = at + 1
        at = begin
        if data[begin - 1] == _QUOTE:
            end = end_of_string(data, begin)
            at = end + 1
            if end < data.shape[0] and data[end] == _QUOTE and is_key(data, at):
                counts[slot_of(hash_bytes(data, begin, end - begin))] += 1


@kernel(TOKENISED(BYTES, FLAG, FLAG, INT, INT, I32S, I32S, FOUND))
def tokenise_json(
    data: NDArray[np.uint8],
    document: bool,
    counting: bool,
    rare: Int,
    least: Int,
    keys: NDArray[np.int32],
    paths: NDArray[np.int32],
    found: Found,
) -> tuple[Int, Int, Int, Int, Int]:
    """As `tokenise` says. A record ends at a newline, and in a document also after `},` and `],`.

    rare: keys counted less often in `keys` are data. least: how many values a path must have, by `paths`, to name a
    column. counting: nothing is tokenised; every value is counted in `paths`.
    """
    size = data.shape[0]
    record = 0
    variable = 0
    template: Int = 0
    column: Int = 0
    at: Int = 0
    no_quote_before: Int = 0
    outer = np.zeros((_MAX_DEPTH, 4), np.uint64)  # of every open container, what stands in the next four names
    outer_array = np.zeros(_MAX_DEPTH, np.bool_)
    depth = 0
    inside = np.uint64(0)  # the container's path with places,
    trunk = np.uint64(0)  # without them,
    under = np.uint64(0)  # and its key
    place = np.uint64(0)  # of the next value, if the container is an array
    array = False
    path = np.uint64(0)  # the next value's names, as above
    bare = np.uint64(0)
    key = np.uint64(0)
    while at < size and record < found.records.shape[0] and template < MAX_TEMPLATES:
        start = at
        first = variable
        fresh = at > 1 and data[at - 1] == _NEWLINE
        if fresh and document:  # a value may only begin unasked where the one before has ended
            opens = data[at] == _OPEN_BRACE or data[at] == _OPEN_BRACKET
            fresh = opens and (data[at - 2] == _CLOSE_BRACE or data[at - 2] == _CLOSE_BRACKET)
        if fresh:
            depth = 0
            inside = trunk = under = place = path = bare = key = np.uint64(0)
            array = False
        full = False
        while at < size:
            byte = data[at]
            begin: Int = at
            stop: Int = at
            kind = _SCALAR
            quoted = byte == _QUOTE and at >= no_quote_before
            if quoted:
                kind = _STRING
                begin = at + 1
                stop = end_of_string(data, begin)
                if stop >= size or data[stop] != _QUOTE:
                    no_quote_before = stop
                    quoted = False
            if quoted:
                if is_key(data, stop + 1):
                    array = False
                    spelt = hash_bytes(data, begin, stop - begin)
                    seldom = keys[slot_of(spelt)] < rare
                    named = _ANY if seldom else spelt
                    key = finish((under ^ _ANY) * GOLDEN) if seldom else spelt
                    path = finish((inside ^ named) * GOLDEN)
                    bare = finish((trunk ^ named) * GOLDEN)
                    if not seldom:
                        at = stop + 1
                        continue
                    kind = _KEY
            elif 48 <= byte <= 57 or byte == 45 or byte == 116 or byte == 102 or byte == 110:
                stop = end_of_scalar(data, at)
            else:
                at += 1
                if byte == _NEWLINE:
                    break
                if byte == _COMMA:
                    place += np.uint64(1)
                    closed = (
                        document
                        and at >= start + 2
                        and (data[at - 2] == _CLOSE_BRACE or data[at - 2] == _CLOSE_BRACKET)
                        and not (at < size and (data[at] == _NEWLINE or data[at] == 13))
                    )
                    if closed or variable - first > _LONG_RECORD:
                        break
                elif byte == _OPEN_BRACE or byte == _OPEN_BRACKET:
                    level = min(depth, _MAX_DEPTH - 1)
                    outer[level, 0] = inside
                    outer[level, 1] = trunk
                    outer[level, 2] = under
                    outer[level, 3] = place
                    outer_array[level] = array
                    depth += 1
                    if array and place < _PLACES:
                        path = inside + place + np.uint64(1)
                    inside = path = finish((path ^ np.uint64(byte)) * GOLDEN)
                    trunk = bare = finish((bare ^ np.uint64(byte)) * GOLDEN)
                    under = key = finish((key ^ np.uint64(byte)) * GOLDEN)
                    place = np.uint64(0)
                    array = byte == _OPEN_BRACKET
                elif byte == _CLOSE_BRACE or byte == _CLOSE_BRACKET:
                    inside = trunk = under = place = np.uint64(0)
                    array = False
                    if depth > 0:
                        depth -= 1
                        level = min(depth, _MAX_DEPTH - 1)
                        inside = outer[level, 0]
                        trunk = outer[level, 1]
                        under = outer[level, 2]
                        place = outer[level, 3]
                        array = outer_array[level]
                    path = inside
                    bare = trunk
                    key = under
                continue
            if array:
                nth = min(place, _PLACES)
                path = inside + nth
                bare = trunk + nth
                key = under + nth
            name = finish(path * GOLDEN ^ kind)
            second = finish(bare * GOLDEN ^ kind)
            if counting:
                paths[slot_of(name)] += 1
                if second != name:
                    paths[slot_of(second)] += 1
                at = stop + 1 if quoted else stop
                continue
            if paths[slot_of(name)] < least:
                name = second
                if paths[slot_of(name)] < least:
                    name = finish(key * GOLDEN ^ kind)
            number = add_variable(found, variable, begin, stop, name, column)
            full = number == CROWDED
            if full:
                break
            column = max(column, number + 1)
            variable += 1
            at = stop + 1 if quoted else stop  # over the closing quote
            if variable - first >= MAX_VARIABLES:
                break
        if counting:
            continue
        number = (
            CROWDED if full else number_record(found, data, start, at, first, variable - first, np.uint64(0), template)
        )
        if number == CROWDED:
            at = start
            variable = first
            break
        template = max(template, number + 1)
        found.records[record] = number
        record += 1
    return record, variable, template, column, at
