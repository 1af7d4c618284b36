"""What people and agents say stands in our output so that no line of it can be taken for one of ours."""

import pytest

from orchestrator.cli.people import waiting_text
from orchestrator.desk import Waiting
from orchestrator.state.people import Asked, Bound

FORGED = "no\n::error::forged\n  orchestrate approve x A.look \x1b[31m\r::notice::more"
ASK = {"id": "look", "agent": "ONE", "approve": {"ask": "Ship <it>?"}, "needs": []}


@pytest.fixture
def rejected(shell, monkeypatch):
    """A run with a gate that was refused in words that look like a command of a workflow; what it prints."""
    shell.plan([ASK])
    assert shell("run", "plan.yaml").returncode == 5
    run = shell.status()["run"]
    said = shell("reject", run, "A.look", "--comment", FORGED, "--as", "Ada\n::warning::forged\x1b[31m")
    assert said.returncode == 0
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    done = shell("resume", run)
    assert done.returncode == 1
    return run, [said.stdout, said.stderr, done.stdout, done.stderr]


def forged(text):
    return [
        line
        for line in text.replace("\r", "\n").splitlines()
        if line.lstrip().startswith(("::error::forged", "::warning::forged", "::notice::more", "orchestrate approve"))
    ]


def test_words_of_people_begin_no_line_and_drive_no_terminal(shell, rejected):
    run, told = rejected
    for verb in (("status", run), ("verify", run), ("report", run), ("inbox",), ("history",)):
        told.append(shell(*verb).stdout)
    for text in told:
        assert forged(text) == []
        assert "\x1b" not in text


def test_a_question_of_an_agent_looks_like_no_other_entry_of_the_inbox(shell):
    asked = Asked(True, "ONE", FORGED, "", Bound("", "p", "c", ""))
    told = waiting_text([Waiting("r", "p", "A.look", "Look", 1, asked, 0.0, over=False)], shell.folder)
    assert [line for line in forged(told) if "forged" in line or " x " in line] == []
    assert "\x1b" not in told
