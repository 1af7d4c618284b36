"""The encoder's own tests, run by pytest in the project and counted from the JUnit file that it writes."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from orchestrator.evidence.metric import Better, Metric
from orchestrator.runner import Runner, TaskContext
from workstreams.parameters import whole
from workstreams.streaming.suite import NoTestsError, read_junit
from workstreams.upstream import scratch

PASSING: Final = Metric(
    "validation.tests_passing", "%", Better.HIGHER, description="Tests that passed, of all that were collected"
)
FOLDERS: Final = ("tests/unit/encoder", "tests/golden")
LEFT_OUT: Final = (
    "tests/golden/test_goldens_by_the_book.py",
    "tests/unit/encoder/cli",
    "tests/unit/encoder/detect/test_boundary.py",
    "tests/unit/encoder/glyphs/test_context_sort.py",
    "tests/unit/encoder/glyphs/test_jit.py",
    "tests/unit/encoder/glyphs/test_kernel.py",
    "tests/unit/encoder/glyphs/test_json_names.py",
    "tests/unit/encoder/glyphs/test_loading.py",
    "tests/unit/encoder/glyphs/test_second_decoder.py",
    "tests/unit/encoder/mixing",
    "tests/unit/encoder/block/test_block_damage.py",
    "tests/unit/encoder/block/test_numbers.py",
    "tests/unit/encoder/block/test_several.py",
    "tests/unit/encoder/test_level_order.py",
    "tests/unit/encoder/stream/test_pool_sizing.py",
    "tests/unit/encoder/container/test_container_by_the_book.py",
    "tests/unit/encoder/stream/test_file_protocol.py",
    "tests/unit/encoder/stream/test_malloc.py",
)
"""What no workstream changes or relies on: the command line, the levels that mix, second decoders by the book, damage,
and what needs numba. The whole suite is `pytest`'s job; what is left are the tests of the pool and its pipeline, both
streams, how blocks are cut and their strategies chosen, the tokenisers, the container, and the bytes of what was
released.
"""


def command_of(folders: list[Path], project: Path, report: Path, temporary: Path) -> list[str]:
    """Pytest without anything that it would leave in the project.

    `-P`: it imports the encoder from where every other task does, not from the current folder. There the kernels are
    compiled.
    """
    options = ["-q", "-n0", "-p", "no:cacheprovider", f"--rootdir={project}", f"--basetemp={temporary / 'pytest'}"]
    options += [f"--ignore={project / name}" for name in LEFT_OUT]
    return [sys.executable, "-P", "-m", "pytest", *options, f"--junitxml={report}", *map(str, folders)]


def run_tests(context: TaskContext, folders: list[Path]) -> Path:
    """Run pytest on the folders, and leave what it printed and its report, whose path is returned.

    Raises NoTestsError if it leaves no report, and TimeoutExpired.
    """
    temporary = scratch(context)
    report = context.artifact("encoder-tests.xml", title="Encoder tests, JUnit")
    done = subprocess.run(
        command_of(folders, context.project, report, temporary),
        cwd=context.project,
        env={
            **os.environ,
            "HYPOTHESIS_STORAGE_DIRECTORY": str(temporary / "hypothesis"),
            "PYTHONPYCACHEPREFIX": os.environ.get("PYTHONPYCACHEPREFIX", str(temporary / "pycache")),
        },
        capture_output=True,
        text=True,
        errors="replace",
        timeout=whole(context.params, "timeout", 840),
        check=False,
    )
    log = context.artifact("encoder-tests.log", title="Encoder tests, output")
    log.write_text(done.stdout + done.stderr, encoding="utf-8")
    if not report.exists():
        raise NoTestsError(
            f"pytest ended with exit code {done.returncode} and no report:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )
    return report


def encoder_tests(context: TaskContext) -> None:
    """Run all except `LEFT_OUT`. A skipped test did not pass.

    Raises NoTestsError if there are none, or if pytest cannot run.
    """
    folders = [context.project / name for name in FOLDERS if (context.project / name).is_dir()]
    if len(folders) < len(FOLDERS):
        raise NoTestsError(
            f"{context.project} has not all of {', '.join(FOLDERS)}; start the run in the project's checkout"
        )
    tally = read_junit(run_tests(context, folders))
    context.note(f"{tally.passed} of {tally.tests} tests passed, {tally.failed} failed, {tally.skipped} skipped")
    context.samples(
        PASSING,
        [100 * tally.passed / tally.tests if tally.tests else 0.0],
        cases=tally.tests,
        method=f"pytest on {' and '.join(FOLDERS)} of the project, without what no workstream touches; "
        "passed over collected, a skipped test not passed",
        artifacts=["encoder-tests.xml"],
        negative=[100 * (tally.passed - 1) / tally.tests if tally.tests else 0.0],
        negative_of="the same tally with one test less passed",
    )


ENCODER_TESTS: Final = Runner("validation.encoder_tests", encoder_tests, (PASSING,), "The encoder's own tests")
