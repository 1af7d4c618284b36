"""Where the column kernels write: one buffer of streams end to end, one array of numbers that describe them.

`cursor` holds how much is used of each: [OUT] bytes of `out`, [STREAMS] of `classes` and `ends` (a stream's class, and
where it ends in `out`), [META] of `meta`. The decoder reads the numbers in the same order and so knows every stream's
class and length before it opens one.
"""

import numpy as np
from numba import types
from numpy.typing import NDArray

from encoder.glyphs.kernel import BUFFER, I32S, I64S, INT, U64S, Int, kernel

OUT = 0
STREAMS = 1
META = 2
CURSOR_SIZE = 3

TEMPLATES, IDS, NUMBERS, INDEX, WORDS, TEXT, PACKED = range(7)
CLASS_NAMES = ("templates", "ids", "numbers", "index", "words", "text", "packed")
"""Stream classes: like streams share a class, small ones of a class are compressed together."""
TEXT_CLASSES = (TEMPLATES, WORDS, TEXT)

SINK = (BUFFER, I32S, I64S, U64S, I64S)
"""out, classes, ends, meta, cursor."""


@kernel(types.void(U64S, I64S, INT))
def put(meta: NDArray[np.uint64], cursor: NDArray[np.int64], value: Int) -> None:
    """Appends one number, taken as unsigned 64-bit."""
    meta[cursor[META]] = np.uint64(value)
    cursor[META] += 1


@kernel(types.void(I32S, I64S, I64S, INT))
def end_stream(
    classes: NDArray[np.int32], ends: NDArray[np.int64], cursor: NDArray[np.int64], stream_class: int
) -> None:
    """What was written since the last stream ended is a stream of this class."""
    classes[cursor[STREAMS]] = stream_class
    ends[cursor[STREAMS]] = cursor[OUT]
    cursor[STREAMS] += 1
