"""Orchestrators are killed around claims, hand-ins and approvals: the benchmark's own series, shortened."""

import pytest

pytest.importorskip("mcp")

from benchmarks.agents import claims


@pytest.mark.slow
def test_no_claim_is_held_twice_and_no_hand_in_or_approval_is_lost_or_forged_by_kills(capfd):
    assert claims.main(["--kills", "30", "--seed", "11"]) == 0, capfd.readouterr().out
