"""What is read without pydantic is what pydantic reads; the rest is left to it."""

import math
from enum import StrEnum
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from orchestrator.evidence.packed import Numbers
from orchestrator.plan.values import ParamValue
from orchestrator.records import dataclass
from orchestrator.typed import NotPlainError, reader_of


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float = 0.0
    kind: Literal["point"] = "point"


@dataclass(frozen=True, slots=True)
class Line:
    start: Point
    many: tuple[Point, ...] = ()
    colour: Colour | None = None
    kind: Literal["line"] = "line"


KINDS = (
    str,
    int,
    float,
    bool,
    Colour,
    Point,
    Line,
    Numbers,
    ParamValue,
    Point | Line,
    Colour | str,
    int | None,
    float | None,
    str | int | float | bool,
    Literal["one", 2],
    tuple[int, ...],
    tuple[str, float],
    list[str],
    dict[str, str],
    dict[str, tuple[float, ...]],
    Annotated[int, "said"],
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.integers()
    | st.floats()
    | st.sampled_from(["red", "one", "", "\ud800", "\u2192", "point"])
    | st.sampled_from([Colour.RED, Point(1.0), 2.0, -0.0, 1 << 60])
)
NAMES = st.sampled_from(["x", "y", "kind", "start", "many", "colour", "other"])
DATA = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple) | st.dictionaries(NAMES, inner),
    max_leaves=8,
)
ADAPTERS = {str(kind): TypeAdapter(kind) for kind in KINDS}


@given(st.sampled_from(KINDS), DATA)
def test_what_is_read_plainly_pydantic_reads_as_the_same(kind, data):
    try:
        read = reader_of(kind)(data)
    except ValueError:
        return
    assert repr(read) == repr(ADAPTERS[str(kind)].validate_python(data))  # repr tells 5 from 5.0, and knows NaN


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (Line, {"start": {"x": 1.0, "y": 2}, "many": [{"x": 0.5}], "colour": "red", "later": "unknown"}),
        (Point | Line, {"start": {"x": 1.0}}),
        (Colour | str, "red"),
        (Numbers, [1.0, math.inf]),
        (ParamValue, [1, "a", True]),
        (dict[str, tuple[float, ...]], {"a": [1, 2.5]}),
    ],
)
def test_what_is_plain_is_read_without_pydantic(kind, data):
    assert repr(reader_of(kind)(data)) == repr(ADAPTERS[str(kind)].validate_python(data))


@pytest.mark.parametrize(
    ("kind", "data"),
    [(int, "5"), (int, 5.0), (int, True), (str, 5), (Point, {"y": 1.0}), (float, 1 << 60), (str, "\ud800")],
)
def test_what_would_have_to_be_converted_or_refused_is_left_to_pydantic(kind, data):
    with pytest.raises((NotPlainError, UnicodeError)):
        reader_of(kind)(data)
