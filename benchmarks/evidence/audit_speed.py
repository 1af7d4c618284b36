"""How much processor time `orchestrate audit` takes for 1 MB of Markdown, as a whole process.

    python -m benchmarks.evidence.audit_speed [FILE.md]

Three texts: what this repository documents, a completion report (FILE, or one of ours) with other figures in every
copy, and tables whose every cell is a figure. Start of Python and writing of the answer are in it.
"""

import random
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "tests/unit/orchestrator/audit/reports/completion.md"
SIZE = 1_000_000
SEED = 20261129
RUNS = 3
ROWS = 30


def filled(parts: Iterator[str]) -> str:
    """1 MB of them."""
    kept, size = list[str](), 0
    while size < SIZE:
        kept.append(next(parts))
        size += len(kept[-1].encode()) + 1
    return "\n".join(kept)


def documents() -> Iterator[str]:
    """What this repository documents, again and again."""
    paths = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    while True:
        yield from (path.read_text("utf-8") for path in paths)


def changed(text: str, rng: random.Random) -> Iterator[str]:
    """The text with other digits, as many as before."""
    while True:
        yield re.sub(r"\d", lambda _: str(rng.randrange(10)), text)


def tables(rng: random.Random) -> Iterator[str]:
    """Tables of changes with their goals."""
    while True:
        yield "\n## Module\n\n| Metric | Before | After | Change | Target | Status |\n|---|---|---|---|---|---|"
        for row in range(ROWS):
            before, after, goal = rng.uniform(10, 5000), rng.uniform(10, 5000), rng.randrange(10, 99)
            share = 100 * abs(after - before) / before
            yield f"| memory of {row} | {before:.1f} MB | {after:.1f} MB | {share:.1f}% | < {goal} MB | ✅ |"


def spent(path: Path) -> tuple[float, int]:
    """Seconds of the processor for one audit, and how many claims it told."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = subprocess.run(
        [sys.executable, "-m", "orchestrator", "audit", str(path)], capture_output=True, text=True, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, told.stdout.count("\n| ")


def main() -> None:
    """Print a line for each text: the least of some runs."""
    report = Path(sys.argv[1]) if len(sys.argv) > 1 else REPORT
    rng = random.Random(SEED)
    texts = {
        "documents": documents(),
        "report": changed(report.read_text("utf-8"), rng),
        "tables": tables(rng),
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, parts in texts.items():
            path = Path(folder, f"{name}.md")
            path.write_text(filled(parts), "utf-8")
            seconds, claims = min(spent(path) for _ in range(RUNS))
            print(f"{name}: {seconds:.2f} s of processor time for 1 MB, {claims} rows told", flush=True)


if __name__ == "__main__":
    main()
