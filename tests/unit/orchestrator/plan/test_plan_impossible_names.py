"""Names that no program can be given and no file can have are problems of the plan: nothing runs before they are
mended.
"""

import json

import pytest

from orchestrator.plan.load import parse_plan
from orchestrator.plan.problem import PlanError


def told(task=(), group=(), plan=()):
    """What is wrong with a plan of one task."""
    one = {"id": "a", "title": "a", "command": ["true"], **dict(task)}
    work = {"title": "A", "lead": "ME", "tasks": [one], **dict(group)}
    whole = {"schema": 1, "id": "p", "title": "p", "agents": {"ME": {"specialty": "x"}}, "workstreams": {"A": work}}
    with pytest.raises(PlanError) as caught:
        parse_plan(json.dumps({**whole, **dict(plan)}), "p.json", {})
    return [problem.what for problem in caught.value.problems]


@pytest.mark.parametrize("name", ["A=B", "=", "", "A\0B"])
@pytest.mark.parametrize("place", ["task", "plan"])
def test_a_name_that_no_variable_can_have_is_refused(name, place):
    (said,) = told(**{place: {"env": {name: "x"}}})
    assert "cannot be the name of a variable" in said


def test_a_nul_is_refused_in_a_value_and_in_an_argument():
    assert "no variable can" in told({"env": {"A": "x\0"}})[0]
    assert "no argument can" in told({"command": ["echo", "x\0"]})[0]


@pytest.mark.parametrize("name", ["", "/etc/passwd", "../x", "a/../../x", "a\nb", "a\x1bb", "a\u202eb"])
def test_an_artifact_that_could_never_be_left_behind_is_refused(name):
    promised = {"deliverables": [{"title": "x", "artifact": name, "from": "a"}]}
    for (said,) in (told({"artifacts": [name]}), told(group=promised)):
        assert "is not a file in the attempt's folder" in said or "is not shown" in said
