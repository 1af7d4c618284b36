"""Who stops a run because its figure looks bad does not get rid of the figure; who stops an honest one loses
nothing.
"""

import json
import signal

import pytest


def plan(shell, kit, first):
    """A task that measures `first` in its first attempt, which does not end by itself, and 12 later."""
    line = '{"kind": "measurement", "metric": "m.count", "unit": "cases", "values": [%s]}'
    script = (
        f'if [ $(basename "$PWD") = 1 ]; then echo \'{line % first}\' >> "$ORCHESTRATE_EVIDENCE"; touch ../wrote; '
        f"sleep 60; "
        f"else echo '{line % '12'}' >> \"$ORCHESTRATE_EVIDENCE\"; fi"
    )
    metrics = [{"name": "m.count", "unit": "cases", "better": "higher"}]
    return shell.plan(
        [{"id": "count", "command": ["sh", "-c", script], "metrics": metrics}], [kit.criterion(">= 10 cases")]
    )


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT])
@pytest.mark.parametrize(("first", "ends"), [("4", (3, "UNPROVEN")), ("12", (0, "PASS"))])
def test_what_a_stopped_attempt_had_measured_stands_beside_the_verdict(shell, kit, sign, first, ends):
    code, outcome = ends
    plan(shell, kit, first)
    stopped = shell.start("run", "-q", "--no-page", "plan.yaml")
    kit.wait_until(lambda: any(shell.folder.glob(".orchestrate/under-way/*/A.count.*/wrote")))
    stopped.send_signal(sign)
    stopped.wait(timeout=60)
    done = shell("run", "-q", "--no-page", "plan.yaml")
    assert done.returncode == code, done.stdout + done.stderr
    (verdict,) = shell.status()["verdicts"]
    assert verdict["outcome"] == outcome
    assert [(each["attempt"], each["value"], each["ignored"]) for each in verdict["draws"]] == [(1, float(first), "")]
    checked = json.loads(shell("verify", "--json").stdout)
    assert (checked["ok"], checked["exit_code"]) == (True, code)
