"""Names of what packages can bring: unknown ones are problems of the plan, before anything runs."""

import json

import pytest

from orchestrator.plan.load import parse_plan
from orchestrator.plan.offered import Offered
from orchestrator.plan.problem import PlanError

OFFERED = Offered({"acp", "command"}, lambda: ("apprise", "file"))


def plan(driver="command", notify=()):
    agents = {"X": {"specialty": "S", "driver": driver}}
    task = {"id": "a", "title": "A", "command": ["true"]}
    group = {"title": "G", "lead": "X", "tasks": [task]}
    whole = {"schema": 1, "id": "p", "title": "P", "agents": agents, "workstreams": {"A": group}, "notify": notify}
    return json.dumps(whole)


def problems(text, offered=OFFERED):
    with pytest.raises(PlanError) as caught:
        parse_plan(text, "p.yaml", offered=offered)
    return [(one.what, one.mend) for one in caught.value.problems]


def test_an_unknown_driver_and_an_unknown_notifier_are_told_at_once_with_what_was_meant():
    found = problems(plan("comand", [{"to": {"from": "X"}}, {"to": {"from": "Y"}, "by": "fil"}]))

    assert [what for what, _ in found] == [
        "agents.X.driver: there is no driver 'comand'",
        "notify[1].by: there is no notifier 'fil'",
    ]
    assert [mend.partition("?")[0] for _, mend in found] == ["did you mean 'command'", "did you mean 'file'"]


def test_notifiers_are_looked_up_only_where_a_plan_tells_somebody():
    def asked():
        raise AssertionError

    assert parse_plan(plan(), "p.yaml", offered=Offered({"command"}, asked)).id == "p"


def test_nothing_is_said_of_names_where_nobody_knows_what_there_is():
    assert parse_plan(plan("comand", [{"to": {"from": "X"}, "by": "fil"}]), "p.yaml").id == "p"
