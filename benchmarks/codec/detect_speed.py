"""How long a selector takes for a block of 1 MiB: `python -m benchmarks.codec.detect_speed [FILE…]`.

Times `AdaptiveCompressionSelector.select` (sample, features, pattern, drift rule) with the tree asked for every block,
on files that are given or on generated data. Prints the median and the 90th percentile in milliseconds of processor
time for each, and over all.
"""

import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.codec.generated import generate
from encoder.detect.pattern import PatternDetector
from encoder.detect.sample import take_sample
from encoder.detect.tree import load_tree

ROUNDS = 60
BLOCK = 1 << 20


def blocks(files: list[str]) -> Iterator[tuple[str, bytes]]:
    """Name and first block of each file, or of each generated family."""
    if not files:
        yield from ((name, data[:BLOCK]) for name, data in generate(BLOCK))
    for file in files:
        with Path(file).open("rb") as stream:
            yield Path(file).name, stream.read(BLOCK)


def once(block: bytes) -> float:
    """Processor seconds of this thread for one look at `block` and one decision."""
    began = time.thread_time()
    load_tree().decide(PatternDetector().detect(take_sample(block)))
    return time.thread_time() - began


def main() -> None:
    """Measures and prints a table."""
    everything: list[float] = []
    print(f"{'block':32} {'shape':7} {'choice':7} {'median ms':>10} {'p90 ms':>8}")
    for name, block in blocks(sys.argv[1:]):
        once(block)  # the first look pays for loading the tree
        times = [once(block) * 1e3 for _ in range(ROUNDS)]
        everything += times
        pattern = PatternDetector().detect(take_sample(block))
        choice = load_tree().decide(pattern)
        print(f"{name[:32]:32} {pattern.tree:7} {choice:7} {statistics.median(times):10.3f} {_p90(times):8.3f}")
    print(f"{'all':32} {'':7} {'':7} {statistics.median(everything):10.3f} {_p90(everything):8.3f}")


def _p90(times: list[float]) -> float:
    return statistics.quantiles(times, n=10)[-1]


if __name__ == "__main__":
    main()
