"""Ratio and speed of the block codec on given files, one thread, beside plain zstd -3 and -19 in the same run.

    python benchmarks/codec/block_speed.py FILE_OR_FOLDER... [--tree log] [--back-end zstd] [--level 3]

Without --tree a file's ending names it: .log, .ndjson, .jsonl, .json, .csv, .xml, else text. Blocks are 1 MiB, cut at
the last newline. Speeds are medians of --repeat runs, in MB/s (10**6 bytes) of input.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import zstandard

from encoder.block.codec import decode_block, encode_block, warm
from encoder.strategy import BackEnd, Strategy, TreeType

BLOCK = 1 << 20
ENDINGS = {
    ".log": TreeType.LOG,
    ".ndjson": TreeType.JSON_LINES,
    ".jsonl": TreeType.JSON_LINES,
    ".json": TreeType.JSON,
    ".csv": TreeType.CSV,
    ".tsv": TreeType.CSV,
    ".xml": TreeType.XML,
}


def blocks(data: bytes) -> list[bytes]:
    """`data` cut after the last newline of every BLOCK bytes, or at BLOCK where there is none."""
    cut = []
    while data:
        end = len(data) if len(data) <= BLOCK else data.rfind(b"\n", 0, BLOCK) + 1 or BLOCK
        cut.append(data[:end])
        data = data[end:]
    return cut


def timed(run: Callable[[], Any], repeat: int) -> tuple[float, Any]:
    """Median seconds of `repeat` runs, and the last result."""
    seconds = []
    result = None
    for _ in range(repeat):
        begin = time.perf_counter()
        result = run()
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds), result


def separator_of(data: bytes) -> int:
    """The likeliest field separator of the first lines."""
    head = data[:4096]
    return max(b",;\t|", key=lambda byte: head.count(bytes([byte])))


def measure(path: Path, arguments: argparse.Namespace) -> list[str]:
    """One line of figures."""
    data = path.read_bytes()
    tree = TreeType(arguments.tree) if arguments.tree else ENDINGS.get(path.suffix, TreeType.TEXT)
    strategy = Strategy(tree, BackEnd(arguments.back_end), arguments.level, separator_of(data))
    parts = blocks(data)
    encode, bodies = timed(lambda: [encode_block(part, strategy) for part in parts], arguments.repeat)
    decode, back = timed(
        lambda: [decode_block(body, len(part)) for body, part in zip(bodies, parts, strict=True)], arguments.repeat
    )
    if b"".join(back) != data:
        raise SystemExit(f"{path}: what was decoded is not what was encoded")
    size, encoded = len(data), sum(map(len, bodies))
    kept = sum(body[0] & 15 == 2 for body in bodies)
    figures = [path.name[:26], str(tree), f"{kept}/{len(bodies)}", f"{size / encoded:.2f}"]
    figures += [f"{size / encode / 1e6:.0f}", f"{size / decode / 1e6:.0f}"]
    return figures + plain_figures(parts, 3, arguments.repeat) + plain_figures(parts, 19, 1)


def plain_figures(parts: list[bytes], level: int, repeat: int) -> list[str]:
    """Ratio and speed of zstd alone."""
    compressor = zstandard.ZstdCompressor(level=level)
    seconds, plain = timed(lambda: [compressor.compress(part) for part in parts], repeat)
    size = sum(map(len, parts))
    return [f"{size / sum(map(len, plain)):.2f}", f"{size / seconds / 1e6:.1f}"]


def files(paths: list[Path]) -> Iterator[Path]:
    """Every file named, and those in every folder named."""
    for path in paths:
        yield from sorted(file for file in path.iterdir() if file.is_file()) if path.is_dir() else [path]


def main() -> None:
    """Prints a table, a line as soon as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--tree", choices=[*TreeType])
    parser.add_argument("--back-end", choices=[*BackEnd], default=BackEnd.ZSTD)
    parser.add_argument("--level", type=int, default=3)
    parser.add_argument("--repeat", type=int, default=5)
    arguments = parser.parse_args()
    warm()
    heads = ("file", "tree", "kept", "ratio", "enc", "dec", "zstd-3", "MB/s", "zstd-19", "MB/s")
    widths = (26, 6, 6, 8, 6, 6, 8, 8, 8, 8)
    for figures in ([*heads], *(measure(path, arguments) for path in files(arguments.paths))):
        print("  ".join(value.ljust(width) for value, width in zip(figures, widths, strict=True)), flush=True)


if __name__ == "__main__":
    main()
