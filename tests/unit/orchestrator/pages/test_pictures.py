import math
from types import SimpleNamespace

import pytest

from orchestrator.evidence.measurement import Measurement, Samples, Trend
from orchestrator.evidence.metric import Form
from orchestrator.pages import pictures
from orchestrator.pages.pictures import trend_chart
from orchestrator.pages.traces import Trace
from orchestrator.report.model import Figure
from orchestrator.report.spans import Span


def figure(data):
    return Figure(
        1, "A.t", 1, Measurement("m.slope", "MiB/GiB", data, "fitted"), "slope", 1.0, 0.5, 1.5, 3, form=Form.SLOPE
    )


def test_a_trend_is_drawn_with_the_line_through_its_points():
    chart = trend_chart(figure(Trend((0.0, 1.0, 2.0), (1.0, 2.0, 3.5), "GiB", "MiB")))
    assert ">points</text>" in chart
    assert ">least squares</text>" in chart


@pytest.mark.parametrize(
    ("x", "y"),
    [((1.0, 1.0), (1.0, 2.0)), ((1.0,), (1.0,)), ((1.0, 2.0), (math.nan, 2.0))],
    ids=["one x", "one point", "no number"],
)
def test_points_that_make_no_line_are_drawn_without_one(x, y):
    chart = trend_chart(figure(Trend(x, y, "GiB", "MiB")))
    assert "least squares" not in chart


def test_points_that_are_no_numbers_are_left_out():
    assert trend_chart(figure(Trend((1.0, 2.0), (math.nan, math.inf), "GiB", "MiB"))) == ""


def test_what_is_no_trend_has_no_such_picture():
    assert trend_chart(figure(Samples((1.0, 2.0)))) == ""


def test_what_ran_is_drawn_where_nothing_was_estimated():
    task = SimpleNamespace(id="A.t")
    group = SimpleNamespace(id="A", planned=(0.0, 0.0), tasks=[task])
    report = SimpleNamespace(seconds=2.0, planned_seconds=0.0, groups=[group])
    drawn = pictures.gantt_chart(report, {"A.t": [Span("A.t", 1, 0.5, 1.0), Span("A.t", 2, 1.0, 1.5)]})
    assert "A.t" in drawn
    assert "planned" not in drawn
    assert pictures.gantt_chart(report, {}) == ""


def test_a_single_attempt_and_a_single_value_are_no_pictures():
    group = SimpleNamespace(id="A", planned=(0.0, 1.0), tasks=[SimpleNamespace(id="A.t")])
    report = SimpleNamespace(seconds=2.0, planned_seconds=1.0, groups=[group])
    assert pictures.gantt_chart(report, {"A.t": [Span("A.t", 1, 0.5, 1.5)]}) == ""
    verdict = SimpleNamespace(low=3.0, high=3.0, level=None)
    row = SimpleNamespace(values=(3.0,), verdict=verdict, metric="m", unit="s", goal=2.0, level=0.95)
    assert pictures.distribution_chart(row) == ""


def test_memory_that_was_seen_once_is_no_picture():
    group = SimpleNamespace(id="A", tasks=[SimpleNamespace(id="A.t")])
    spans = {"A.t": [Span("A.t", 1, 0.0, 1.0)]}
    assert pictures.memory_chart(group, spans, {"A.t": Trace(((0.1, 9.0),))}) == ""
    assert "<svg" in pictures.memory_chart(group, spans, {"A.t": Trace(((0.1, 9.0), (0.2, 9.5)))})
