"""Why a task failed is told at once and once, wherever a run is looked at."""

import pytest

BAD = {
    "id": "bad",
    "command": ["sh", "-c", "echo progress; echo 'no luck today' >&2; exit 3"],
    "retries": {"max": 2, "delay": "10ms"},
}
MUTE = {"id": "mute", "needs": [], "command": ["sh", "-c", "echo 'three tests failed'; exit 1"]}


@pytest.fixture(scope="module")
def failed(shell_in, tmp_path_factory):
    shell = shell_in(tmp_path_factory.mktemp("failed"))
    shell.plan([BAD, {"id": "after", "command": ["true"]}, MUTE])
    return shell, shell("run", "plan.yaml", "--junit", "verdicts.xml")


def test_the_last_lines_of_a_failed_task_stand_once_in_the_terminal_and_its_retries_are_folded(failed):
    _, done = failed
    assert (done.stdout + done.stderr).count("no luck today") == 1
    assert done.stdout.count("three tests failed") == 1
    assert (
        "failed  A.bad: 3 attempts, same error: exit: 'sh' ended with exit code 3\n        | no luck today"
        in done.stdout
    )


@pytest.mark.parametrize("kind", ["markdown", "html", "json"])
def test_the_last_lines_of_a_failed_task_stand_once_in_every_report(failed, kind):
    shell, _ = failed
    text = shell("report", "-f", kind).stdout
    assert text.count("no luck today") == text.count("three tests failed") == 1
    assert "3 attempts, same error" in text


def test_junit_and_status_say_it_too(failed):
    shell, _ = failed
    junit = (shell.folder / "verdicts.xml").read_text()
    assert junit.count("no luck today") == junit.count("three tests failed") == 1
    status = shell("status").stdout
    assert status.count("no luck today") == status.count("three tests failed") == 1
    assert status.index("A.bad") < status.index("A.after")
    (task,) = (one for one in shell.status()["tasks"] if one["id"] == "A.bad")
    failure = task["failures"][-1]
    assert (failure["stream"], failure["printed"]) == ("stderr", ["no luck today"])
