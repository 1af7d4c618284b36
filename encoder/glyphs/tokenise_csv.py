r"""Separated values: every field, quotes and all, is a variable of the column at its place; separators are literal.

A field that begins with a quote runs to the closing one (`""` inside it is a quote), over separators and newlines, but
no further than `_LONGEST_QUOTE`: a stray quote does not swallow the block.
"""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.hashing import CROWDED, GOLDEN, START, finish
from encoder.glyphs.kernel import BYTES, FLAG, INT, Int, kernel, part
from encoder.glyphs.templates import number_template
from encoder.glyphs.tokenise import MAX_TEMPLATES, MAX_VARIABLES, SCRATCH, SOURCE, TOKENISED
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


@kernel(TOKENISED(SOURCE, INT, *SCRATCH))
def tokenise_csv(
    data: NDArray[np.uint8],
    separator: Int,
    records: NDArray[np.int32],
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    columns: NDArray[np.int32],
    template_keys: NDArray[np.uint64],
    template_values: NDArray[np.int32],
    column_keys: NDArray[np.uint64],  # noqa: ARG001  one order of scratch for all; columns are numbered by place here
    column_values: NDArray[np.int32],  # noqa: ARG001  as above
    templates: NDArray[np.int32],
) -> tuple[Int, Int, Int, Int, Int]:
    """As `tokenise` says. A record is a row with its newline; a first row of names is literal, so that it does not make
    strings of the numbers below it.
    """
    size = data.shape[0]
    record = 0
    variable = 0
    template = 0
    column = 0
    at: Int = 0
    no_quote_before = 0
    fields = np.int64(0)
    last = np.int64(0)
    names = _names_end(data, separator)
    if names > 0:
        template = 1
        number_template(
            template_keys,
            template_values,
            finish(START),
            0,
            data,
            templates,
            starts,
            sizes,
            columns,
            0,
            names,
            0,
            0,
        )
        records[0] = 0
        record = 1
        at = names
    while at < size and record < records.shape[0] and template < MAX_TEMPLATES:
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
            if variable >= starts.shape[0]:
                full = True
                break
            starts[variable] = at
            sizes[variable] = stop - at
            columns[variable] = variable - first
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
        ending = np.int64(data[at - 1]) if at > starts[variable - 1] + sizes[variable - 1] else np.int64(-1)
        if variable - first == fields and ending == last:  # fields and ending are all there is to a template
            records[record] = records[record - 1]
            record += 1
            continue
        fields = np.int64(variable - first)
        last = ending
        state = (START ^ np.uint64(variable - first)) * GOLDEN ^ np.uint64(data[at - 1])
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
