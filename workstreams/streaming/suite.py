"""B.integration-tests: the project's own tests of the streaming encoder, run by pytest and counted from its JUnit
file.
"""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from orchestrator.runner import TaskContext
from workstreams.streaming.metrics import TEST_FAILURES

PATTERNS: Final = (
    "tests/unit/encoder/stream/test_encoder.py",
    "tests/unit/encoder/stream/test_decoder.py",
    "tests/unit/encoder/stream/test_pool.py",
    "tests/unit/encoder/stream/test_pipeline.py",
    "tests/property/test_stream_roundtrip.py",
)


class NoTestsError(RuntimeError):
    """The project has none of the tests that this task runs; start the run in the project's checkout."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Test cases of one run of pytest."""

    tests: int
    failed: int
    skipped: int

    @property
    def passed(self) -> int:
        """Neither failed nor skipped."""
        return self.tests - self.failed - self.skipped


def integration_tests(ctx: TaskContext) -> None:
    """Run them. A test that fails or is skipped counts as a failure here, and the task itself succeeds."""
    files = find(ctx.project)
    if not files:
        raise NoTestsError(
            f"no file of {', '.join(PATTERNS)} in {ctx.project}; start the run in the project's checkout"
        )
    report = ctx.artifact("junit.xml", title="Integration tests")
    output = run(files, report, ctx)
    ctx.artifact("pytest.log", title="Integration tests, output").write_text(output, encoding="utf-8")
    tally = read_junit(report)
    ctx.samples(
        TEST_FAILURES,
        [tally.failed + tally.skipped],
        method=f"pytest over {len(files)} files of the project's tests of streams, pool and pipeline",
        cases=tally.tests,
        artifacts=["junit.xml"],
        negative=[planted_failures(ctx)],
        negative_of="a test that fails beside one that passes",
    )
    ctx.note(f"{tally.passed} of {tally.tests} tests passed")


def planted_failures(ctx: TaskContext) -> int:
    """How many failures the same run of pytest counts if one is planted."""
    folder = ctx.folder / "tmp" / "planted"
    folder.mkdir(parents=True, exist_ok=True)
    test = folder / "test_planted.py"
    test.write_text("def test_passes():\n    pass\n\n\ndef test_fails():\n    raise ValueError\n", encoding="utf-8")
    run([test], folder / "planted.xml", ctx)
    tally = read_junit(folder / "planted.xml")
    return tally.failed + tally.skipped


def find(project: Path) -> list[Path]:
    """The existing test files."""
    return sorted(path for pattern in PATTERNS for path in project.glob(pattern))


def run(files: list[Path], report: Path, ctx: TaskContext) -> str:
    """What pytest wrote. Raises NoTestsError when it could not even run."""
    options = ["-q", "-p", "no:cacheprovider", "-o", "addopts=--import-mode=importlib", f"--junitxml={report}"]
    folders = [f"--rootdir={ctx.project}", f"--basetemp={ctx.folder / 'tmp' / 'pytest'}"]
    command = [sys.executable, "-P", "-m", "pytest", *options, *folders, *map(str, files)]
    done = subprocess.run(command, cwd=ctx.project, capture_output=True, text=True, errors="replace", check=False)
    if not report.exists():
        raise NoTestsError(
            f"pytest ended with exit code {done.returncode} and no report:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )
    return done.stdout + done.stderr


def read_junit(report: Path) -> Tally:
    """The sums over its suites."""
    suites = ET.parse(report).getroot().iter("testsuite")  # noqa: S314 - written by our own pytest
    counts = [[int(suite.get(key, "0")) for key in ("tests", "failures", "errors", "skipped")] for suite in suites]
    tests, failures, errors, skipped = (sum(column) for column in zip(*counts, strict=True)) if counts else (0, 0, 0, 0)
    return Tally(tests, failures + errors, skipped)
