"""The founding plan's runners name files of this project; a file that moves takes its name along."""

from pathlib import Path

from workstreams.streaming.suite import PATTERNS
from workstreams.validation.suite import FOLDERS, LEFT_OUT

ROOT = Path(__file__).parents[3]


def test_every_file_of_tests_that_a_runner_names_is_there():
    assert [name for name in (*FOLDERS, *LEFT_OUT) if not (ROOT / name).exists()] == []
    assert [pattern for pattern in PATTERNS if not list(ROOT.glob(pattern))] == []
