"""A target that rests on earlier runs, through the real command line: unproven until there are enough, then judged
and verified.
"""

import json

import pytest

PLAN = """\
schema: 1
id: past
title: Past
params: {n: "100"}
agents: {ME: {specialty: x, driver: command}}
workstreams:
  A:
    title: A
    lead: ME
    tasks:
      - id: t
        title: T
        command: [sh, -c, 'echo "{\\"kind\\":\\"measurement\\",\\"metric\\":\\"a.n\\",\\"unit\\":\\"MB/s\\",\\"values\\":[${n}],\\"method\\":\\"counted\\"}" >> "$ORCHESTRATE_EVIDENCE"']
        metrics: [{name: a.n, unit: MB/s, better: higher}]
    success_criteria:
      - {id: kept, title: As fast as before, metric: a.n, target: ">= 0.97 x median(last 10)"}
"""  # noqa: E501


@pytest.mark.slow
def test_ten_runs_are_unproven_and_the_eleventh_is_judged_by_them(shell):
    (shell.folder / "plan.yaml").write_text(PLAN)
    codes = [
        shell("run", "plan.yaml", "--new", "-q", "--no-page", "--executor", "inline", "--set", f"n={n}").returncode
        for n in (*(100, 101, 99, 100, 102) * 2, 98, 90)
    ]
    assert codes == [3] * 10 + [0, 1]
    [row] = json.loads(shell("report", "--json").stdout)["criteria"]
    assert row["goal"] == 97.0
    assert "the median of the last 10 runs" in row["verdict"]["detail"]
    assert json.loads(shell("verify", "--json").stdout)["ok"] is True
    assert shell("export", "-o", "run.tar").returncode == 0
    assert json.loads(shell("verify", "run.tar", "--json").stdout)["ok"] is True
