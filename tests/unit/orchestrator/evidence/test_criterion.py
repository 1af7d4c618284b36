"""PASS only when the whole interval is on the right side, and never without evidence."""

import math
from dataclasses import dataclass, replace

import pytest

from orchestrator.evidence.criterion import Candidate, Demand, demand_of, judge, summarise
from orchestrator.evidence.measurement import Comparison, Measurement, Samples, Trend
from orchestrator.evidence.metric import Better, Form, Metric
from orchestrator.evidence.verdict import Outcome, Why

PEAK = Metric("pool.peak", "MiB", Better.LOWER)
SAVED = Metric("pool.saved", "%", Better.HIGHER, Form.REDUCTION)
GAINED = Metric("ratio.gain", "%", Better.HIGHER, Form.INCREASE, exact=True)
FASTER = Metric("stream.speedup", "x", Better.HIGHER, Form.SPEEDUP)
GROWTH = Metric("stream.growth", "MiB/GiB", Better.NEITHER, Form.SLOPE)
LINE = Metric("memory.line", "1", Better.HIGHER, Form.R_SQUARED)
LEAKS = Metric("pool.leaks", "leaks", Better.LOWER)
STEADY = (10.0, 10.1, 9.9, 10.0, 10.1)


def of(metric, data, unit=None, **more):
    return Candidate("A.sweep", 1, Measurement(metric.name, unit or metric.unit, data, "by hand", **more))


def demand(metric, operator, target, unit=None, **more):
    return Demand("A.it", metric, operator, target, unit or metric.unit, **more)


def ruled(a_demand, *candidates):
    verdict = judge(a_demand, candidates)
    return verdict.outcome, verdict.why


def test_no_measurement_is_unproven():
    assert ruled(demand(PEAK, "<", 100)) == (Outcome.UNPROVEN, Why.NO_EVIDENCE)


def test_a_measurement_of_another_metric_is_no_evidence():
    assert ruled(demand(PEAK, "<", 100), of(LEAKS, Samples((0.0,)))) == (Outcome.UNPROVEN, Why.NO_EVIDENCE)


def test_data_of_another_form_is_no_evidence():
    assert ruled(demand(SAVED, ">=", 25), of(SAVED, Samples((30.0,)))) == (Outcome.UNPROVEN, Why.NO_EVIDENCE)


@pytest.mark.parametrize(
    ("operator", "target", "outcome"),
    [
        ("<", 11, Outcome.PASS),
        ("<=", 11, Outcome.PASS),
        (">", 9, Outcome.PASS),
        (">=", 9, Outcome.PASS),
        ("<", 9, Outcome.FAIL),
        ("<=", 9, Outcome.FAIL),
        (">", 11, Outcome.FAIL),
        (">=", 11, Outcome.FAIL),
        ("<", 10, Outcome.UNPROVEN),
        (">=", 10, Outcome.UNPROVEN),
        (">", 10, Outcome.UNPROVEN),
        ("<=", 10, Outcome.UNPROVEN),
    ],
)
def test_the_whole_interval_must_be_on_one_side(operator, target, outcome):
    assert judge(demand(PEAK, operator, target), [of(PEAK, Samples(STEADY))]).outcome is outcome


@pytest.mark.parametrize(
    ("operator", "outcome"),
    [("<", Outcome.FAIL), (">", Outcome.FAIL), ("<=", Outcome.PASS), (">=", Outcome.PASS), ("==", Outcome.PASS)],
)
def test_a_single_value_on_the_target_is_decided_by_the_operator(operator, outcome):
    assert judge(demand(PEAK, operator, 10), [of(PEAK, Samples((10.0,)))]).outcome is outcome


def test_the_verdict_is_in_the_unit_of_the_target():
    verdict = judge(demand(PEAK, "<", 2, "GiB"), [of(PEAK, Samples((1024.0 * 2**20,)), "B")])
    assert (verdict.outcome, verdict.value, verdict.unit) == (Outcome.PASS, 1.0, "GiB")


def test_a_wrong_unit_is_unproven():
    assert ruled(demand(PEAK, "<", 100), of(PEAK, Samples((1.0,)), "ms"))[1] is Why.WRONG_UNIT
    assert ruled(demand(PEAK, "<", 100, "ms"), of(PEAK, Samples((1.0,))))[1] is Why.WRONG_UNIT
    assert ruled(demand(PEAK, "<", 100), of(PEAK, Samples((1.0,)), "bogus"))[1] is Why.WRONG_UNIT


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_one_value_that_is_no_number_spoils_the_proof(bad):
    assert ruled(demand(PEAK, "<", 100), of(PEAK, Samples((1.0, bad))))[1] is Why.NOT_A_NUMBER
    assert ruled(demand(PEAK, "<", bad), of(PEAK, Samples((1.0,))))[0] is Outcome.UNPROVEN


def test_too_few_samples_prove_nothing_however_good_they_are():
    assert ruled(demand(PEAK, "<", 100, samples=5), of(PEAK, Samples((1.0,) * 4))) == (
        Outcome.UNPROVEN,
        Why.TOO_FEW_SAMPLES,
    )
    assert ruled(demand(PEAK, "<", 100), of(PEAK, Samples(())))[1] is Why.TOO_FEW_SAMPLES


@pytest.mark.parametrize(("cases", "why"), [(None, Why.TOO_FEW_CASES), (24, Why.TOO_FEW_CASES), (25, Why.MET)])
def test_the_denominator_is_pinned(cases, why):
    assert ruled(demand(LEAKS, "==", 0, expect=25), of(LEAKS, Samples((0.0,)), cases=cases))[1] is why


def test_too_few_cases_say_how_they_were_counted_in_a_bounded_space():
    told = judge(demand(LEAKS, "==", 0, expect=25), [of(LEAKS, Samples((0.0,)), cases=24)]).detail
    assert told == "24 of the 25 cases that it expects were examined: by hand"
    endless = Candidate("A.sweep", 1, Measurement("pool.leaks", "leaks", Samples((0.0,)), "a word " * 10_000, cases=1))
    assert len(judge(demand(LEAKS, "==", 0, expect=25), [endless]).detail) < 1000


def test_stale_evidence_is_unproven():
    stale = replace(of(PEAK, Samples((1.0,))), stale=True)
    assert ruled(demand(PEAK, "<", 100), stale) == (Outcome.UNPROVEN, Why.STALE)


def test_the_weakest_of_several_measurements_counts():
    good, bad, nothing = of(PEAK, Samples((1.0,))), of(PEAK, Samples((200.0,))), of(PEAK, Samples((math.nan,)))
    assert ruled(demand(PEAK, "<", 100), good, nothing)[0] is Outcome.UNPROVEN
    assert ruled(demand(PEAK, "<", 100), good, nothing, bad)[0] is Outcome.FAIL


def paired(treatment, baseline, control=(), **more):
    return Comparison(treatment, baseline, more.pop("arm_unit", "MiB"), control, **more)


BASE = (100.0, 102.0, 98.0, 101.0, 99.0)
AGAIN = (101.0, 101.0, 99.0, 100.0, 99.5)
LESS = (60.0, 61.0, 59.0, 60.0, 60.0)


def test_a_comparison_with_a_good_control_passes():
    verdict = judge(demand(SAVED, ">=", 25), [of(SAVED, paired(LESS, BASE, AGAIN))])
    assert verdict.outcome is Outcome.PASS
    assert verdict.value == pytest.approx(40, abs=1)
    assert verdict.control_low <= 0 <= verdict.control_high


def test_a_comparison_without_a_control_is_unproven():
    assert ruled(demand(SAVED, ">=", 25), of(SAVED, paired(LESS, BASE)))[1] is Why.CONTROL_FAILED


def test_a_baseline_that_differs_from_itself_proves_nothing():
    drifted = tuple(value * 0.9 for value in BASE)
    verdict = judge(demand(SAVED, ">=", 25), [of(SAVED, paired(LESS, BASE, drifted))])
    assert (verdict.outcome, verdict.why) == (Outcome.UNPROVEN, Why.CONTROL_FAILED)
    assert verdict.control_low > 0


def test_a_control_that_is_not_paired_fails():
    assert ruled(demand(SAVED, ">=", 25), of(SAVED, paired(LESS, BASE, AGAIN[:3])))[1] is Why.CONTROL_FAILED


def test_unpaired_arms_are_unproven():
    assert ruled(demand(SAVED, ">=", 25), of(SAVED, paired(LESS[:4], BASE, AGAIN)))[1] is Why.TOO_FEW_SAMPLES


def test_a_baseline_of_zero_is_not_a_number():
    assert ruled(demand(SAVED, ">=", 25), of(SAVED, paired((1.0,), (0.0,), exact=True)))[1] is Why.NOT_A_NUMBER


def test_exact_arms_need_no_control_and_their_mean_over_inputs_decides():
    data = paired((110.0, 150.0, 100.0), (100.0, 100.0, 100.0), exact=True, arm_unit="B", labels=("a", "b", "c"))
    verdict = judge(demand(GAINED, ">=", 20), [of(GAINED, data)])
    assert verdict.outcome is Outcome.PASS
    assert verdict.value == verdict.low == verdict.high == pytest.approx(20)
    assert "the mean over 3 inputs" in verdict.detail
    assert "spreads" in verdict.detail


def test_durations_are_never_exact():
    data = paired((1.0,), (2.0,), exact=True, arm_unit="s")
    assert ruled(demand(FASTER, ">", 1), of(FASTER, data))[1] is Why.CONTROL_FAILED


def test_a_speed_up_of_something_else_than_durations_is_a_wrong_unit():
    assert ruled(demand(FASTER, ">", 1), of(FASTER, paired(LESS, BASE, AGAIN)))[1] is Why.WRONG_UNIT


def test_a_speed_up_is_baseline_over_treatment_and_its_control_holds_one():
    verdict = judge(demand(FASTER, ">", 1.5), [of(FASTER, paired(LESS, BASE, AGAIN, arm_unit="ms"))])
    assert verdict.outcome is Outcome.PASS
    assert verdict.value == pytest.approx(1.67, abs=0.02)
    assert verdict.control_low <= 1 <= verdict.control_high


X = (64.0, 128.0, 256.0, 512.0, 1024.0)


def test_a_flat_trend_is_indistinguishable_from_zero_within_its_tolerance():
    data = Trend(X, (50.0, 50.3, 49.8, 50.1, 50.0), "MiB", "MiB")
    verdict = judge(demand(GROWTH, "==", 0, tolerance=2), [of(GROWTH, data)])
    assert verdict.outcome is Outcome.PASS
    assert verdict.samples == 5


def test_a_flat_trend_with_too_much_noise_is_inconclusive():
    data = Trend(X, (50.0, 90.0, 20.0, 80.0, 40.0), "MiB", "MiB")
    assert ruled(demand(GROWTH, "==", 0, tolerance=2), of(GROWTH, data))[1] is Why.INCONCLUSIVE


def test_a_rising_trend_is_not_zero():
    data = Trend(X, tuple(50 + x / 100 for x in X), "MiB", "MiB")
    assert ruled(demand(GROWTH, "==", 0, tolerance=2), of(GROWTH, data)) == (Outcome.FAIL, Why.MISSED)


def test_r_squared_is_judged_by_its_interval():
    straight = Trend(X, tuple(3 + 2 * x for x in X), "MiB", "MiB")
    bent = Trend(X, (1.0, 900.0, 20.0, 700.0, 300.0), "MiB", "MiB")
    assert ruled(demand(LINE, ">=", 0.98), of(LINE, straight))[0] is Outcome.PASS
    assert ruled(demand(LINE, ">=", 0.98), of(LINE, bent))[0] is not Outcome.PASS


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (Trend((1.0, 2.0), (1.0, 2.0), "MiB", "MiB"), Why.TOO_FEW_SAMPLES),
        (Trend((1.0, 2.0, 3.0), (1.0, 2.0), "MiB", "MiB"), Why.TOO_FEW_SAMPLES),
        (Trend((1.0, 1.0, 1.0), (1.0, 2.0, 3.0), "MiB", "MiB"), Why.NOT_A_NUMBER),
        (Trend((1.0, 2.0, 3.0), (1.0, math.nan, 3.0), "MiB", "MiB"), Why.NOT_A_NUMBER),
        (Trend((1.0, 2.0, 3.0), (1.0, 2.0, 3.0), "s", "MiB"), Why.WRONG_UNIT),
    ],
)
def test_points_that_make_no_line_are_unproven(data, why):
    assert ruled(demand(GROWTH, "==", 0, tolerance=5), of(GROWTH, data)) == (Outcome.UNPROVEN, why)


def test_equality_without_tolerance_needs_every_sample():
    assert ruled(demand(LEAKS, "==", 0), of(LEAKS, Samples((0.0, 0.0))))[0] is Outcome.PASS
    assert ruled(demand(LEAKS, "==", 0), of(LEAKS, Samples((0.0, 0.0, 1.0))))[0] is Outcome.FAIL


def test_equality_with_tolerance_passes_when_the_interval_holds_the_target_and_stays_inside():
    assert ruled(demand(PEAK, "==", 10, tolerance=1), of(PEAK, Samples(STEADY)))[0] is Outcome.PASS
    assert ruled(demand(PEAK, "==", 10, tolerance=0.01), of(PEAK, Samples(STEADY)))[1] is Why.INCONCLUSIVE
    assert ruled(demand(PEAK, "==", 12, tolerance=1), of(PEAK, Samples(STEADY)))[0] is Outcome.FAIL


def test_a_verdict_names_whose_evidence_it_is():
    verdict = judge(demand(PEAK, "<", 100), [of(PEAK, Samples(STEADY))])
    assert (verdict.task, verdict.attempt, verdict.samples, verdict.level) == ("A.sweep", 1, 5, 0.95)


@dataclass(frozen=True)
class PlannedTarget:
    operator: str = "<"
    value: float = 2.0
    unit: str = "GiB"
    relative: None = None


@dataclass(frozen=True)
class PlannedCriterion:
    target: PlannedTarget = PlannedTarget()
    samples: int = 3
    expect: int | None = 4
    tolerance: float | None = None
    level: float = 0.9
    max_samples: int | None = 12


def test_a_criterion_of_a_plan_becomes_a_demand():
    assert demand_of("B.x", PlannedCriterion(), PEAK) == Demand("B.x", PEAK, "<", 2.0, "GiB", 3, 4, None, 0.9, 12)


def test_a_figure_without_a_criterion_is_summarised_in_its_metrics_unit():
    found = summarise(PEAK, of(PEAK, Samples((2.0**20,)), "B").measurement)
    assert (found.value, found.unit, found.n) == (1.0, "MiB", 1)
    assert summarise(PEAK, of(PEAK, Samples((math.nan,))).measurement).why is Why.NOT_A_NUMBER
