"""People's answers over the real command line, with nobody at the run and with a run that is under way."""

import json

import pytest

ASK = {"id": "look", "agent": "ONE", "approve": {"ask": "Ship <it>?"}, "needs": []}
SLOW = {"id": "slow", "command": ["sh", "-c", "until [ -e ${project}/go ]; do sleep 0.05; done"], "needs": []}
AFTER = {"id": "after", "command": ["true"], "needs": ["look"]}


@pytest.fixture
def waiting(shell):
    """A run that waits for a yes; its id."""
    shell.plan([ASK, AFTER])
    done = shell("run", "plan.yaml")
    assert done.returncode == 5, done.stderr
    run = shell.status()["run"]
    assert f"orchestrate approve {run} A.look" in done.stderr
    return run


def test_a_run_that_waits_says_by_which_command_it_goes_on_and_that_does(shell, waiting):
    assert shell.status()["condition"] == "waits for people"
    (asked,) = json.loads(shell("inbox", "--json").stdout)
    assert asked["commands"][0] == f"orchestrate approve {waiting} A.look"
    said = shell("approve", waiting, "A.look", "--as", "Ada", "--comment", "Fine.", "--json")
    given = json.loads(said.stdout)
    assert (given["word"], given["by"], given["channel"], given["under_way"]) == ("approved", "Ada", "cli", False)
    assert shell("resume").returncode == 0
    assert shell.status()["answers"]["A.look"][0]["comment"] == "Fine."


def test_a_run_that_is_resumed_without_an_answer_waits_on(shell, waiting):
    assert shell("resume").returncode == 5
    refused = shell("done", waiting, "A.look", "--json")
    assert (refused.returncode, "approve or reject it" in refused.stderr) == (2, True)


def test_an_answer_to_a_run_that_is_under_way_is_heard_by_it(shell, kit):
    shell.plan([ASK, SLOW, AFTER])
    process = shell.start("run", "plan.yaml")
    kit.wait_until(lambda: "Ship" in shell("inbox").stdout)
    run = shell.status()["run"]
    said = shell("approve", run, "A.look", "--json")
    assert json.loads(said.stdout)["under_way"] is True
    kit.wait_until(lambda: {task["id"]: task["status"] for task in shell.status()["tasks"]}["A.after"] == "succeeded")
    (shell.folder / "go").touch()
    assert process.wait(timeout=120) == 0
