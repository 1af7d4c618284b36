r"""JSON, one record a line or whole documents: keys, punctuation and spaces are literal; strings and scalars variable.

A column is named by the last key before the value and the value's place in its array (the ninth and later share one).
Nothing here parses: what is not JSON is cut into literals and variables all the same, and comes back as it was.
"""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.hashing import CROWDED, GOLDEN, MARK, START, find_or_add, finish
from encoder.glyphs.kernel import FLAG, Int, kernel
from encoder.glyphs.templates import number_template
from encoder.glyphs.tokenise import MAX_COLUMNS, MAX_TEMPLATES, MAX_VARIABLES, SCRATCH, SOURCE, TOKENISED

_LONG_RECORD = 200  # variables, after which a comma ends a record: a long line is cut into like pieces


@kernel(TOKENISED(SOURCE, FLAG, *SCRATCH))
def tokenise_json(
    data: NDArray[np.uint8],
    split: bool,
    records: NDArray[np.int32],
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    columns: NDArray[np.int32],
    template_keys: NDArray[np.uint64],
    template_values: NDArray[np.int32],
    column_keys: NDArray[np.uint64],
    column_values: NDArray[np.int32],
    templates: NDArray[np.int32],
) -> tuple[Int, Int, Int, Int, Int]:
    """As `tokenise` says. A record ends at a newline, and with `split` also after `},` and `],`."""
    size = data.shape[0]
    record = 0
    variable = 0
    template = 0
    column = 0
    at = 0
    no_quote_before = 0
    while at < size and record < records.shape[0] and template < MAX_TEMPLATES:
        start = at
        first = variable
        state = START
        name = np.uint64(0)
        place = np.uint64(0)
        full = False
        while at < size:
            byte = data[at]
            begin = at
            stop = at
            quoted = byte == 34 and at >= no_quote_before
            if quoted:
                begin = at + 1
                stop = begin
                while stop < size and data[stop] != 34 and data[stop] != 10:
                    if data[stop] == 92 and stop + 1 < size and data[stop + 1] != 10:
                        stop += 1
                    stop += 1
                if stop >= size or data[stop] != 34:
                    no_quote_before = stop
                    quoted = False
            if quoted:
                after = stop + 1
                while after < size and (data[after] == 32 or data[after] == 9):
                    after += 1
                if after < size and data[after] == 58:
                    spelt = np.uint64(11)
                    for letter in range(begin, stop):
                        spelt = (spelt ^ np.uint64(data[letter])) * GOLDEN
                    spelt ^= spelt >> np.uint64(29)
                    state = (state ^ spelt) * GOLDEN
                    name = spelt
                    place = np.uint64(0)
                    at = stop + 1
                    continue
                state = (state ^ np.uint64(34)) * GOLDEN
            elif 48 <= byte <= 57 or byte == 45 or byte == 116 or byte == 102 or byte == 110:
                stop = at + 1
                while stop < size:
                    byte = data[stop]
                    if not (
                        48 <= byte <= 57 or 97 <= byte <= 122 or byte == 46 or byte == 43 or byte == 45 or byte == 69
                    ):
                        break
                    stop += 1
            else:
                at += 1
                state = (state ^ np.uint64(byte)) * GOLDEN
                if byte == 10:
                    break
                if byte == 44:
                    closed = split and at >= start + 2 and (data[at - 2] == 125 or data[at - 2] == 93)
                    if closed and not (at < size and (data[at] == 10 or data[at] == 13)):
                        break
                    if variable - first > _LONG_RECORD:
                        break
                continue
            if variable >= starts.shape[0] or column >= MAX_COLUMNS:
                full = True
                break
            kind = np.uint64(34) if quoted else np.uint64(77)
            key = finish((name + min(place, np.uint64(8))) * GOLDEN ^ kind)
            place += np.uint64(1)
            starts[variable] = begin
            sizes[variable] = stop - begin
            found = find_or_add(column_keys, column_values, key, column)
            if found == CROWDED:
                full = True
                break
            if found == column:
                column += 1
            columns[variable] = found
            variable += 1
            state = (state ^ MARK) * GOLDEN
            state ^= state >> np.uint64(29)
            at = stop
            if quoted:
                state = (state ^ np.uint64(34)) * GOLDEN
                at += 1
            if variable - first >= MAX_VARIABLES:
                break
        if full:
            at = start
            variable = first
            break
        number = number_template(
            template_keys,
            template_values,
            finish(state),
            template,
            data,
            templates,
            starts,
            sizes,
            columns,
            start,
            at,
            first,
            variable - first,
        )
        if number == CROWDED:
            at = start
            variable = first
            break
        if number == template:
            template += 1
        records[record] = number
        record += 1
    return record, variable, template, column, at
