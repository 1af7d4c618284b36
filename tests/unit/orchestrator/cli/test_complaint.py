import json

import pytest

from orchestrator.cli.complaint import complaint
from orchestrator.cli.faults import Exit, UsageError, explain
from orchestrator.plan.problem import PlanError, Problem


@pytest.mark.parametrize(
    ("message", "what", "where", "mend"),
    [
        (
            "gone.tar: there is no such bundle\n  mend: check the path",
            "there is no such bundle",
            "gone.tar",
            "check the path",
        ),
        ("--time-limit: not a duration\n  mend: as 10s", "not a duration", "--time-limit", "as 10s"),
        ("run x is not under way\n  mend: start it", "run x is not under way", "", "start it"),
        ("plan.yaml:3:1: odd", "odd", "plan.yaml:3:1", ""),
        ("interrupted", "interrupted", "", ""),
    ],
)
def test_a_message_is_taken_apart_into_what_where_and_mend(message, what, where, mend):
    told = json.loads(complaint(UsageError(message), message, 2))
    assert (told["what"], told["where"], told["mend"], told["exit_code"]) == (what, where, mend, 2)
    assert told["problems"] == [{"what": what, "where": where, "mend": mend}]


def test_every_problem_of_a_plan_is_told_and_the_first_stands_at_the_top(capsys):
    error = PlanError(
        [Problem("p.yaml", 2, 1, "two", "b"), Problem("p.yaml", 1, 5, "one\x1b[2J", "a"), Problem("q", 0, 0, "", "c")]
    )
    assert explain(error, None, as_data=True) == Exit.USAGE
    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line)
    assert told["what"] == "one\x1b[2J"
    assert [problem["where"] for problem in told["problems"]] == ["p.yaml:1:5", "p.yaml:2:1", "q"]


def test_a_defect_of_ours_is_one_object_too(tmp_path, capsys):
    assert explain(ZeroDivisionError("odd"), tmp_path, as_data=True) == Exit.DEFECT
    told = json.loads(capsys.readouterr().err)
    assert told["what"] == "internal error: ZeroDivisionError: odd"
    assert "the traceback is in" in told["mend"]
