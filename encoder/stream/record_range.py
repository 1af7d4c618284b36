"""Records by number: `iter_records`. It uses random access if the file can seek."""

import builtins
import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import IO, Final

from encoder.errors import LimitError
from encoder.limits import DEFAULT_LIMITS, Limits
from encoder.stream.decoder import StreamingDecoder

NEEDS_INDEX: Final = "counting records from the end needs a file that can seek"


def iter_records(
    file: str | os.PathLike[str] | IO[bytes],
    start: int = 0,
    stop: int | None = None,
    *,
    limits: Limits = DEFAULT_LIMITS,
    threads: int = 1,
) -> Iterator[bytes]:
    """The records `start` to `stop` of a glyph stream as a slice has them, each with its newline (the last may lack
    it).

    file: a path, or a binary file at the stream's beginning, which stays open. Only the blocks that hold these records
    are decoded where the file can seek, else all before them too. Negative numbers count from the end. limits: a record
    longer than `max_memory` is refused as well. Raises ValueError (negative numbers where the file cannot seek),
    OSError, FormatError and its subclasses, LimitError.
    """
    with ExitStack() as opened:
        raw = opened.enter_context(builtins.open(file, "rb")) if isinstance(file, str | os.PathLike) else file  # noqa: PTH123 - any path
        decoder = opened.enter_context(StreamingDecoder(raw, limits, threads=threads))
        yield from records_of(decoder, start, stop, limits)


def records_of(decoder: StreamingDecoder, start: int, stop: int | None, limits: Limits) -> Iterator[bytes]:
    """As `iter_records`, from a decoder at its beginning."""
    if start < 0 or (stop is not None and stop < 0):
        if not decoder.seekable():
            raise ValueError(NEEDS_INDEX)
        start, stop, _ = slice(start, stop).indices(decoder.records)
    if start and decoder.seekable():
        number = start
        decoder.seek_record(start)
    else:
        number = 0
    while stop is None or number < stop:
        record = decoder.readline(limits.max_memory + 1)
        if not record:
            return
        if len(record) > limits.max_memory:
            raise LimitError(f"record {number} has more than max_memory={limits.max_memory} bytes; raise it to read on")
        if number >= start:
            yield record
        number += 1
