"""What every strategy makes of a block and of its sample: measured once, kept as JSON lines, learnt from and judged as
often as one likes.

    python -m benchmarks.codec.examples FILE [FOLDER…] [--profile fast] [--only-folders]

Blocks of at most 1 MiB from the interpreter's own files, from generated data and from the folders are each encoded with
every strategy of the profile, and so is the part of the block that the selector tries strategies on. What the selector
stores untried is left out.
"""

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.codec.corpora import Window, folder, generated, standard_library
from encoder.block.codec import encode_block
from encoder.detect.pattern import Pattern, PatternDetector
from encoder.detect.sample import take_sample
from encoder.detect.selector import incompressible, strategy_for, trial_of
from encoder.detect.trial import at_leisure, encode_lazily, tried_as
from encoder.features import FEATURE_NAMES, Features
from encoder.profile import load_profile
from encoder.strategy import TreeType

CANDIDATES = (
    TreeType.OPAQUE,
    TreeType.TEXT,
    TreeType.LOG,
    TreeType.JSON_LINES,
    TreeType.CSV,
    TreeType.XML,
    TreeType.JSON,
)
"""The cheapest first: of strategies whose sizes are within `SAME` of the smallest, the first is right."""
SAME = 0.005


@dataclass(frozen=True, slots=True)
class Example:
    """One block. sizes, tried: bytes that every candidate makes of the block, and of its sample. leisurely: how
    they were tried.
    """

    source: str
    corpus: str
    size: int
    pattern: Pattern
    sizes: tuple[int, ...]
    tried: tuple[int, ...]
    leisurely: bool

    @property
    def group(self) -> str:
        """What is never on both sides of a validation: a folder's first folder, a package, a program, a generated
        family.
        """
        return self.corpus.split("/")[0]

    def regret(self, choice: TreeType) -> float:
        """How much larger the chosen strategy's block is than the smallest: size over size, less one."""
        return self.sizes[CANDIDATES.index(choice)] / min(self.sizes) - 1

    @property
    def best(self) -> TreeType:
        """The cheapest candidate that is as good as any."""
        return next(tree for tree in CANDIDATES if self.regret(tree) <= SAME)


def collect(folders: Sequence[Path], *, only_folders: bool = False) -> Iterator[Window]:
    """Every block there is to learn from."""
    if not only_folders:
        yield from standard_library()
        yield from generated()
    for path in folders:
        yield from folder(path)


def measure(windows: Iterable[Window], profile: str) -> Iterator[Example]:
    """Encodes each block and its sample with every candidate strategy of the profile."""
    strategies = load_profile(profile).strategies
    detector = PatternDetector()
    for window in windows:
        pattern = detector.detect(take_sample(window.data))
        if incompressible(pattern):
            continue  # no tree is asked
        plans = [strategy_for(tree, pattern, strategies) for tree in CANDIDATES]
        leisurely = at_leisure(seen := [plan for plan in plans if plan.tree is not TreeType.OPAQUE])
        sample = trial_of(window.data, pattern, seen)
        sizes = tuple(len(encode_block(window.data, plan)) for plan in plans)
        tried = tuple(len(encode_lazily(sample, tried_as(plan, leisurely=leisurely))) for plan in plans)
        yield Example(window.source, window.corpus, len(window.data), pattern, sizes, tried, leisurely)


def write(path: Path, examples: Iterable[Example]) -> Iterator[Example]:
    """Keeps each example as a line of the file, and passes it on."""
    with path.open("w", encoding="utf-8") as file:
        for example in examples:
            file.write(json.dumps(asdict(example)) + "\n")
            yield example


def read(path: Path) -> list[Example]:
    """What `write` kept."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        kept = json.loads(line)
        pattern = kept.pop("pattern")
        features = Features(**{name: pattern["features"][name] for name in (*FEATURE_NAMES, "separator")})
        seen = Pattern(TreeType(pattern["tree"]), pattern["separator"], pattern["confidence"], features)
        kept["sizes"], kept["tried"] = tuple(kept["sizes"]), tuple(kept["tried"])
        found.append(Example(pattern=seen, **kept))
    return found


def main() -> None:
    """Measure, write, print a line for each block."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--profile", default="fast", help="whose strategies are measured (default: fast)")
    parser.add_argument(
        "--only-folders", action="store_true", help="neither the interpreter's files nor generated data"
    )
    arguments = parser.parse_args()
    windows = collect(arguments.folders, only_folders=arguments.only_folders)
    for example in write(arguments.file, measure(windows, arguments.profile)):
        sizes = " ".join(f"{tree}={size}" for tree, size in zip(CANDIDATES, example.sizes, strict=True))
        print(
            f"{example.source:16} {example.corpus[:36]:36} {example.pattern.tree:7} {example.best:7} {sizes}",
            flush=True,
        )


if __name__ == "__main__":
    main()
