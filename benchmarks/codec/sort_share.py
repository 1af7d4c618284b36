"""What the search for context sort costs: `python -m benchmarks.codec.sort_share FILE... [--level fast] [--rounds 5]`.

Each file's blocks are encoded in three ways by turns: *alone*, where every block searches which stream is sorted by
which sibling; *told*, where it is given the plan that it found itself, so that only the search is left out; and *kept*,
as a stream does it, where the first block of a segment searches for the others. Processor seconds of this thread, the
least of the rounds for each block. Printed per file: the search's share of the time of a block that searches (1 - told
/ alone), its mean over a stream's blocks (1 - told / kept: below zero where following another block's plan is faster),
what keeping saves of the time (1 - kept / alone) and adds to the size, and the size without any sorting over that with
it. Only blocks that are taken apart count.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from encoder.block.codec import encode_block, warm
from encoder.detect.records import cut_blocks
from encoder.detect.selector import AdaptiveCompressionSelector
from encoder.glyphs.segments import SegmentPlace, Segments, SortPlan
from encoder.profile import LEVEL_NAMES, load_profile
from encoder.strategy import Strategy, TreeType

WAYS = ("alone", "told", "kept")
MIB = 1 << 20


@dataclass(slots=True)
class Cost:
    """Seconds and bytes of one way, over all blocks."""

    seconds: float = 0.0
    size: int = 0


def timed(block: bytes, strategy: Strategy, place: SegmentPlace) -> tuple[float, int]:
    """Seconds and bytes of one encode."""
    began = time.thread_time()
    body = encode_block(block, strategy, place)
    return time.thread_time() - began, len(body)


def followed(plan: SortPlan) -> SegmentPlace:
    """The place of a block that is told the plan."""
    leader = SegmentPlace(leads=True)
    leader.found(plan)
    return SegmentPlace(leads=False, sort_plan=leader.sort_plan)


def measure(blocks: Sequence[tuple[bytes, Strategy]], rounds: int) -> dict[str, Cost]:
    """What each way takes, by name."""
    costs = {way: Cost() for way in WAYS}
    segments = Segments()
    for block, strategy in blocks:
        stream = segments.next(strategy)
        if stream is None:
            continue
        least: dict[str, tuple[float, int]] = {}
        for _ in range(rounds):
            alone = SegmentPlace(leads=True)
            found = {"alone": timed(block, strategy, alone)}
            found["told"] = timed(block, strategy, followed(alone.sort_plan.result(timeout=0)))
            found["kept"] = timed(block, strategy, SegmentPlace(leads=True) if stream.leads else stream)
            named = alone.by_path.result(timeout=0)
            if named is not None:
                stream.name(by_path=named)
            stream.found(alone.sort_plan.result(timeout=0))
            least = {way: min(least.get(way, found[way]), found[way]) for way in WAYS}
        for way, (seconds, size) in least.items():
            costs[way].seconds += seconds
            costs[way].size += size
    return costs


def unsorted_size(blocks: Sequence[tuple[bytes, Strategy]]) -> int:
    """Bytes of all blocks where no stream is long enough to be sorted."""
    with mock.patch("encoder.glyphs.siblings.LEAST_SORTED", 1 << 40):
        return sum(len(encode_block(block, strategy)) for block, strategy in blocks)


def main() -> None:
    """Measures the files that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--level", choices=LEVEL_NAMES, default="fast")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cap", type=float, default=32, help="MiB of each file (default 32)")
    arguments = parser.parse_args()
    profile = load_profile(arguments.level)
    warm()
    print(
        f"{'file':30} {'blocks':>6} {'search':>8} {'streamed':>8} {'saved':>8} {'larger':>8} {'unsorted':>9}  MB/s "
        f"alone, kept"
    )
    for file in arguments.files:
        with file.open("rb") as source:
            data = source.read(int(arguments.cap * MIB))
        selector = AdaptiveCompressionSelector(profile.strategies)
        parts = [bytes(block) for block in cut_blocks(memoryview(data), profile.block_size)]
        chosen = [(block, selector.select(block)) for block in parts]
        blocks = [it for it in chosen if it[1].tree not in {TreeType.TEXT, TreeType.OPAQUE}]
        if not blocks:
            print(f"{file.name[:30]:30} nothing is taken apart")
            continue
        costs = measure(blocks, arguments.rounds)
        alone, told, kept = (costs[way] for way in WAYS)
        size = sum(len(block) for block, _ in blocks)
        print(
            f"{file.name[:30]:30} {len(blocks):6} {1 - told.seconds / alone.seconds:8.1%} "
            f"{1 - told.seconds / kept.seconds:8.1%} "
            f"{1 - kept.seconds / alone.seconds:8.1%} {kept.size / alone.size - 1:8.2%} "
            f"{unsorted_size(blocks) / alone.size:9.3f}  "
            f"{size / alone.seconds / 1e6:.0f}, {size / kept.seconds / 1e6:.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
