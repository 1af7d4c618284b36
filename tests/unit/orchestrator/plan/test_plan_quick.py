import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.plan.problem import PlanError
from orchestrator.plan.quick import json_data, quick_source
from orchestrator.plan.source import read_source

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
LEAVES = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, width=32) | TEXTS
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=12
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_both_readers_find_the_same_data_in_json(data):
    text = json.dumps(data)
    quick = json_data(text)
    if quick is None:
        return
    try:
        read = read_source(text, "p.json")
    except PlanError:
        return  # libyaml does not take every escape of JSON
    if not read.problems:
        assert quick == read.data
        assert repr(quick) == repr(read.data)


@pytest.mark.parametrize(
    "text",
    ['{"a": 1, "a": 2}', '{"a": NaN}', '{"a": "\\ud800"}', '{"a": 1', "a: 1", '{"<<": 1}', "[" * 5000,
    f'{{"a": {"[" * 60 + "]" * 60}}}'],
)  # fmt: skip
def test_what_the_strict_reader_may_object_to_is_left_to_it(text):
    assert json_data(text) is None


def test_positions_are_found_when_a_problem_asks_for_them():
    source = quick_source('{\n "a": {\n  "b": 1}}', "p.json")
    assert not source.values
    assert source.place(("a", "b")) == (3, 8)
    assert source.place(("a", "b"), key=True) == (3, 3)


@pytest.mark.parametrize("number", ["3.10", "7225e10", "1.50"])
def test_a_number_in_json_that_is_not_spelled_as_it_is_written_is_left_to_the_strict_reader(number):
    source = quick_source('{"params": {"a": ' + number + "}}", "p.json")
    assert "quotes" in source.problems[0].mend


@pytest.mark.parametrize("number", ["3.1", "1e-05", "0.00001", "1e+22", "-0.5", "12"])
def test_a_number_in_json_as_python_writes_it_is_a_number(number):
    assert quick_source('{"params": {"a": ' + number + "}}", "p.json").quick
