"""Every criterion is also judged on what must not pass."""

from dataclasses import replace

import pytest

from orchestrator.evidence.criterion import Candidate, judge
from orchestrator.evidence.demand import Demand
from orchestrator.evidence.measurement import Comparison, Measurement, Negative, Samples, Trend
from orchestrator.evidence.metric import Better, Form, Metric
from orchestrator.evidence.verdict import Control, Outcome, Why

SAVED = Metric("m.saved", "%", Better.HIGHER, Form.REDUCTION)
GROWTH = Metric("m.growth", "MiB/GiB", Better.NEITHER, Form.SLOPE)
LINE = Metric("m.line", "1", Better.HIGHER, Form.R_SQUARED)
BAD = Metric("m.bad", "failures", Better.LOWER)
ARMS = Comparison((60.0, 61.0, 59.0), (100.0, 102.0, 98.0), "MiB", (101.0, 101.0, 99.0))
X = (1.0, 2.0, 3.0, 4.0, 5.0)
FLAT = Trend(X, (50.0, 50.3, 49.8, 50.1, 50.0), "GiB", "MiB")


def judged(metric, data, operator, target, tolerance=None, **more):
    demand = Demand("A.c", metric, operator, target, metric.unit, tolerance=tolerance)
    return judge(demand, [Candidate("A.t", 1, Measurement(metric.name, metric.unit, data, "by hand", **more))])


def test_a_claimed_change_is_also_judged_on_the_unchanged_deliverable():
    verdict = judged(SAVED, ARMS, ">=", 25)
    assert verdict.outcome is Outcome.PASS
    assert (verdict.negative.control, verdict.negative.outcome) == (Control.UNCHANGED, Outcome.FAIL)


def test_exact_arms_are_held_against_the_baseline_itself():
    verdict = judged(replace(SAVED, exact=True), Comparison((60.0,), (100.0,), "B", exact=True), ">", 0)
    assert (verdict.outcome, verdict.negative.outcome, verdict.negative.value) == (Outcome.PASS, Outcome.FAIL, 0.0)


def test_a_claim_of_no_harm_is_met_by_the_unchanged_deliverable_so_nothing_measured_is_its_control():
    verdict = judged(SAVED, ARMS, ">=", -5)
    assert verdict.outcome is Outcome.PASS
    assert (verdict.negative.control, verdict.negative.why) == (Control.EMPTY, Why.NO_EVIDENCE)


@pytest.mark.parametrize(("operator", "target", "tolerance"), [("==", 0, 2), ("<", 3, None)])
def test_a_slope_is_also_judged_with_a_forbidden_one_in_its_place(operator, target, tolerance):
    verdict = judged(GROWTH, FLAT, operator, target, tolerance)
    assert (verdict.outcome, verdict.negative.control, verdict.negative.outcome) == (
        Outcome.PASS,
        Control.PLANTED,
        Outcome.FAIL,
    )


@pytest.mark.parametrize("worst", [float("inf"), float("nan"), 1e308])
@pytest.mark.parametrize("axis", ["x", "y"])
def test_nothing_is_planted_in_what_is_no_number_or_too_large_to_reckon_with(axis, worst):
    points = replace(FLAT, **{axis: (*getattr(FLAT, axis)[:3], worst, -worst)})
    metric = Metric("m", "%", Better.LOWER)
    verdict = judged(metric, replace(points, x_unit="%", y_unit="%"), "<", 1)
    assert (verdict.outcome, verdict.negative.control) == (Outcome.UNPROVEN, Control.EMPTY)


def test_a_straight_line_is_also_judged_with_its_points_mixed_up():
    verdict = judged(LINE, Trend(X, tuple(3 * x for x in X), "GiB", "MiB"), ">=", 0.98)
    assert (verdict.outcome, verdict.negative.control) == (Outcome.PASS, Control.SHUFFLED)
    assert verdict.negative.outcome is not Outcome.PASS


def test_a_check_that_finds_nothing_in_what_is_known_to_be_bad_proves_nothing():
    blind = judged(BAD, Samples((0.0,)), "==", 0, cases=9, negative=Negative((0.0,), "one byte changed"))
    assert (blind.outcome, blind.why) == (Outcome.UNPROVEN, Why.NEGATIVE_CONTROL)
    assert "one byte changed" in blind.detail
    seeing = judged(BAD, Samples((0.0,)), "==", 0, cases=9, negative=Negative((9.0,), "one byte changed"))
    assert (seeing.outcome, seeing.negative.control, seeing.negative.outcome) == (
        Outcome.PASS,
        Control.BROKEN,
        Outcome.FAIL,
    )


def test_nothing_found_where_nothing_was_examined_is_unproven():
    assert judged(BAD, Samples((0.0,)), "==", 0, cases=0).why is Why.TOO_FEW_CASES
    verdict = judged(BAD, Samples((0.0,)), "==", 0, cases=9)
    assert (verdict.outcome, verdict.negative.control, verdict.negative.why) == (
        Outcome.PASS,
        Control.EMPTY,
        Why.TOO_FEW_CASES,
    )


def test_what_nobody_measured_has_nothing_measured_for_a_control():
    verdict = judge(Demand("A.c", BAD, "==", 0, "failures"), [])
    assert (verdict.why, verdict.negative.control, verdict.negative.why) == (
        Why.NO_EVIDENCE,
        Control.EMPTY,
        Why.NO_EVIDENCE,
    )
