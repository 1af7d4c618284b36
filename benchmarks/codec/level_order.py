"""Whether a higher level is ever larger than a lower one: `python -m benchmarks.codec.level_order [PATH…] [--limit 4M]
[--middle] [--json FILE]`.

Each file of 64 KiB or more is encoded at every level in turn. One line for each says its sizes; behind it stands by how
much a level is larger than the smallest one below it, where that is more than `MOST_LARGER`. The exit code is 1 where
any is. Nothing is timed.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from encoder.api import encode
from encoder.cli.reporting import parse_size
from encoder.profile import LEVEL_NAMES

MOST_LARGER: Final = 0.001
SMALLEST: Final = 1 << 16


def out_of_order(sizes: Mapping[str, int]) -> dict[str, float]:
    """By level, how much larger it is than the smallest of those before it, where that is too much. Pure."""
    found: dict[str, float] = {}
    least: int | None = None
    for level, size in sizes.items():
        if least is not None and size > least * (1 + MOST_LARGER):
            found[level] = size / least - 1
        least = size if least is None else min(least, size)
    return found


def files_of(paths: list[Path]) -> Iterator[Path]:
    """Every file that is named or lies below a folder that is, large enough to be looked at."""
    for path in paths:
        below = sorted(it for it in path.rglob("*") if it.is_file()) if path.is_dir() else [path]
        yield from (file for file in below if file.stat().st_size >= SMALLEST)


def part_of(file: Path, size: int, *, middle: bool) -> bytes:
    """So many bytes of the file's beginning, or of its middle."""
    with file.open("rb") as source:
        source.seek(max(0, file.stat().st_size - size) // 2 if middle else 0)
        return source.read(size)


def main() -> None:
    """Encode, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--limit", type=parse_size, default=4 << 20, help="use the first SIZE of each file (4M)")
    parser.add_argument("--middle", action="store_true", help="use SIZE from the middle of each file instead")
    parser.add_argument("--levels", nargs="+", default=list(LEVEL_NAMES), help="from the fastest to the smallest")
    parser.add_argument("--json", type=Path, help="write the sizes here as well")
    wanted = parser.parse_args()
    told = {}
    worst = 0.0
    for file in files_of(wanted.paths):
        data = part_of(file, wanted.limit, middle=wanted.middle)
        sizes = {level: len(encode(data, level)) for level in wanted.levels}
        wrong = out_of_order(sizes)
        worst = max(worst, *wrong.values(), 0.0)
        told[str(file)] = {"raw": len(data)} | sizes
        marks = "".join(f"  {level} {more:+.2%}" for level, more in wrong.items())
        print(
            f"{str(file)[-44:]:44} {len(data):9}" + "".join(f" {size:8}" for size in sizes.values()) + marks, flush=True
        )
        if wanted.json:
            wanted.json.write_text(json.dumps(told, indent=1))
    sys.exit(worst > 0)


if __name__ == "__main__":
    main()
