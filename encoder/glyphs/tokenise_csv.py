r"""Separated values: every field, quotes and all, is a variable of the column at its place; separators are literal.

A field that begins with a quote runs to the closing one (`""` inside it is a quote), over separators and newlines, but
no further than `_LONGEST_QUOTE`: a stray quote does not swallow the block.
"""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.hashing import CROWDED, GOLDEN, START, finish
from encoder.glyphs.kernel import BYTES, FLAG, INT, Int, kernel, part
from encoder.glyphs.templates import number_template
from encoder.glyphs.tokenise import FOUND, MAX_TEMPLATES, MAX_VARIABLES, TOKENISED, Found
from encoder.glyphs.wide import find_either

_LONGEST_QUOTE = 1 << 16


@part(FLAG(BYTES, INT, INT, INT))
def _has_number(data: NDArray[np.uint8], at: Int, end: Int, separator: Int) -> bool:
    """Does a field of data[at:end] begin as a number does?"""
    found = False
    while at < end and not found:
        begin = at + 1 if data[at] == 34 and at + 1 < end else at
        found = 48 <= data[begin] <= 57 or data[begin] == 45 or data[begin] == 43 or data[begin] == 46
        at = min(find_either(data, at, separator, 10), end) + 1
    return found


@part(INT(BYTES, INT))
def _names_end(data: NDArray[np.uint8], separator: Int) -> Int:
    """Where the first row ends if it names the columns: it has no number, and the row after it has one. Else 0."""
    end = min(find_either(data, 0, 10, 10) + 1, data.shape[0])
    following = min(find_either(data, end, 10, 10), data.shape[0])
    return end if not _has_number(data, 0, end, separator) and _has_number(data, end, following, separator) else 0


@kernel(TOKENISED(BYTES, INT, FOUND))
def tokenise_csv(data: NDArray[np.uint8], separator: Int, found: Found) -> tuple[Int, Int, Int, Int, Int]:
    """As `tokenise` says. A record is a row with its newline; a first row of names is literal, so that it does not make
    strings of the numbers below it.
    """
    size = data.shape[0]
    record = 0
    variable = 0
    template: Int = 0
    column: Int = 0
    at: Int = 0
    no_quote_before = 0
    fields = np.int64(0)
    last = np.int64(0)
    names = _names_end(data, separator)
    if names > 0:
        template = 1
        number_template(found, data, 0, names, 0, 0, finish(START), 0)
        found.records[0] = 0
        record = 1
        at = names
    while at < size and record < found.records.shape[0] and template < MAX_TEMPLATES:
        start = at
        first = variable
        full = False
        byte = np.uint8(0)
        while at < size and byte != 10 and variable - first < MAX_VARIABLES:
            stop: Int = at
            if data[at] == 34 and at >= no_quote_before:
                stop = at + 1
                furthest = min(size, at + _LONGEST_QUOTE)
                while stop < furthest:
                    if data[stop] == 34:
                        if stop + 1 >= furthest or data[stop + 1] != 34:
                            break
                        stop += 1
                    stop += 1
                if stop >= furthest:
                    no_quote_before = furthest
                    stop = at
            stop = find_either(data, stop, separator, 10)
            if variable >= found.starts.shape[0]:
                full = True
                break
            found.starts[variable] = at
            found.sizes[variable] = stop - at
            found.columns[variable] = variable - first
            variable += 1
            at = stop
            byte = np.uint8(0)
            if at < size:
                byte = data[at]
                at += 1
        if full:
            at = start
            variable = first
            break
        column = max(column, variable - first)
        ending = np.int64(data[at - 1]) if at > found.starts[variable - 1] + found.sizes[variable - 1] else np.int64(-1)
        if variable - first == fields and ending == last:  # fields and ending are all there is to a template
            found.records[record] = found.records[record - 1]
            record += 1
            continue
        fields = np.int64(variable - first)
        last = ending
        state = (START ^ np.uint64(variable - first)) * GOLDEN ^ np.uint64(data[at - 1])
        number = number_template(found, data, start, at, first, variable - first, finish(state), template)
        if number == CROWDED:
            at = start
            variable = first
            break
        template = max(template, number + 1)
        found.records[record] = number
        record += 1
    return record, variable, template, column, at
