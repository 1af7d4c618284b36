"""The demonstration of agents: who is honest passes; who only talks or edits the benchmark does not."""

import json
import shutil
import sys
from pathlib import Path

import pytest

pytest.importorskip("acp")
ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed")
def test_claims_stand_beside_what_was_measured_and_two_hand_ins_that_clash_are_joined(shell):
    shutil.copytree(ROOT / "plans/examples", shell.folder / "plans/examples")
    shell.env["PATH"] = f"{Path(sys.executable).parent}:{shell.env['PATH']}"
    done = shell("run", "-q", "plans/examples/agents.yaml")
    assert done.returncode == 1, done.stderr
    report = json.loads(shell("report", "--json").stdout)
    outcomes = {each["id"]: each["verdict"]["outcome"] for each in report["criteria"]}
    assert outcomes == {"PACK.small": "PASS", "SLOW.small": "UNPROVEN", "OTHER.small": "UNPROVEN"}
    rounds = [(each["task"], each["round"]["passed"], each["round"]["why"]) for each in report["rounds"]]
    assert [passed for task, passed, _ in rounds if task == "PACK.write"] == [False, True]
    assert any("nothing was handed in" in why for task, _, why in rounds if task == "SLOW.write")
    assert any("bench/measure.py" in why for task, _, why in rounds if task == "OTHER.write")
    assert any("it clashes" in why for task, _, why in rounds if task == "NOTES.green")
    joined = [each["joined"]["task"] for each in report["joined"] if each["joined"]["commit"]]
    assert joined == ["PACK.write", "NOTES.red", "NOTES.green"]
    claims = [(each["agent"], each["standing"]) for each in report["claims"]]
    assert {("BOASTER", "not measured"), ("CHEATER", "not measured")} <= set(claims)
