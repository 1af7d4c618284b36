"""What the tokenisers share: their limits, their results and the classes of bytes.

A tokeniser cuts `data` into records and each record into literals and variables. It fills what `Found` holds, and
returns (records, variables, templates, columns, end). When a table or array is full (or its keys were made to collide)
it stops before the record that did not fit: data[end:] is then the tail, which the caller stores as it is.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.hashing import CROWDED, find_or_add
from encoder.glyphs.kernel import HASH, I32S, INT, TABLE, U64S, Int, part, record, several

MAX_TEMPLATES = 1 << 15
MAX_COLUMNS = 1 << 14
TABLE_SLOTS = 1 << 16  # at most half full
MAX_VARIABLES = 2000  # in one record; a longer one is cut there, and what follows is a record of its own

TOKENISED = several(INT, 5)


class Found(NamedTuple):
    """What a tokeniser finds: the template of each record, place and column of each variable, the templates themselves
    as `encoder.glyphs.templates` keeps them, and the tables in which templates and columns are looked up by hash.
    """

    records: NDArray[np.int32]
    starts: NDArray[np.int32]
    sizes: NDArray[np.int32]
    columns: NDArray[np.int32]
    templates: NDArray[np.int32]
    template_keys: NDArray[np.uint64]
    template_values: NDArray[np.int32]
    column_keys: NDArray[np.uint64]
    column_values: NDArray[np.int32]


FOUND = record(Found, I32S, I32S, I32S, I32S, TABLE, U64S, I32S, U64S, I32S)
"""The machine type of `Found`."""

PUNCTUATION = 0
LETTER = 1
DIGIT = 2
NEWLINE = 3


def _classes() -> NDArray[np.uint8]:
    """The class of every byte, for text made of words: what is neither letter nor digit nor newline parts words."""
    classes = np.zeros(256, np.uint8)
    classes[128:] = LETTER  # any multi-byte letter
    for byte in b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.:/-+%@#\\":
        classes[byte] = LETTER
    classes[ord("0") : ord("9") + 1] = DIGIT
    classes[ord("\n")] = NEWLINE
    return classes


CLASSES = _classes()


@part(INT(FOUND, INT, INT, INT, HASH, INT))
def add_variable(found: Found, variable: Int, start: Int, end: Int, key: np.uint64, columns: Int) -> Int:
    """The column that goes by `key`, with data[start:end] as its next variable; `columns` (their number so far) when it
    is a new one. CROWDED, and nothing added, where there is no room for a variable or a column.
    """
    number: Int = CROWDED
    if variable < found.starts.shape[0] and columns < MAX_COLUMNS:
        number = find_or_add(found.column_keys, found.column_values, key, columns)
    if number != CROWDED:
        found.starts[variable] = start
        found.sizes[variable] = end - start
        found.columns[variable] = number
    return number
