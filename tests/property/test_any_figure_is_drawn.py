"""Whatever figures a run comes to, every chart ends: it is drawn, or says in its place why not."""

import math
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator import charts
from orchestrator.axes import axis_over
from orchestrator.cli.metric_history import plotted
from orchestrator.report.history import MetricPoint

ODD = st.sampled_from(
    [0.0, -0.0, 5e-324, 1e-320, 1e-300, 9e-3, 1.0, 1e16, 1e300, 1.7e308, -1.7e308, math.nan, math.inf, -math.inf]
)
ANY = st.floats() | ODD
BESIDE = st.builds(
    lambda value, steps: value + steps * math.ulp(value), st.sampled_from([9e-3, 1.0, 1e9, 1e-9]), st.integers(-2, 2)
)
FIGURES = st.lists(ANY, min_size=1, max_size=9) | st.lists(BESIDE, min_size=1, max_size=9)
PAIRS = FIGURES.map(lambda values: list(zip(values, reversed(values), strict=True)))
NAMES = st.text(max_size=8)
FEW = settings(max_examples=25)


def whole(svg):
    """It is one element of XML that names no place outside it."""
    assert ET.fromstring(svg).tag.endswith("svg")
    assert "nan" not in svg.replace("nance", "")


@FEW
@given(st.dictionaries(NAMES, PAIRS, max_size=30), st.booleans())
def test_any_scatter_is_drawn(series, joined):
    whole(charts.scatter("title", series, "x", "y", joined=joined))


@FEW
@given(st.lists(FIGURES, min_size=1, max_size=9))
def test_any_bars_are_drawn(series):
    labels = [f"label {number}" for number in range(max(map(len, series)))]
    whole(charts.bars("title", labels, {f"s{number}": values for number, values in enumerate(series)}, "s"))


@FEW
@given(st.lists(st.tuples(NAMES, ANY, ANY, st.integers(0, 30)), max_size=12))
def test_any_course_of_a_run_is_drawn(rows):
    whole(charts.spans("title", rows, "s"))


@FEW
@given(FIGURES, ANY | BESIDE, st.dictionaries(NAMES, st.tuples(ANY, ANY), max_size=3))
def test_any_samples_are_drawn_beside_any_target(values, target, intervals):
    whole(charts.distribution("title", "s", list(enumerate(values, 1)), target, intervals))


@FEW
@given(PAIRS, PAIRS, NAMES)
def test_any_line_is_drawn_through_any_points(points, line, unit):
    whole(charts.fitted("title", points, line, (unit, unit)))


@FEW
@given(FIGURES, FIGURES)
def test_any_history_of_a_metric_is_plotted(values, widths):
    points = [
        MetricPoint(f"r-{number}", None, "A.x", value, value - abs(width), value + abs(width), "ms", 3, ())
        for number, (value, width) in enumerate(zip(values, widths, strict=False))
    ]
    assert plotted(points, "m.time")


@given(FIGURES)
def test_an_axis_is_wide_enough_to_count_along_and_holds_every_figure(values):
    axis = axis_over(values)
    most = max(abs(axis.low), abs(axis.high))
    assert most < 1e13
    assert axis.high - axis.low >= most * 0.9e-6
    for value in filter(math.isfinite, values):
        assert axis.low <= axis.at(value) <= axis.high


@pytest.mark.parametrize("count", [6, 7, 8, 23, 24, 25, 200])
def test_there_may_be_more_series_than_colours(count):
    svg = charts.scatter("memory", {f"t{number}": [(0.0, 1.0), (1.0, 2.0)] for number in range(count)}, "s", "MiB")
    whole(svg)
    assert "cannot be drawn" not in svg
    assert (f"of {count})" in svg) == (count > charts.MOST_SERIES)


def test_a_library_that_never_ends_is_given_up_and_the_chart_says_so(monkeypatch):
    def endless(*_args):
        while True:
            pass

    monkeypatch.setattr(charts, "DEADLINE", 0.05)
    monkeypatch.setattr(charts, "_svg", endless)
    svg = charts.fitted("for ever", [(1.0, 1.0)], [], ("s", "s"))
    whole(svg)
    assert "cannot be drawn" in svg
