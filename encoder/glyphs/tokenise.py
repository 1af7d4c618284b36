"""What the tokenisers share: their limits, their results and the classes of bytes.

A tokeniser cuts `data` into records and each record into literals and variables. It fills `records` (template of each
record), `starts`, `sizes` and `columns` (of each variable) and the two tables, and returns
(records, variables, templates, columns, end). When a table or array is full (or its
keys were made to collide) it stops before the record that did not
fit: data[end:] is then the tail, which the caller stores as it is.
"""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import BYTES, I32S, INT, TABLE, U64S, several

MAX_TEMPLATES = 1 << 15
MAX_COLUMNS = 1 << 14
TABLE_SLOTS = 1 << 16  # at most half full
MAX_VARIABLES = 2000  # in one record; a longer one is cut there, and what follows is a record of its own

TOKENISED = several(INT, 5)
SCRATCH = (I32S, I32S, I32S, I32S, U64S, I32S, U64S, I32S, TABLE)
"""records, starts, sizes, columns, template keys and values, column keys and values, templates."""
SOURCE = BYTES

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
