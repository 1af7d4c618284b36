"""How well `orchestrate audit` reads reports that people or agents wrote: precision and recall against labels made by
hand.

    python -m benchmarks.evidence.claims FOLDER

FOLDER holds the reports; `benchmarks/evidence/audit/` has a file of labels for each, by its name. A line of labels is
`LINE: FIGURE LABEL; …`, with "*" for a statement without a figure of its own. A claim counts as right where line,
figure and label are.
"""

import argparse
import re
import time
from collections import Counter
from pathlib import Path

from orchestrator.audit.judge import NOTHING, Known, audit
from orchestrator.audit.model import Audit, Ground, Label
from orchestrator.ground import Folder

HERE = Path(__file__).with_name("audit")
LABELS = {
    "contradicted": Label.CONTRADICTED,
    "inconsistent": Label.INCONSISTENT,
    "missing": Label.MISSING,
    "estimate": Label.ESTIMATE,
    "none": Label.NONE,
    "measured": Label.MEASURED,
    "goal": Label.GOAL,
}
Labelled = Counter[tuple[int, str, Label]]


def expected(path: Path) -> Labelled:
    """What a file of labels lists."""
    found: Labelled = Counter()
    for line in path.read_text("utf-8").splitlines():
        number, _, rest = line.partition(":")
        if number.isdigit():
            for one in rest.split("; "):
                text, _, label = one.strip().rpartition(" ")
                found[int(number), _plain(text), LABELS[label]] += 1
    return found


def found_in(told: Audit) -> Labelled:
    """The same of an audit."""
    return Counter(
        (one.claim.line, _plain(one.claim.text) if one.claim.figure or one.claim.file else "*", one.label)
        for one in told.findings
    )


def _plain(text: str) -> str:
    return re.sub(r"[\s~<>]", "", text).lstrip("-+").lower()


def precision_and_recall(wanted: Labelled, got: Labelled) -> tuple[float, float]:
    """How many of the claims found are right, and how many of those that there are were found."""
    right = (wanted & got).total()
    return right / got.total(), right / wanted.total()


def read(path: Path, ground: Ground, known: Known = NOTHING) -> Labelled:
    """The claims of a report with their labels."""
    return found_in(audit(path.name, path.read_text("utf-8"), ground, known))


def main() -> None:
    """Print a line for each report, and what was not as labelled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    for labels in sorted(HERE.glob("*.labels")):
        path = folder / f"{labels.stem}.md"
        if not path.exists():
            print(f"{path}: not there")
            continue
        start = time.perf_counter()
        wanted, got = expected(labels), read(path, Folder(folder, folder))
        precision, recall = precision_and_recall(wanted, got)
        spent = 1000 * (time.perf_counter() - start)
        print(f"{path.name}: {wanted.total()} claims, precision {precision:.3f}, recall {recall:.3f}, {spent:.0f} ms")
        for line, text, label in sorted((wanted - got).elements()):
            print(f"  line {line}: {text} should be: {label}")
        for line, text, label in sorted((got - wanted).elements()):
            print(f"  line {line}: {text} is found as: {label}")


if __name__ == "__main__":
    main()
