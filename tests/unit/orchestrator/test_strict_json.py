"""Strict JSON: whatever says a thing twice is refused, at any depth, and nothing but its own error leaves the
reader.
"""

import json
import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.strict_json import StrictJsonError, read_json

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"values": [900], "values": [1]}', "'values' stands twice"),
        ('{"a": {"b": [{"c": 1, "c": 1}]}}', "'c' stands twice"),
        ('{"a": 1, "\\u0061": 2}', "'a' stands twice"),
        ('{"a": 1, "a": 2, "a": 3}', "'a' stands 3 times"),
        ("{" + '"' + "k" * 5000 + '": 1, "' + "k" * 5000 + '": 2}', "…' stands twice"),
        ("[" * 100_000, "nested too deeply"),
        ("9" * 5000, "not JSON"),
        ("{", "not JSON"),
        (b"\xff", "not JSON"),
        ("", "not JSON"),
    ],
)
def test_what_says_a_thing_twice_or_is_no_json_is_refused_in_one_line(text: str | bytes, told: str) -> None:
    with pytest.raises(StrictJsonError, match=told) as caught:
        read_json(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


@given(plain)
def test_whatever_python_writes_is_read_as_it_was(value: object) -> None:
    assert read_json(json.dumps(value)) == value
    assert read_json(json.dumps(value).encode()) == value


def test_a_number_that_is_none_is_read_so_that_the_judge_can_say_so() -> None:
    assert math.isnan(read_json('{"v": NaN}')["v"])


@given(st.binary(max_size=64))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    with suppress(StrictJsonError):
        read_json(data)
