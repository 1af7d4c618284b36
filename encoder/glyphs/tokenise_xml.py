r"""XML: tags and attribute names are literal; attribute values and the text between tags are variables.

A column is named by the tag, and for an attribute by its name too. Nothing here parses: what is not XML comes back as
it was.
"""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.hashing import CROWDED, GOLDEN, MARK, START, find_or_add, finish
from encoder.glyphs.kernel import FLAG, Int, kernel
from encoder.glyphs.templates import number_template
from encoder.glyphs.tokenise import MAX_COLUMNS, MAX_TEMPLATES, MAX_VARIABLES, SCRATCH, SOURCE, TOKENISED


@kernel(TOKENISED(SOURCE, FLAG, *SCRATCH))
def tokenise_xml(
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
    """As `tokenise` says. A record ends at a newline, and with `split` also after a closing tag with a value before it."""
    size = data.shape[0]
    record = 0
    variable = 0
    template = 0
    column = 0
    at = 0
    no_quote_before = 0
    inside = False  # between < and >
    tag = np.uint64(0)
    while at < size and record < records.shape[0] and template < MAX_TEMPLATES:
        start = at
        first = variable
        name = np.uint64(0)
        state = (START ^ tag) * GOLDEN
        full = False
        while at < size:
            byte = data[at]
            begin = at
            stop = at
            key = np.uint64(0)
            if byte == 10:
                at += 1
                state = (state ^ np.uint64(10)) * GOLDEN
                break
            if inside:
                at += 1
                state = (state ^ np.uint64(byte)) * GOLDEN
                if byte == 62:
                    inside = False
                elif byte == 32:
                    name = np.uint64(0)
                elif (byte == 34 or byte == 39) and at > no_quote_before:
                    begin = at
                    stop = at
                    while stop < size and data[stop] != byte and data[stop] != 10:
                        stop += 1
                    if stop >= size or data[stop] != byte:
                        no_quote_before = stop
                        continue
                    key = finish((name ^ tag) * GOLDEN ^ np.uint64(34))
                else:
                    name = (name ^ np.uint64(byte)) * GOLDEN
                if key == 0:
                    continue
            elif byte == 60:
                at += 1
                state = (state ^ np.uint64(60)) * GOLDEN
                inside = True
                closing = at < size and data[at] == 47
                spelt = np.uint64(13)
                stop = at + 1 if closing else at
                while stop < size and data[stop] != 32 and data[stop] != 62 and data[stop] != 10 and data[stop] != 47:
                    spelt = (spelt ^ np.uint64(data[stop])) * GOLDEN
                    stop += 1
                state = (state ^ spelt) * GOLDEN
                at = stop
                name = np.uint64(0)
                if not closing:
                    tag = spelt
                elif at < size and data[at] == 62:
                    at += 1
                    inside = False
                    if split and variable > first and not (at < size and (data[at] == 10 or data[at] == 13)):
                        break
                continue
            elif byte == 32 or byte == 9 or byte == 13:
                state = (state ^ np.uint64(byte)) * GOLDEN
                at += 1
                continue
            else:
                while stop < size and data[stop] != 60 and data[stop] != 10:
                    stop += 1
                key = finish(tag * GOLDEN ^ np.uint64(99))
            if variable >= starts.shape[0] or column >= MAX_COLUMNS:
                full = True
                break
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
            at = stop + 1 if inside else stop  # over the closing quote
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
