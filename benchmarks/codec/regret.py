"""The selector against the oracle: `python -m benchmarks.codec.regret [PATH…] [--level fast] [--json FILE]`.

Each file goes through a selector of its own, block by block, as in an encode; the oracle encodes each block with every
strategy that the selector may choose and takes the smallest. Regret is how much larger the selector's block is, less
one. Printed by corpus (a folder's first folder, else the file), for every corpus the mean of its blocks, and the mean
of the corpora; also trials, decisions, and selecting's share of the encode time. Without PATH: the machine's own files
and generated data. Whether a corpus was used to train the shipped tree is up to the caller: `benchmarks.codec.fetch`
makes a folder `held-out` that was not (but its results were read while settings were chosen:
docs/concepts/selector.md), and the tree's own provenance has the regret of validation with each corpus left out.
"""

import argparse
import json
import statistics
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.codec.examples import CANDIDATES
from benchmarks.codec.samples import MIB, SMALLEST, families, machine
from encoder.block.codec import encode_block, warm
from encoder.detect.lazy import selector_for
from encoder.detect.pattern import PatternDetector
from encoder.detect.records import cut_blocks
from encoder.detect.sample import take_sample
from encoder.detect.selector import strategy_for
from encoder.profile import LEVEL_NAMES, Profile, load_profile


@dataclass(frozen=True, slots=True)
class Judged:
    """One corpus. regrets: of each block. seconds: processor time of selecting, and of encoding with what was
    selected.
    """

    corpus: str
    regrets: tuple[float, ...]
    choices: tuple[str, ...]
    best: tuple[str, ...]
    decisions: int
    trials: int
    selecting: float
    encoding: float

    @property
    def regret(self) -> float:
        """The mean of its blocks'."""
        return statistics.mean(self.regrets)

    def line(self) -> str:
        """For people."""
        share = self.selecting / (self.selecting + self.encoding)
        return (
            f"{self.corpus[:44]:44} {len(self.regrets):4} blocks {self.regret:7.2%} regret  {self.decisions} "
            f"decisions, "
            f"{self.trials} trials, {share:5.1%} of the time  {'/'.join(sorted(set(self.choices)))} (best "
            f"{'/'.join(sorted(set(self.best)))})"
        )


def judge(corpus: str, blocks: Iterable[bytes], profile: Profile, clock: str = "thread_time") -> Judged:
    """One selector over the blocks, in order, and the oracle after it. Blocks below 64 KiB have nothing to select
    and are passed over.
    """
    selector = selector_for(profile)
    now = getattr(time, clock)
    regrets, choices, best = [], [], []
    selecting = encoding = 0.0
    for block in blocks:
        if len(block) < SMALLEST:
            continue
        began = now()
        choice = selector.select(block)
        middle = now()
        size = len(encode_block(block, choice))
        selecting, encoding = selecting + middle - began, encoding + now() - middle
        sizes = oracle(block, profile)
        least = min(sizes, key=sizes.__getitem__)
        regrets.append(max(0.0, size / sizes[least] - 1))
        choices.append(choice.tree.value)
        best.append(least)
    seen = selector.observations
    return Judged(corpus, tuple(regrets), tuple(choices), tuple(best), seen.decisions, seen.trials, selecting, encoding)


def oracle(block: bytes, profile: Profile) -> dict[str, int]:
    """What every strategy makes of the block, by tree type."""
    pattern = PatternDetector().detect(take_sample(block))
    return {
        tree.value: len(encode_block(block, strategy_for(tree, pattern, profile.strategies))) for tree in CANDIDATES
    }


def corpora(paths: Sequence[Path], cap: int) -> Iterator[tuple[str, bytes]]:
    """Name and at most `cap` bytes of each file that is large enough."""
    if not paths:
        yield from ((sample.name, sample.data) for sample in (*machine(cap), *families(min(cap, MIB))))
    for path in paths:
        files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
        for file in files:
            with file.open("rb") as stream:
                data = stream.read(cap)
            if len(data) >= SMALLEST:
                yield (str(file.relative_to(path)) if path.is_dir() else file.name), data


def judge_all(named: Iterable[tuple[str, bytes]], level: str) -> Iterator[Judged]:
    """Every corpus in turn."""
    profile = load_profile(level)
    for name, data in named:
        blocks = (bytes(block) for block in cut_blocks(memoryview(data), profile.block_size))
        judged = judge(name, blocks, profile)
        if judged.regrets:
            yield judged


def by_group(judged: Sequence[Judged]) -> dict[str, float]:
    """Mean regret of each first folder's files; a file that lies in none is its own."""
    groups: dict[str, list[float]] = {}
    for one in judged:
        groups.setdefault(one.corpus.split("/")[0], []).append(one.regret)
    return {name: statistics.mean(values) for name, values in sorted(groups.items())}


def main() -> None:
    """Judge, print, and keep as JSON where that is wanted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--level", choices=LEVEL_NAMES, default="fast")
    parser.add_argument("--cap", type=float, default=4, help="MiB of each file (default 4)")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    warm()
    judged = []
    for one in judge_all(corpora(arguments.paths, int(arguments.cap * MIB)), arguments.level):
        print(one.line(), flush=True)
        judged.append(one)
    groups = by_group(judged)
    selecting, encoding = sum(one.selecting for one in judged), sum(one.encoding for one in judged)
    print(
        f"mean regret {statistics.mean(groups.values()):.2%} over {len(groups)} corpora, "
        f"{sum(len(one.regrets) for one in judged)} blocks; "
        f"selecting is {selecting / (selecting + encoding):.1%} of the time, in a stream that starts anew with each "
        f"file"
    )
    if arguments.json:
        document = {"level": arguments.level, "by_corpus": groups, "files": [asdict(one) for one in judged]}
        arguments.json.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
