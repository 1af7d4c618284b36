import pytest

from orchestrator.journal.condition import condition
from orchestrator.journal.lease import Lease, Owner
from orchestrator.journal.port import RunSummary


@pytest.mark.parametrize(
    ("code", "judged", "word"),
    [
        (0, True, "PASS"),
        (0, False, "no criteria"),
        (1, True, "FAIL"),
        (1, False, "FAIL"),
        (3, True, "UNPROVEN"),
        (9, True, "exit code 9"),
    ],
)
def test_a_finished_run_without_criteria_is_not_said_to_pass(code, judged, word):
    assert condition(RunSummary("r", "p", 0.0, "run_finished", code, judged), None) == word


def test_an_unfinished_run_is_running_interrupted_or_dead():
    owner = Lease("r", 1, Owner("boot", 1, 0.0), held=True)
    assert condition(RunSummary("r", "p", 0.0, "task_started", None), owner) == "running"
    assert condition(RunSummary("r", "p", 0.0, "run_interrupted", None), None) == "interrupted"
    assert condition(RunSummary("r", "p", 0.0, "run_waits", None), None) == "waits for people"
    assert condition(RunSummary("r", "p", 0.0, "task_started", None), None) == "died"
