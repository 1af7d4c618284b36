"""Where the column kernels write: one buffer of streams end to end, one array of numbers that describe them.

The decoder reads the numbers in the same order and so knows every stream's class and length before it opens one.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import BUFFER, I32S, I64S, INT, U64S, VOID, Int, part, record

OUT = 0
STREAMS = 1
META = 2

TEMPLATES, IDS, NUMBERS, INDEX, WORDS, TEXT, PACKED = range(7)
TEXT_CLASSES = (TEMPLATES, WORDS, TEXT)


class Sink(NamedTuple):
    """Streams end to end in `out`, the class of each and where it ends, and the numbers, in `meta`.

    cursor: how much is used of each: [OUT] bytes, [STREAMS], [META] numbers.
    """

    out: NDArray[np.uint8]
    classes: NDArray[np.int32]
    ends: NDArray[np.int64]
    meta: NDArray[np.uint64]
    cursor: NDArray[np.int64]


SINK = record(Sink, BUFFER, I32S, I64S, U64S, I64S)
"""The machine type of `Sink`."""


def empty_sink(out: NDArray[np.uint8], streams: int, numbers: int) -> Sink:
    """A sink that writes to `out`, with room for so many streams and numbers."""
    return Sink(
        out,
        np.empty(streams, np.int32),
        np.empty(streams, np.int64),
        np.empty(numbers, np.uint64),
        np.zeros(3, np.int64),
    )


@part(VOID(SINK, INT))
def put(sink: Sink, value: Int) -> None:
    """Appends one number, taken as unsigned 64-bit."""
    sink.meta[sink.cursor[META]] = np.uint64(value)
    sink.cursor[META] += 1


@part(VOID(SINK, INT))
def end_stream(sink: Sink, stream_class: int) -> None:
    """What was written since the last stream ended is a stream of this class."""
    sink.classes[sink.cursor[STREAMS]] = stream_class
    sink.ends[sink.cursor[STREAMS]] = sink.cursor[OUT]
    sink.cursor[STREAMS] += 1
