"""Two runs: what got worse is said first, and only where the samples show it."""

from dataclasses import replace

import pytest

from orchestrator.evidence.measurement import Comparison, Evidence, Measurement, Samples
from orchestrator.evidence.verdict import Outcome
from orchestrator.report.build import build_report
from orchestrator.report.compare import Trend, compare_runs
from orchestrator.report.history import points_of
from orchestrator.state import events as e


@pytest.fixture
def report_with(plan, graph, events):
    """The report of a run whose task `A.measure` measured these instead."""

    def make(*measurements, run="demo-2", outcome=None, environment=None):
        def told(event):
            match event:
                case e.RunStarted():
                    return replace(event, run=run, environment=environment or event.environment)
                case e.TaskSucceeded(task="A.measure"):
                    return replace(event, evidence=Evidence(measurements, event.evidence.artifacts))
                case e.CriterionJudged(verdict=verdict) if outcome and verdict.criterion == "A.leaks":
                    return replace(event, verdict=replace(verdict, outcome=outcome))
                case _:
                    return event

        said = [e.Envelope(n, 1e9, float(n), 1, told(event)) for n, event in enumerate(events, 1)]
        return build_report(plan, graph, said)

    return make


def saved(*treatment):
    n = len(treatment)
    return Measurement("pool.saved", "%", Comparison(treatment, (100.0,) * n, "MiB", (100.0,) * n), "by hand")


def trends(before, after):
    return {one.metric: one for one in compare_runs(before, after).metrics}


def test_less_of_what_should_be_more_is_a_regression_and_more_an_improvement(report_with):
    good, bad = report_with(saved(60.0, 61.0, 59.0, 60.0)), report_with(saved(80.0, 81.0, 79.0, 80.0))
    worse = trends(good, bad)["pool.saved"]
    assert worse.trend is Trend.REGRESSION
    assert worse.percent == pytest.approx(-50, abs=3)
    assert worse.low < worse.percent < worse.high < 0
    assert trends(bad, good)["pool.saved"].trend is Trend.IMPROVEMENT
    assert compare_runs(good, bad).worse
    assert not compare_runs(bad, good).worse


def test_a_difference_within_the_scatter_is_none(report_with):
    one, other = report_with(saved(60.0, 70.0, 50.0)), report_with(saved(58.0, 71.0, 54.0))
    assert trends(one, other)["pool.saved"].trend is Trend.SAME


def test_the_same_run_against_itself_shows_no_difference(report_with):
    one = report_with(saved(60.0, 61.0))
    found = compare_runs(one, one)
    assert {change.trend for change in found.metrics} == {Trend.SAME}
    assert (found.verdicts, found.circumstances, found.worse) == ((), (), False)


def test_what_was_measured_once_does_not_decide(report_with):
    one, other = (report_with(Measurement("pool.leaks", "leaks", Samples((value,)), "")) for value in (1.0, 5.0))
    change = trends(one, other)["pool.leaks"]
    assert (change.trend, change.percent, change.low) == (Trend.UNDECIDED, 400.0, None)


def test_a_metric_that_is_gone_or_new_is_told(report_with):
    one = report_with(Measurement("pool.a", "ms", Samples((1.0,)), ""))
    other = report_with(Measurement("pool.b", "ms", Samples((1.0,)), ""))
    found = trends(one, other)
    assert (found["pool.a"].trend, found["pool.b"].trend) == (Trend.GONE, Trend.NEW)


def test_units_of_one_kind_are_converted(report_with):
    one = report_with(Measurement("pool.time", "s", Samples((1.0, 1.0, 1.0)), ""))
    other = report_with(Measurement("pool.time", "ms", Samples((1000.0, 1000.0, 1000.0)), ""))
    assert trends(one, other)["pool.time"].trend is Trend.SAME


def test_a_verdict_that_got_worse_is_told_and_so_is_the_machine(report_with):
    one, other = report_with(saved(60.0, 61.0)), report_with(
        saved(60.0, 61.0), outcome=Outcome.FAIL, environment={"cpu": "another"}
    )  # fmt: skip
    found = compare_runs(one, other)
    assert [(v.criterion, v.before, v.after, v.worse) for v in found.verdicts] == [
        ("A.leaks", Outcome.PASS, Outcome.FAIL, True)
    ]
    assert ("cpu", "two | cores", "another") in found.circumstances
    assert found.worse
    assert not compare_runs(other, one).verdicts[0].worse


def test_a_metric_over_the_runs_is_a_point_for_each_with_its_interval(report_with):
    reports = [report_with(saved(60.0, 61.0, 59.0), run="demo-1"), report_with(saved(80.0, 81.0, 79.0), run="demo-2")]
    points = points_of(reports, "pool.saved")
    assert [(one.run, round(one.value), one.samples) for one in points] == [("demo-1", 40, 3), ("demo-2", 20, 3)]
    assert all(one.low <= one.value <= one.high for one in points)
    assert points[0].verdicts == ("PASS",)
    assert points_of(reports, "pool.saved", "B.flow") == ()
    assert points_of(reports, "pool.unheard") == ()


def test_a_target_that_changed_is_told_before_the_verdicts(report_with):
    before, after = report_with(saved(60.0, 61.0)), report_with(saved(60.0, 61.0))
    first = after.criteria[0]
    eased = replace(after, criteria=(replace(first, target=">= 5 %"), *after.criteria[1:]))
    (told,) = compare_runs(before, eased).targets
    assert told[0] == first.id
    assert first.target in told[1]
    assert ">= 5 %" in told[2]
    assert compare_runs(before, after).targets == ()
