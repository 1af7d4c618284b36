"""Files of every kind, in two halves by kind and source: `python -m benchmarks.codec.kinds OUT`.

What this machine has (`benchmarks.codec.found`) and what is made (`made_records`, `made_others`), 1 to 12 MiB each, in
OUT/tune and OUT/held-out. Settings are chosen on the first half; figures are quoted of the second alone. What is made
depends on --seed alone. --binaries makes those of `made_binaries` instead, which came later.
"""

import argparse
import random
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.codec.found import found
from benchmarks.codec.generated import Source
from benchmarks.codec.made_binaries import BINARIES
from benchmarks.codec.made_others import OTHERS
from benchmarks.codec.made_records import RECORDS, Build

MIB = 1 << 20
SIZES = (2, 5, 9)
"""MiB of what is made, by turns: of less than a block, of more than one, and of several."""


def made(seed: int, kinds: Mapping[str, tuple[str, Build]]) -> Iterator[tuple[str, str, bytes]]:
    """Half, name and bytes of each made kind."""
    for number, (name, (half, build)) in enumerate(kinds.items()):
        yield half, name, build(Source(random.Random(f"{seed} {name}")), SIZES[number % len(SIZES)] * MIB)


def main() -> None:
    """Write every file, and say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--only-made", action="store_true", help="nothing of this machine, so that the files are the same everywhere"
    )
    parser.add_argument("--binaries", action="store_true", help="arrays, sound, bitmaps, far repetitions and the like")
    arguments = parser.parse_args()
    kinds = BINARIES if arguments.binaries else RECORDS | OTHERS
    alone = arguments.only_made or arguments.binaries
    if arguments.out.exists():
        shutil.rmtree(arguments.out)
    for source in (made(arguments.seed, kinds),) if alone else (made(arguments.seed, kinds), found()):
        for half, name, data in source:
            file = arguments.out / half / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
            print(f"{half}/{name}: {len(data)} bytes", flush=True)


if __name__ == "__main__":
    main()
