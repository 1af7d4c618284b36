"""The series of benchmarks/agents can be started: what they take from the product is there."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "benchmarks/agents").glob("*.py")))
def test_a_series_says_what_it_does(name):
    said = subprocess.run([sys.executable, "-m", f"benchmarks.agents.{name}", "--help"], cwd=ROOT, capture_output=True, text=True, check=False)  # fmt: skip
    assert (said.returncode, said.stderr) == (0, "")
    assert "usage:" in said.stdout
