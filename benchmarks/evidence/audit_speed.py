"""How much processor time `orchestrate audit` takes for 1 MB of Markdown, as a whole process.

    python -m benchmarks.evidence.audit_speed [FILE.md]

Texts that people write: what this repository documents, a completion report (FILE, or one of ours) with other figures
in every copy, and tables whose every cell is a figure. Then shapes that nobody writes, which ask for the most. Start of
Python and writing of the answer are in it. Each shape is read twice, whole and a quarter of it: where time grows with
the length alone, the whole takes four times as long or less.
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
START = 0.2
"""Seconds that the program takes to start, roughly, which do not grow."""
RUNS = 3
ROWS = 30
SHAPES = {
    "sentences on one line": "the cache holds 49.6 % of the pages, ",
    "changes on one line": "from 5 MB to 4 MB, 20% less ",
    "changes, a line each": "from 5 MB to 4 MB, 20% less\n",
    "digits": "9",
    "numbers on one line": "7 ",
    "numbers without units, a line each": "12 345.6 78\n",
    "percentages on one line": "5% ",
    "percentages, a line each": "5%\n",
    "percent signs": "%",
    "pipes": "|",
    "pipes, a line each": "|||\n",
    "backticks": "`",
    "code": "`a1` ",
    "nested signs": "- - - x\n",
    "check marks": "\u2705",
    "check marks, a line each": "\u2705 done\n",
    "goals, a line each": "5 ms (target < 4 ms) \u2705\n",
    "words for numbers": "zero errors ",
    "paths": "src/a/b.py\n",
    "headings": "# 5 % estimated\n",
    "blank lines": "\n",
    "no Latin letters": "\u6570\u636e 5 MB ",
}


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


def shapes(rng: random.Random) -> Iterator[tuple[str, str]]:
    """Each shape as 1 MB of text."""
    for name, piece in SHAPES.items():
        yield name, piece * (SIZE // len(piece.encode()))
    items = (f"{'  ' * (place % 40)}- item of {rng.randrange(99)} MB" for place in range(SIZE))
    yield "nested lists", filled(items)
    head = "| a | b | c | d |\n|---|---|---|---|"
    rows = (f"| {place} | {rng.randrange(999)} MB | {rng.randrange(99)}% | {place} ms |" for place in range(SIZE))
    yield "one table", f"{head}\n{filled(rows)}"
    yield "a number, a line each", filled(str(rng.randrange(10**6)) for _ in range(SIZE))


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
        path = Path(folder, "text.md")
        for name, parts in texts.items():
            path.write_text(filled(parts), "utf-8")
            seconds, claims = min(spent(path) for _ in range(RUNS))
            print(f"{name}: {seconds:.2f} s of processor time for 1 MB, {claims} rows told", flush=True)
        for name, text in shapes(rng):
            path.write_text(text, "utf-8")
            seconds, claims = spent(path)
            path.write_text(text[: len(text) // 4], "utf-8")
            part, _ = spent(path)
            grown = (seconds - START) / max(part - START, 0.01)
            print(f"{name}: {seconds:.2f} s, {claims} rows told, {grown:.1f} times a quarter of it", flush=True)


if __name__ == "__main__":
    main()
