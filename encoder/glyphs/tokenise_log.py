r"""Log lines: words with a digit in them are variables, words without are literal.

Three grains of the same line, one after the other on what the one before left undivided: QUOTED also takes a quoted
string, and whatever follows `=`, as one variable; WORDS does not; FINE takes only runs of digits. A column is named by
the last literal word before the variable (`port 22`: the column of `port`), in FINE by the whole template so far.
"""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.hashing import CROWDED, GOLDEN, MARK, START, finish, hash_bytes, hash_more
from encoder.glyphs.kernel import BYTES, I32S, INT, U64S, Int, kernel
from encoder.glyphs.templates import number_record
from encoder.glyphs.tokenise import (
    CLASSES,
    DIGIT,
    FOUND,
    LETTER,
    MAX_TEMPLATES,
    MAX_VARIABLES,
    NEWLINE,
    PUNCTUATION,
    TOKENISED,
    Found,
    add_variable,
)

WORDS = 0
FINE = 1
QUOTED = 2


@kernel(TOKENISED(BYTES, INT, U64S, I32S, FOUND))
def tokenise_log(
    data: NDArray[np.uint8],
    grain: Int,
    salts: NDArray[np.uint64],
    salt_ends: NDArray[np.int32],
    found: Found,
) -> tuple[Int, Int, Int, Int, Int]:
    """As `tokenise` says. Lines before line salt_ends[s] (and after salt_ends[s - 1]) take salts[s] into every key, so
    that lines from different columns of the level above share neither templates nor columns; both may be empty.
    """
    size = data.shape[0]
    record = 0
    variable = 0
    template: Int = 0
    column: Int = 0
    at = 0
    line = 0
    era = 0
    no_quote_before = 0  # a quote that found no partner settled all the others on its line
    while at < size and record < found.records.shape[0] and template < MAX_TEMPLATES:
        start = at
        first = variable
        salt = np.uint64(0)
        if salts.shape[0] > 0:
            while era < salts.shape[0] - 1 and line >= salt_ends[era]:
                era += 1
            salt = salts[era] * GOLDEN
        state = START ^ salt
        literal = start  # what stands since the last variable
        word = start
        word_size = 0
        full = False
        while at < size:
            byte = data[at]
            kind = CLASSES[byte]
            stop = at
            key = np.uint64(0)
            if kind == NEWLINE:
                at += 1
                line += 1
                break
            if kind == PUNCTUATION:
                at += 1
                if byte != 34 or grain != QUOTED or at < no_quote_before:
                    continue
                stop = at
                while stop < size and data[stop] != 34 and data[stop] != 10:
                    if data[stop] == 92 and stop + 1 < size and data[stop + 1] != 10:
                        stop += 1
                    stop += 1
                if stop >= size or data[stop] != 34:
                    no_quote_before = stop
                    continue
                nth = np.uint64(variable - first) if word_size == 0 else np.uint64(0)
                key = finish((hash_bytes(data, word, word_size) ^ np.uint64(777)) * GOLDEN + nth)
            elif grain == FINE:
                if kind == LETTER:
                    at += 1
                    continue
                while stop < size and CLASSES[data[stop]] == DIGIT:
                    stop += 1
                state = hash_more(state ^ MARK, data, literal, at - literal)
                key = finish(state)
            else:
                digits = False
                while stop < size:
                    kind = CLASSES[data[stop]]
                    if kind != LETTER and kind != DIGIT:
                        break
                    digits |= kind == DIGIT
                    stop += 1
                if not digits and not (grain == QUOTED and at > start and data[at - 1] == 61):
                    word = at
                    word_size = stop - at
                    at = stop
                    continue
                while stop > at + 1 and (
                    data[stop - 1] == 46 or data[stop - 1] == 58 or data[stop - 1] == 45 or data[stop - 1] == 47
                ):
                    stop -= 1  # the stop at the end of a sentence is not part of the number
                if word_size != 0:
                    key = finish((hash_bytes(data, word, word_size) ^ np.uint64(999)) * GOLDEN ^ salt)
                else:
                    key = finish((np.uint64(variable - first) + np.uint64(5)) * GOLDEN ^ salt)
            number = add_variable(found, variable, at, stop, key, column)
            full = number == CROWDED
            if full:
                break
            column = max(column, number + 1)
            variable += 1
            word_size = 0
            literal = stop
            at = stop + 1 if byte == 34 else stop  # over the closing quote
            if variable - first >= MAX_VARIABLES:
                break
        number = CROWDED if full else number_record(found, data, start, at, first, variable - first, salt, template)
        if number == CROWDED:
            at = start
            variable = first
            break
        template = max(template, number + 1)
        found.records[record] = number
        record += 1
    return record, variable, template, column, at
