"""What codebooks carried from block to block gain and cost: the measurement behind docs/decisions/0060-codebooks.md.

    python -m benchmarks.codec.carry [FILE...] [--level fast] [--write 1 4 16 64 256 0] [--limit 8] [--rounds 3]

For each file (default: generated logs, JSON lines and CSV, 8 MiB each) and size of write, in KiB, the file is written
to a `StreamingEncoder` in whole lines of about that size, with a `flush` after each (0: written whole, without a
flush), at most `--writes` of them; once with the level's codebook and once without. Printed: bytes in, bytes out
without, what the codebook saves, the processor time of encoding with it as a part of that without (least of the rounds,
taken in turn), and how many blocks refer to a codebook and to how many.
"""

import argparse
import io
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import encoder
from benchmarks.codec.generated import FAMILIES, Source
from encoder.block.codec import warm
from encoder.container.random_access import read_block
from encoder.container.reader import read_trailer
from encoder.profile import LEVEL_NAMES, Profile, load_profile
from encoder.stream.encoder import StreamingEncoder

KIB, MIB = 1 << 10, 1 << 20
WRITES = (1, 4, 16, 64, 256, 0)
NAMES = ("syslog", "access log", "application log", "JSON lines, nested", "CSV, orders")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way of writing. seconds: of processor time."""

    stream: bytes
    seconds: float


def written(data: bytes, size: int, most: int) -> Iterator[bytes]:
    """At most `most` pieces of whole lines, each of `size` bytes or a little more; all at once for a size of 0."""
    if not size:
        yield data
        return
    at = 0
    for _ in range(most):
        end = data.find(b"\n", at + size) + 1 or len(data)
        if at == end:
            return
        yield data[at:end]
        at = end


def encoded(pieces: list[bytes], profile: Profile) -> Outcome:
    """The stream of the pieces, a flush after each but the last."""
    sink = io.BytesIO()
    began = time.process_time()
    with StreamingEncoder(sink, profile) as stream:
        for number, piece in enumerate(pieces):
            if number:
                stream.flush()
            stream.write(piece)
    return Outcome(sink.getvalue(), time.process_time() - began)


def measured(pieces: list[bytes], profile: Profile, rounds: int) -> Outcome:
    """The fastest of the rounds."""
    return min((encoded(pieces, profile) for _ in range(rounds)), key=lambda outcome: outcome.seconds)


def referring(stream: bytes) -> tuple[int, int]:
    """How many blocks refer to a codebook, and to how many codebooks."""
    file = io.BytesIO(stream)
    trailer = read_trailer(file)
    blocks = [read_block(file, trailer, number) for number in range(len(trailer.entries))]
    places = [block.codebook_at for block in blocks if block.codebook_at is not None]
    return len(places), len(set(places))


def line(name: str, pieces: list[bytes], size: int, profile: Profile, rounds: int) -> str:
    """One line of the table. Raises AssertionError where the stream does not decode."""
    alone = measured(pieces, replace(profile, codebook=None), rounds)
    carried = measured(pieces, profile, rounds)
    assert encoder.decode(carried.stream) == b"".join(pieces), "a stream with codebooks did not decode"
    saved = 1 - len(carried.stream) / len(alone.stream)
    blocks, books = referring(carried.stream)
    write = f"{size} KiB" if size else "whole"
    return (
        f"{name[:24]:24} {write:>7} {sum(map(len, pieces)):>11,} {len(alone.stream):>10,} {saved:>7.1%} "
        f"{carried.seconds / alone.seconds:>6.2f} {blocks:>6} / {books}"
    )


def main() -> None:
    """Print a line for each file and size of write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--level", choices=LEVEL_NAMES, default=LEVEL_NAMES[0])
    parser.add_argument("--write", type=int, nargs="*", default=WRITES, help="KiB of each write; 0: all at once")
    parser.add_argument("--writes", type=int, default=300, help="at most so many (default 300)")
    parser.add_argument("--limit", type=int, default=8, help="MiB of each file")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    warm()
    size, profile = arguments.limit * MIB, load_profile(arguments.level)
    if arguments.files:
        corpora = [(path.name, path.read_bytes()[:size]) for path in arguments.files]
    else:
        corpora = [(name, FAMILIES[name](Source(random.Random(name)), size)) for name in NAMES]
    print(f"{'':24} {'write':>7} {'bytes':>11} {'without':>10} {'saved':>7} {'time':>6} blocks / codebooks")
    for name, data in corpora:
        for write in arguments.write:
            pieces = list(written(data, write * KIB, arguments.writes))
            print(line(name, pieces, write, profile, arguments.rounds), flush=True)


if __name__ == "__main__":
    main()
