"""Orchestrators are killed around claims, hand-ins and approvals: the benchmark's own series, shortened."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mcp")

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_no_claim_is_held_twice_and_no_hand_in_or_approval_is_lost_or_forged_by_kills():
    argv = [sys.executable, "-m", "benchmarks.agents.claims", "--kills", "30", "--seed", "11"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=1800, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
