"""What carrying streams from block to block would gain: the measurement behind docs/decisions/0060-no-codebook.md.

    python -m benchmarks.codec.carry [FILE...] [--level 3] [--limit 8]

For each file (default: generated logs, JSON lines and CSV, 8 MiB each) and block size, the bytes that all blocks but the first take with zstd behind the
transform, and what two ways would save: *codebook*, up to 128 KiB of each text class (templates, words, text) of the first block as a raw-content
dictionary for all others; *namesake*, each stream of the block before for the stream of the same class and place (no block could then be read alone).
A stream takes the dictionary only where that is smaller, so that no figure is below zero.
"""

import argparse
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import zstandard

from benchmarks.codec.generated import FAMILIES, Source
from encoder.block import warm
from encoder.profile import load_profile
from encoder.records import cut_blocks
from encoder.stream_encoder import selector_for

KIB, MIB = 1 << 10, 1 << 20
BLOCK_SIZES = (256 * KIB, MIB, 2 * MIB)
NAMES = ("syslog", "access log", "application log", "JSON lines, nested", "CSV, orders")
FROM_STREAM, FROM_CLASS = 32 * KIB, 128 * KIB

Streams = list[tuple[int, bytes]]


def streams_of(data: bytes, block_size: int) -> Iterator[Streams]:
    """(class, bytes) of every physical stream, block by block; blocks that are not transformed are left out."""
    from encoder.glyphs.layout import gather_physical  # noqa: PLC0415 - loads numba
    from encoder.glyphs.transform import transform  # noqa: PLC0415 - as above

    selector = selector_for(load_profile("fast"))
    for block in cut_blocks(memoryview(data), block_size):
        strategy = selector.select(block)
        found = (
            transform(block, strategy.tree, strategy.separator) if strategy.tree.value not in "text opaque" else None
        )
        if found is not None:
            yield [(kind, bytes(view)) for kind, view in gather_physical(found.streams)]


def compressed(data: bytes, level: int, book: bytes = b"") -> int:
    """Bytes that a stream takes, with a raw-content dictionary or none."""
    content = zstandard.ZstdCompressionDict(book, dict_type=zstandard.DICT_TYPE_RAWCONTENT) if len(book) > 8 else None
    return len(zstandard.ZstdCompressor(level=level, dict_data=content, write_content_size=False).compress(data))


def codebook(streams: Streams) -> Mapping[int, bytes]:
    """What would be carried of the first block."""
    from encoder.glyphs.sink import TEXT_CLASSES  # noqa: PLC0415 - loads numba

    parts: defaultdict[int, bytes] = defaultdict(bytes)
    for kind, data in streams:
        if kind in TEXT_CLASSES:
            parts[kind] += data[:FROM_STREAM]
    return {kind: data[:FROM_CLASS] for kind, data in parts.items()}


def measure(data: bytes, block_size: int, level: int) -> tuple[int, int, int]:
    """Bytes of all blocks but the first: as they are, with a codebook, with namesakes."""
    alone = with_book = with_namesakes = 0
    book: Mapping[int, bytes] | None = None
    before: Streams = []
    for streams in streams_of(data, block_size):
        if book is None:
            book, before = codebook(streams), streams
            continue
        namesakes = dict(placed(before))
        for place, (kind, raw) in zip(placed(streams), streams, strict=True):
            plain = compressed(raw, level)
            alone += plain
            with_book += min(plain, compressed(raw, level, book[kind])) if kind in book else plain
            with_namesakes += min(plain, compressed(raw, level, namesakes.get(place[0], b"")))
        before = streams
    return alone, with_book, with_namesakes


def placed(streams: Streams) -> list[tuple[tuple[int, int], bytes]]:
    """Each stream under its class and its place among those of that class."""
    seen: defaultdict[int, int] = defaultdict(int)
    named = []
    for kind, data in streams:
        named.append(((kind, seen[kind]), data))
        seen[kind] += 1
    return named


def main() -> None:
    """Print a line for each file and block size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--level", type=int, default=3)
    parser.add_argument("--limit", type=int, default=8, help="MiB of each file")
    arguments = parser.parse_args()
    warm()
    size = arguments.limit * MIB
    if arguments.files:
        corpora = [(path.name, path.read_bytes()[:size]) for path in arguments.files]
    else:
        corpora = [(name, FAMILIES[name](Source(random.Random(name)), size)) for name in NAMES]
    print(f"{'':24} {'block':>9} {'alone':>10} {'codebook':>9} {'namesake':>9}")
    for name, data in corpora:
        for block_size in BLOCK_SIZES:
            alone, book, namesakes = measure(data, block_size, arguments.level)
            gains = [f"{1 - other / alone:9.2%}" if alone else f"{'-':>9}" for other in (book, namesakes)]
            print(f"{name[:24]:24} {block_size // KIB:>5} KiB {alone:>10,} {gains[0]} {gains[1]}", flush=True)


if __name__ == "__main__":
    main()
