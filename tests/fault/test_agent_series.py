"""The series of kills and of merges that `python -m benchmarks.agents.kills` and `... .merges` play: short ones,
among the slow tests.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("acp")
ROOT = Path(__file__).parents[2]
PATH = os.pathsep.join(filter(None, (*sys.path, str(ROOT))))


def series(name, *options):
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.agents.{name}", *options],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": PATH}, capture_output=True, text=True, timeout=1800, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed")
def test_kills_of_three_rounds_lose_nothing_repeat_nothing_and_leave_nothing():
    assert "10 runs" in series("kills", "--moments", "10", "--step", "4")


@pytest.mark.slow
def test_random_schedules_of_the_merge_queue_make_no_false_merge_and_lose_no_commit():
    assert series("merges", "--schedules", "15").startswith("15 schedules")
