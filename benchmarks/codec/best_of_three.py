"""Every file by itself beside the best of zstd -19, xz -9e and brotli 11 (window of 16 MiB): `python -m
benchmarks.codec.best_of_three PATH… [--level high] [--cap KIB] [--cache FILE]`.

A line for each file: bytes of the best, who it is, and ours over it; below 1 we are smaller. The losers stand below.
--cache keeps what the three made of each content, as they take longest. Each stream is decoded again. Exit status 1
where a file is larger.

    python -m benchmarks.codec.kinds kinds && python -m benchmarks.codec.best_of_three kinds --cache sizes.json
"""

import argparse
import hashlib
import json
import lzma
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import brotli
import zstandard

import encoder
from encoder.profile import LEVEL_NAMES

RIVALS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "zstd -19": lambda data: zstandard.ZstdCompressor(level=19).compress(data),
    "xz -9e": lambda data: lzma.compress(data, preset=9 | lzma.PRESET_EXTREME),
    "brotli 11": lambda data: bytes(brotli.compress(data, quality=11, lgwin=24)),
}
HEADROOM: Final = 64
"""Bytes that a stream of one block takes beside its body: what no longer file may lose by, but one of chance may."""


@dataclass(frozen=True, slots=True)
class Line:
    """One file at one level. ours, best: bytes. rival: who made the best."""

    name: str
    size: int
    level: str
    ours: int
    best: int
    rival: str

    @property
    def loses(self) -> bool:
        """Whether the rival's is smaller."""
        return self.ours > self.best

    def text(self) -> str:
        """For people."""
        flag = f" larger by {self.ours - self.best}" if self.loses else ""
        return (
            f"{self.name[-44:]:44} {self.size:9} {self.level:8} {self.ours:9} {self.best:9} {self.rival:9} "
            f"{self.ours / max(1, self.best):7.4f}{flag}"
        )


class Sizes:
    """What the three make of a content, kept in a file where one is given."""

    def __init__(self, cache: Path | None) -> None:
        self._cache: Final = cache
        kept = cache is not None and cache.exists()
        self._sizes: dict[str, dict[str, int]] = json.loads(cache.read_text("utf-8")) if cache and kept else {}

    def best_of(self, data: bytes) -> tuple[int, str]:
        """Bytes, and whose they are."""
        key = hashlib.sha256(data).hexdigest()
        if key not in self._sizes:
            self._sizes[key] = {name: len(make(data)) for name, make in RIVALS.items()}
            if self._cache is not None:
                self._cache.write_text(json.dumps(self._sizes) + "\n", encoding="utf-8")
        return min((size, name) for name, size in self._sizes[key].items())


def files_of(paths: Sequence[Path]) -> Iterator[Path]:
    """Every file named or below a folder named."""
    for path in paths:
        yield from sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]


def line_of(name: str, data: bytes, level: str, sizes: Sizes) -> Line:
    """Compares one file. Raises AssertionError where it does not decode to itself."""
    stream = encoder.encode(data, level)
    assert encoder.decode(stream) == data, f"{name} does not decode to itself"
    return Line(name, len(data), level, len(stream), *sizes.best_of(data))


def main() -> int:
    """Print a file as soon as it is done, then who loses; 1 where any does."""
    arguments = _arguments()
    sizes = Sizes(arguments.cache)
    found = []
    for file in files_of(arguments.paths):
        with file.open("rb") as stream:
            data = stream.read(arguments.cap << 10)
        for level in arguments.level or ("high", "max"):
            line = line_of(file.name, data, level, sizes)
            print(line.text(), flush=True)
            found.append(line)
    losers = [line for line in found if line.loses]
    print(f"{len(found)} compared, geometric mean {_mean(found):.4f} of the best; larger: {len(losers)}")
    print("\n".join(line.text() for line in losers))
    return int(bool(losers))


def _mean(found: Sequence[Line]) -> float:
    return statistics.geometric_mean([line.ours / max(1, line.best) for line in found]) if found else 1.0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--level", choices=LEVEL_NAMES, action="append", help="default: high and max")
    parser.add_argument("--cap", type=int, default=1 << 16, help="most KiB of a file (default 64 MiB)")
    parser.add_argument("--cache", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
