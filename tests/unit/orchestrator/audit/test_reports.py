"""Reports of our own words, labelled by hand before the reader was written, through the whole audit."""

import importlib.util
from pathlib import Path

import pytest

from orchestrator.audit.judge import Known
from orchestrator.audit.model import Measured

REPORTS = Path(__file__).with_name("reports")
COMMAND = Path(__file__).parents[4] / "benchmarks" / "evidence" / "claims.py"
PRESENT = {
    "src/cache/lru.py", "tests/test_tokens.py", "encoder/fast.py", "ops/runbook.md", "reader/README.md",
}  # fmt: skip
KNOWN = Known((Measured("pack.ratio", "Size of the packed text\nPacking", 72.22, 72.0, 72.5, "%"),))


def command():
    """The module behind `python -m benchmarks.evidence.claims`, which counts the same way."""
    spec = importlib.util.spec_from_file_location("benchmark_of_claims", COMMAND)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Ground:
    """A project with a few files, and one test."""

    def has(self, path):
        return path in PRESENT

    def has_test(self, path, test):
        return (path, test) == ("tests/test_tokens.py", "test_long_lines")


@pytest.mark.parametrize(
    "name",
    [
        "completion.md",
        "pull_request.md",
        "last_message.txt",
        "nested.md",
        "release_notes.md",
        "traps.md",
        "german.md",
        "french.md",
        "badges.md",
        "arrows.md",
        "columns.md",
        "all_green.txt",
        "benchmarked.md",
        "decimal_comma.md",
        "bullets.md",
    ],
)
def test_every_claim_of_a_report_is_found_with_the_label_that_a_person_gave_it(name):
    claims = command()
    wanted = claims.expected((REPORTS / name).with_suffix(".labels"))
    got = claims.read(REPORTS / name, Ground(), KNOWN)
    precision, recall = claims.precision_and_recall(wanted, got)
    assert min(precision, recall) >= 0.95, (sorted((wanted - got).elements()), sorted((got - wanted).elements()))
