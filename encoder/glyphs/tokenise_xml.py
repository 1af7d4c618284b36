r"""XML: tags and attribute names are literal; attribute values and the text between tags are variables.

A column is named by the tag, and for an attribute by its name too. Nothing here parses: what is not XML comes back as
it was.
"""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.hashing import CROWDED, GOLDEN, MARK, START, finish
from encoder.glyphs.kernel import BYTES, FLAG, Int, kernel
from encoder.glyphs.templates import number_template
from encoder.glyphs.tokenise import FOUND, MAX_TEMPLATES, MAX_VARIABLES, TOKENISED, Found, add_variable


@kernel(TOKENISED(BYTES, FLAG, FOUND))
def tokenise_xml(data: NDArray[np.uint8], split: bool, found: Found) -> tuple[Int, Int, Int, Int, Int]:
    """As `tokenise` says. A record ends at a newline, and with `split` also after a closing tag with a value before
    it.
    """
    size = data.shape[0]
    record = 0
    variable = 0
    template: Int = 0
    column: Int = 0
    at = 0
    no_quote_before = 0
    inside = False  # between < and >
    tag = np.uint64(0)
    while at < size and record < found.records.shape[0] and template < MAX_TEMPLATES:
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
            number = add_variable(found, variable, begin, stop, key, column)
            full = number == CROWDED
            if full:
                break
            column = max(column, number + 1)
            variable += 1
            state = (state ^ MARK) * GOLDEN
            state ^= state >> np.uint64(29)
            at = stop + 1 if inside else stop  # over the closing quote
            if variable - first >= MAX_VARIABLES:
                break
        number = (
            CROWDED
            if full
            else number_template(found, data, start, at, first, variable - first, finish(state), template)
        )
        if number == CROWDED:
            at = start
            variable = first
            break
        template = max(template, number + 1)
        found.records[record] = number
        record += 1
    return record, variable, template, column, at
