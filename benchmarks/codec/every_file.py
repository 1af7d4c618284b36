"""Every file by itself beside zstd: `python -m benchmarks.codec.every_file PATH… [--level fast] [--strong] [--json
FILE]`.

A line for each file of 1 MiB or more: our ratio, and ratio and encode speed over zstd -9's, one thread, medians of
interleaved rounds. Below stand the losers: a bar that says "every" is missed by one of them. --strong adds zstd -3,
-19, xz -9 and brotli 11 (slow), and so the bar on logs, JSON lines and CSV. Exit status 1 where a bar is missed.

    python -m benchmarks.codec.kinds kinds && python -m benchmarks.codec.every_file kinds/held-out --strong
"""

import argparse
import json
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.codec.contenders import Contender, contenders
from benchmarks.codec.samples import kind_of
from benchmarks.codec.timing import Figures, measure
from encoder.block.codec import warm
from encoder.profile import LEVEL_NAMES

LEAST: Final = 1 << 20
RIVAL: Final = "zstd -9"
STRONG: Final = "zstd -19"
SLOW: Final = ("zstd -3", "zstd -19", "xz -9e", "brotli 11")
RECORDS: Final = ("log", "jsonl", "csv")
RUNS: Final = ("zeros", "runs", "sparse")
"""What stands in the names of files of runs, which are held to a speed as such."""
LEAST_SPEED: Final = 0.5
LEAST_RATIO: Final = 1.0
RECORD_SPEED: Final = 0.8
RECORD_RATIO: Final = 1.25
RUN_SPEED: Final = 500.0


@dataclass(frozen=True, slots=True)
class Line:
    """One file. ratio, speed: ours over zstd -9's; over_strong: our ratio over zstd -19's, None where that was not
    run.
    """

    name: str
    kind: str
    size: int
    absolute: float
    ratio: float
    speed: float
    megabytes: float
    over_strong: float | None

    def text(self) -> str:
        """For people."""
        strong = "" if self.over_strong is None else f"  {self.over_strong:6.3f}"
        flags = ("" if self.speed >= LEAST_SPEED else " slow") + ("" if self.ratio >= LEAST_RATIO else " large")
        return (
            f"{self.name[:40]:40} {self.size / 1e6:7.1f} {self.absolute:9.2f}  {self.ratio:6.3f}  {self.speed:7.2f} "
            f"{self.megabytes:8.1f}{strong}{flags}"
        )


@dataclass(frozen=True, slots=True)
class Bar:
    """What is held against a target. value: the measured one; losers: files below it, of a bar on every file."""

    what: str
    value: float
    target: float
    losers: tuple[str, ...] = ()

    @property
    def met(self) -> bool:
        """Whether the target is reached."""
        return self.value >= self.target

    def text(self) -> str:
        """For people."""
        named = f"; below: {', '.join(self.losers)}" if self.losers else ""
        return f"{'met   ' if self.met else 'MISSED'} {self.what}: {self.value:.3f}, at least {self.target}{named}"


def line_of(name: str, kind: str, figures: dict[str, Figures], level: str) -> Line:
    """The line of one file, from what was measured of it."""
    ours, rival = figures[level], figures[RIVAL]
    strong = ours.ratio / figures[STRONG].ratio if STRONG in figures else None
    speed = ours.speed("encodes", "cpu")
    return Line(
        name,
        kind,
        ours.size,
        ours.ratio,
        ours.ratio / rival.ratio,
        speed / rival.speed("encodes", "cpu"),
        speed,
        strong,
    )


def bars_of(found: Sequence[Line]) -> Iterator[Bar]:
    """Each bar that there are files for."""
    yield _every("encode speed over zstd -9's, every file", found, "speed", LEAST_SPEED)
    yield _every("ratio over zstd -9's, every file", found, "ratio", LEAST_RATIO)
    runs = [line for line in found if any(word in line.name for word in RUNS)]
    if runs:
        yield _every("MB/s of runs, every file", runs, "megabytes", RUN_SPEED)
    records = [line for line in found if line.kind in RECORDS]
    strong = [line.over_strong for line in records if line.over_strong is not None]
    if strong:
        yield Bar(
            "ratio over zstd -19's, mean of logs, JSON lines and CSV", statistics.geometric_mean(strong), RECORD_RATIO
        )
        yield Bar(
            "their encode speed over zstd -9's, mean",
            statistics.geometric_mean([line.speed for line in records]),
            RECORD_SPEED,
        )


def _every(what: str, found: Sequence[Line], field: str, target: float) -> Bar:
    values = {line.name: getattr(line, field) for line in found}
    losers = sorted((value, name) for name, value in values.items() if value < target)
    return Bar(what, min(values.values()), target, tuple(f"{name} {value:.3f}" for value, name in losers))


def files_below(paths: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    """Every file named or below a folder named, of at least `LEAST` bytes, in order, and what to call it."""
    for path in paths:
        every = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
        for file in every:
            if file.stat().st_size >= LEAST:
                yield (str(file.relative_to(path)) if path.is_dir() else file.name), file


def main() -> int:
    """Measure, print a file as soon as it is done, judge; 1 where a bar is missed."""
    arguments = _arguments()
    warm()
    rivals = _rivals(arguments.level, strong=arguments.strong)
    print(
        f"{'file':40} {'MB':>7} {'ratio':>9}  {'/z9':>6}  {'speed/z9':>7} {'MB/s':>8}"
        + ("     /z19" if arguments.strong else "")
    )
    found, measured = [], {}
    for name, file in files_below(arguments.paths):
        with file.open("rb") as stream:
            data = stream.read(arguments.cap)
        figures = measure(data, rivals, arguments.rounds, arguments.budget)
        line = line_of(name, kind_of(file.name, data), figures, arguments.level)
        measured[name] = {
            rival: {
                "ratio": each.ratio,
                "encode MB/s": each.speed("encodes", "cpu"),
                "decode MB/s": each.speed("decodes", "cpu"),
            }
            for rival, each in figures.items()
        }
        print(line.text(), flush=True)
        found.append(line)
    if not found:
        print("no file of 1 MiB or more")
        return 1
    bars = list(bars_of(found))
    print("\n".join(bar.text() for bar in bars))
    if arguments.json:
        arguments.json.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    return int(not all(bar.met for bar in bars))


def _rivals(level: str, *, strong: bool) -> list[Contender]:
    every = {one.name: one for one in contenders((level,))}
    return [every[name] for name in (level, RIVAL, *(SLOW if strong else ()))]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--level", choices=LEVEL_NAMES, default="fast")
    parser.add_argument("--strong", action="store_true")
    parser.add_argument("--cap", type=int, default=1 << 26, help="most bytes of a file (default 64 MiB)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--budget", type=float, default=1.0, help="seconds after which a contender needs no further round"
    )
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
