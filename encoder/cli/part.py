"""`cat`: decode files to standard output, completely or only a part, which the index finds."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from encoder.cli.files import opened_input
from encoder.cli.progress import waiting
from encoder.cli.reporting import UsageError, cores, for_each
from encoder.cli.streams import StandardOutput
from encoder.container.writer import write_all
from encoder.errors import FormatError, LimitError
from encoder.limits import Limits
from encoder.stream.decoder import StreamingDecoder
from encoder.stream.record_range import records_of

STEP: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Part:
    """What of a stream is wanted: a slice of its records, or else of its bytes. stop, length: None for the end."""

    records: tuple[int, int | None] | None = None
    from_byte: int = 0
    length: int | None = None


def part_of(records: str | None, from_byte: int, length: int | None) -> Part:
    """The part that the options name. Pure. Raises UsageError."""
    if records is None:
        return Part(None, from_byte, length)
    if from_byte or length is not None:
        raise UsageError("--records and --from-byte or --length exclude each other; give one of them")
    match = re.fullmatch(r"(-?\d{1,18})?(?:(:)(-?\d{1,18})?)?", records.strip())
    if match is None or not records.strip():
        raise UsageError(f"{records!r} is not a range of records; give for example 1000:2000, 5:, :10, -10: or 7")
    start = int(match[1] or 0)
    if match[2] is None:  # one record
        return Part((start, start + 1 if start != -1 else None))
    return Part((start, None if match[3] is None else int(match[3])))


def cat_waiting(names: list[str], part: Part, limits: Limits, threads: int | None) -> None:
    """As `cat_files`, with a word to who looks at it and waits."""
    with waiting("decoding", quiet=sys.stdout.isatty()):
        cat_files(names, part, limits, threads)


def cat_files(names: list[str], part: Part, limits: Limits, threads: int | None) -> None:
    """Write the part of each input. Exits with 1 or 2 where one failed."""
    count = cores(threads) or 1
    sink = StandardOutput()

    def one(name: str) -> None:
        try:
            with opened_input(name) as source, StreamingDecoder(source, limits, threads=count) as decoder:
                for piece in _pieces(decoder, part, limits):
                    write_all(sink, piece)
        except (FormatError, LimitError) as error:
            raise type(error)(f"{'standard input' if name == '-' else name}: {error}") from error
        except IsADirectoryError as error:
            raise UsageError(f"{name}: is a directory") from error
        except ValueError as error:
            raise UsageError(f"{name}: {error}") from error

    for_each(names, one)


def _pieces(decoder: StreamingDecoder, part: Part, limits: Limits) -> Iterator[bytes]:
    if part.records is not None:
        yield from records_of(decoder, *part.records, limits)
        return
    _skip(decoder, part.from_byte)
    left = part.length
    while (left is None or left) and (piece := decoder.read1(-1 if left is None else left)):
        left = None if left is None else left - len(piece)
        yield piece


def _skip(decoder: StreamingDecoder, count: int) -> None:
    if count and decoder.seekable():
        decoder.seek(count)
        return
    while count and (piece := decoder.read1(min(count, STEP))):
        count -= len(piece)
