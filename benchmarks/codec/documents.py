"""Ratios of documents, code and prose: `python -m benchmarks.codec.documents PATH... [--levels fast,balanced] [--json
FILE]`.

Each file is encoded whole at every level that is named (all of them unless told), decoded again and compared, and
stands beside zstd -9, zstd -19, xz -9 and brotli 11 of the whole file, each with its own default window. Printed per
file: the ratio of each, and of each level how far it lies above zstd -9 and above the best of the three strong ones;
`!` marks a level below zstd -9. Then the geometric means, and how many files lie below. A folder gives every file in it
of 1 KiB or more.
"""

import argparse
import json
import lzma
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import brotli
import zstandard

from encoder.api import decode, encode
from encoder.profile import LEVEL_NAMES

SMALLEST: Final = 1024
PLAIN: Final[dict[str, Callable[[bytes], bytes]]] = {
    "zstd -9": lambda data: zstandard.ZstdCompressor(level=9).compress(data),
    "zstd -19": lambda data: zstandard.ZstdCompressor(level=19).compress(data),
    "xz -9": lambda data: lzma.compress(data, preset=9),
    "brotli 11": lambda data: bytes(brotli.compress(data, quality=11)),
}
MODEST: Final = "zstd -9"


@dataclass(frozen=True, slots=True)
class Measured:
    """One file. plain, levels: its size in bytes after each compressor, and at each level."""

    file: str
    size: int
    plain: dict[str, int]
    levels: dict[str, int]

    def over_modest(self, level: str) -> float:
        """How many times smaller than zstd -9."""
        return self.plain[MODEST] / self.levels[level]

    def over_best(self, level: str) -> float:
        """How many times smaller than the best of the strong ones."""
        return min(size for name, size in self.plain.items() if name != MODEST) / self.levels[level]

    def line(self) -> str:
        """For people."""
        plain = " ".join(f"{self.size / size:8.2f}" for size in self.plain.values())
        levels = " ".join(
            f"{self.size / size:8.2f} {self.over_modest(level):5.2f} "
            f"{self.over_best(level):5.2f}{'!' if self.over_modest(level) < 1 else ' '}"
            for level, size in self.levels.items()
        )
        return f"{self.file[-40:]:40} {self.size:10} {plain} | {levels}"


def measure(path: Path, levels: Sequence[str]) -> Measured:
    """Encodes one file every way. Raises AssertionError when a level does not give the file back."""
    data = path.read_bytes()
    encoded = {}
    for level in levels:
        blob = encode(data, level)
        assert decode(blob) == data, f"{path} at {level} does not come back"
        encoded[level] = len(blob)
    return Measured(path.name, len(data), {name: len(run(data)) for name, run in PLAIN.items()}, encoded)


def files(paths: Sequence[Path]) -> Iterator[Path]:
    """The files that were named, and those in the folders that were."""
    for path in paths:
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (it for it in found if it.is_file() and it.stat().st_size >= SMALLEST)


def summary(measured: Sequence[Measured], level: str) -> str:
    """The level's means over all files."""
    modest = [it.over_modest(level) for it in measured]
    best = [it.over_best(level) for it in measured]
    return (
        f"{level}: {statistics.geometric_mean(modest):.3f} x zstd -9 (least {min(modest):.3f}, below on "
        f"{sum(it < 1 for it in modest)} of {len(modest)}), "
        f"{statistics.geometric_mean(best):.3f} x the best of the others (least {min(best):.3f}, below on "
        f"{sum(it < 1 for it in best)})"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures the files that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--levels", default=",".join(LEVEL_NAMES), help="comma-separated")
    parser.add_argument("--json", type=Path, help="write the sizes there too")
    options = parser.parse_args(arguments)
    levels = options.levels.split(",")
    print(
        f"{'file':40} {'bytes':>10} {' '.join(f'{name:>8}' for name in PLAIN)} | each of {', '.join(levels)}: ratio, "
        f"x zstd -9, x best"
    )
    measured = []
    for path in files(options.paths):
        measured.append(measure(path, levels))
        print(measured[-1].line(), flush=True)
    for level in levels:
        print(summary(measured, level))
    if options.json:
        options.json.write_text(json.dumps([asdict(it) for it in measured], indent=1))


if __name__ == "__main__":
    main()
