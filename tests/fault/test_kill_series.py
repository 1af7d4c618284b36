"""The series of real kills that `python -m benchmarks.engine.kills` makes: a short one here, the whole one among
the slow tests.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATH = os.pathsep.join(filter(None, (*sys.path, str(ROOT))))


def series(*options, timeout):
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.engine.kills", *options],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": PATH}, capture_output=True, text=True, timeout=timeout, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [
        tuple(map(int, re.findall(r"(\d+) (?:rounds|tasks were done|ran again)", line)))
        for line in done.stdout.splitlines()
    ]


def test_a_kill_at_every_boundary_and_at_some_moments_loses_nothing_and_repeats_nothing():
    every, random = series("--moments", "15", "--processes", "0", timeout=600)
    assert every[0] > 10
    assert random[0] == 15
    for _, finished, again in (every, random):
        assert finished > 0
        assert again == 0


@pytest.mark.slow
def test_a_thousand_kills_lose_nothing_and_repeat_nothing():
    told = series(timeout=3600)
    assert sum(rounds for rounds, _, _ in told) > 1000
    assert all(again == 0 for _, _, again in told)
