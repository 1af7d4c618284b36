"""Ratio and speed of the levels that mix contexts, beside zstd -19, file by file: CPU time of one thread.

    python -m benchmarks.codec.mixing_speed PATH... [--levels high max] [--megabytes 4] [--beside]

A file's tree is taken from its name: .log, .jsonl/.ndjson, .json, .csv, .xml, else text. The
first `--megabytes` MiB of each file are one block. Decoding is checked. With `--beside`
the encoding thread has another one beside it, whose time is not counted.
"""

import argparse
import math
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from threading import Thread

import zstandard

from encoder.block.beside import lending
from encoder.block.codec import decode_block, encode_block
from encoder.limits import Limits
from encoder.profile import load_profile
from encoder.strategy import Strategy, TreeType

TREES = {
    ".log": TreeType.LOG,
    ".jsonl": TreeType.JSON_LINES,
    ".ndjson": TreeType.JSON_LINES,
    ".json": TreeType.JSON,
    ".csv": TreeType.CSV,
    ".xml": TreeType.XML,
}
LIMITS = Limits(max_memory=1 << 30)


def timed(work: Callable[[], bytes]) -> tuple[bytes, float]:
    """What `work` returns, and the CPU seconds of this thread that it took."""
    begin = time.thread_time()
    result = work()
    return result, max(time.thread_time() - begin, 1e-9)


def separator_of(data: bytes) -> int:
    """The likeliest field separator of the first lines."""
    head = data[:4096]
    return max(b",;\t|", key=lambda byte: head.count(bytes([byte])))


def strategy_for(path: Path, level: str, data: bytes) -> Strategy:
    """The level's strategy for a file of that name."""
    strategy = load_profile(level).strategies[TREES.get(path.suffix, TreeType.TEXT)]
    return replace(strategy, separator=separator_of(data))


def measure(path: Path, levels: list[str], size: int) -> dict[str, tuple[float, float, float]]:
    """(ratio, encode MB/s, decode MB/s) by level, and of zstd -19."""
    data = path.read_bytes()[:size]
    megabytes = len(data) / 1e6
    packed, encoding = timed(lambda: zstandard.ZstdCompressor(level=19).compress(data))
    _, decoding = timed(lambda: zstandard.ZstdDecompressor().decompress(packed))
    results = {"zstd -19": (len(data) / len(packed), megabytes / encoding, megabytes / decoding)}
    for level in levels:
        strategy = strategy_for(path, level, data)
        body, encoding = timed(lambda strategy=strategy: encode_block(data, strategy))
        decoded, decoding = timed(lambda body=body: decode_block(body, len(data), LIMITS))
        assert decoded == data, path
        results[level] = (len(data) / len(body), megabytes / encoding, megabytes / decoding)
    return results


def mean(numbers: list[float]) -> float:
    """Geometric mean."""
    return math.exp(sum(map(math.log, numbers)) / len(numbers))


def another_thread(run: Callable[[], None]) -> Thread:
    """What a stream lends whose other worker is idle."""
    thread = Thread(target=run)
    thread.start()
    return thread


def main() -> None:
    """Prints a line for each file and level, then the geometric means."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--levels", nargs="+", default=["high", "max"])
    parser.add_argument("--megabytes", type=int, default=4)
    parser.add_argument("--beside", action="store_true", help="lend the encoder a thread")
    arguments = parser.parse_args()
    with lending(another_thread) if arguments.beside else nullcontext():
        measure_all(arguments)


def measure_all(arguments: argparse.Namespace) -> None:
    """Prints them."""
    for level in arguments.levels:  # kernels are compiled or loaded before anything is timed
        for tree in (TreeType.LOG, TreeType.TEXT):
            encode_block(b"one line, 1\n" * 1000, load_profile(level).strategies[tree])
    every: dict[str, list[tuple[float, float, float]]] = {}
    print(f"{'file':28} {'level':9} {'ratio':>8} {'/ zstd -19':>10} {'enc MB/s':>9} {'dec MB/s':>9}")
    for path in arguments.paths:
        results = measure(path, arguments.levels, arguments.megabytes << 20)
        for level, (ratio, encoding, decoding) in results.items():
            gain = ratio / results["zstd -19"][0]
            every.setdefault(level, []).append((gain, encoding, decoding))
            print(
                f"{path.name[:28]:28} {level:9} {ratio:8.2f} {gain:10.3f} {encoding:9.2f} {decoding:9.2f}", flush=True
            )
    for level, rows in every.items():
        gain, encoding, decoding = (mean([row[nth] for row in rows]) for nth in range(3))
        print(f"{'geometric mean':28} {level:9} {'':8} {gain:10.3f} {encoding:9.2f} {decoding:9.2f}")


if __name__ == "__main__":
    main()
