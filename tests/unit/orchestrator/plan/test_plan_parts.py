"""The parts of a plan, without pydantic, are what its models of the same declarations make of the same data."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from orchestrator.plan.checked import checked, twin_of
from orchestrator.plan.load import source_of
from orchestrator.plan.model import Agent, Approval, Budget, Criterion, Notify, Plan, Retries, Task

ROOT = Path(__file__).parents[4]
PLANS = sorted(
    path
    for folder in ("plans", "docs", "orchestrator/scaffold")
    for path in (ROOT / folder).rglob("*.yaml")
    if path.read_text().startswith("schema:") or "\nschema: 1" in path.read_text()
)
WAYS = ({}, {"by_alias": True}, {"exclude_none": True}, {"exclude_defaults": True, "by_alias": True})
TASK = {
    "id": "t", "title": "T", "command": ["a", "b"], "with": {"n": 1, "x": [1.5, "a", True]}, "timeout": "5m",
    "env": {"A": "b", "S": {"from": "SECRET"}}, "matrix": {"m": [1, "2"]}, "budget": {"cost": "2 USD", "tokens": "2k"},
    "metrics": [{"name": "m", "unit": "B", "better": "lower", "form": "samples"}], "retries": {"max": 2, "delay": "1s"},
    "approve": {"ask": "Is it?", "within": "2d"}, "if": False, "needs": ["s"], "resources": {"cpu": 2},
}  # fmt: skip
CRITERION = {"id": "c", "title": "C", "metric": "m", "target": ">= 25 %", "tolerance": 0.5, "from": "A.t"}
AGENT = {"specialty": "x", "driver": "acp", "from": "a.md", "home": {".x/y": "z"}, "silent": "90s"}
PARTS = ((Task, TASK), (Criterion, CRITERION), (Agent, AGENT), (Notify, {"to": {"from": "URL"}, "about": ["waits"]}))


def data_of(path):
    return source_of(path.read_text(), path.name).data


def as_told(part):
    return [json.dumps(part.model_dump(mode="json", **way)) for way in WAYS] + [str(part.model_dump())]


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.name)
def test_a_plan_is_the_same_with_pydantic_and_without(path):
    data = data_of(path)
    theirs = twin_of(Plan).model_validate(data)
    ours = Plan.read_plainly(data)
    assert ours == checked(Plan, data)
    assert repr(ours) == repr(theirs)
    assert as_told(ours) == as_told(theirs)


@pytest.mark.parametrize(("kind", "data"), PARTS)
def test_a_part_is_the_same_with_pydantic_and_without(kind, data):
    ours, theirs = kind.read_plainly(data), twin_of(kind).model_validate(data)
    assert repr(ours) == repr(theirs)
    assert as_told(ours) == as_told(theirs)
    assert as_told(ours.model_copy(update={"title": "other"} if kind is Task else {})) != as_told(theirs) or (
        kind is not Task
    )


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2000) | st.floats() | st.sampled_from(
        ["", "1", "a", "a-b.c", "5m", "0.001s", "20 USD", "2k", ">= 25 %", "== 0 1", "acp", "samples", "waits", "a\n"]
    ),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["from", "from_", "a", "max"]), inner),
    max_leaves=4,
)  # fmt: skip


@given(st.sampled_from(PARTS), st.data())
def test_any_value_of_any_field_is_read_as_pydantic_reads_it(part, drawn):
    kind, data = part
    field = kind.model_fields[drawn.draw(st.sampled_from(sorted(kind.model_fields)))]
    names = {each.alias or name for name, each in kind.model_fields.items() if each is field}
    data = data | dict.fromkeys(names, drawn.draw(VALUES))
    assert outcome_of(kind, data) == outcome_of(twin_of(kind), data)


def outcome_of(kind, data):
    """What it is read as, or what is said of it."""
    try:
        read = kind.model_validate(data)
    except ValidationError as refused:
        return str(refused)
    return repr(read), as_told(read)


def test_what_can_be_converted_is_converted_as_pydantic_does():
    assert Retries.model_validate({"max": "3"}).max == 3
    assert Criterion(**CRITERION | {"samples": 5.0}).samples == 5


def test_a_part_may_hold_parts_that_are_made_already():
    task = Task(id="t", title="T", budget=Budget(turns="3"), approve=Approval(ask="?"), retries={"max": 1})
    assert (task.budget.turns, task.approve.ask, task.retries.max) == (3, "?", 1)


def test_a_part_cannot_be_changed():
    with pytest.raises(AttributeError, match="cannot assign to 'turns'"):
        Budget().turns = 3
    with pytest.raises(AttributeError):
        del Budget().turns


def test_a_field_by_its_key_and_its_name_is_refused():
    with pytest.raises(ValidationError):
        Criterion.model_validate(CRITERION | {"from_": "A.u"})


def test_equal_parts_are_one_key_and_others_are_not():
    assert len({Budget(), Budget(turns=None), Budget(turns=2)}) == 2
    assert Budget() != Retries()
