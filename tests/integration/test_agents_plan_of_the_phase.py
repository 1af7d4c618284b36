"""The founding plan's workstreams as agents' work: it is valid, and each script is one that can be played."""

from pathlib import Path

import pytest

from orchestrator.agents.script import read_script
from orchestrator.graph.load import load_plan
from orchestrator.plan.handins import briefed, instruments, joined

ROOT = Path(__file__).parents[2]
PLAN = ROOT / "plans" / "phase4a3-agents.yaml"


def test_each_of_the_four_workstreams_has_an_agents_task_and_an_instrument():
    plan = load_plan(PLAN).plan
    assert [task.split(".")[0] for task in briefed(plan)] == ["A", "B", "C", "D"]
    assert all(instruments(plan).values())
    assert joined(plan) == {"INTEGRATION.merge": ("A.pool", "B.writer", "D.detection")}


@pytest.mark.parametrize("name", ["velocity", "stream", "prism", "apex"])
def test_each_script_can_be_played(name):
    assert read_script(ROOT / "plans" / "phase4a3-agents" / f"{name}.yaml")["name"] == name
