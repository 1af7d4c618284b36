"""A few files of each ending that this machine has, by chance: `python -m benchmarks.codec.by_ending OUT [--root /]
[--seed N]`.

Files of 60,000 bytes to 5 MiB, one of each ending, two of those that are often there, four of the `MANY`. At most --cap
bytes of each are copied. What is found depends on the machine; nothing is looked at before. Then: `python -m
benchmarks.codec.best_of_three OUT`.
"""

import argparse
import os
import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

LEAST: Final = 60_000
MOST: Final = 5 << 20
OFTEN: Final = 20
LONGEST_ENDING: Final = 8
MANY: Final = frozenset({"", "so", "a", "jar", "pyc", "html", "json", "js", "dat", "txt", "0", "1"})
SKIPPED: Final = ("proc", "sys", "tmp", "dev")
"""Folders below the root whose files are not this machine's own."""


def endings(root: Path) -> dict[str, list[Path]]:
    """The files by what stands behind the last point of their names, in order."""
    found: dict[str, list[Path]] = defaultdict(list)
    for file in _files(root):
        ending = file.suffix[1:].lower()
        if len(ending) <= LONGEST_ENDING:
            found[ending].append(file)
    return {ending: sorted(files) for ending, files in sorted(found.items())}


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        if Path(folder) == root:
            folders[:] = [name for name in folders if name not in SKIPPED]
        for name in names:
            file = Path(folder, name)
            if file.is_file() and not file.is_symlink() and LEAST <= file.stat().st_size <= MOST:
                yield file


def main() -> None:
    """Copy them, and say which."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--root", type=Path, default=Path("/"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cap", type=int, default=1 << 20, help="most bytes of each (default 1 MiB)")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True)
    chance = random.Random(arguments.seed)
    for ending, files in endings(arguments.root).items():
        count = 4 if ending in MANY else 2 if len(files) > OFTEN else 1
        for number, file in enumerate(chance.sample(files, min(count, len(files)))):
            with file.open("rb") as stream:
                (arguments.out / f"{ending or 'none'}-{number}-{file.name[:30]}").write_bytes(
                    stream.read(arguments.cap)
                )
            print(file, flush=True)


if __name__ == "__main__":
    main()
