"""Data that look like more than they are."""

import numpy as np
import pytest

from orchestrator.evidence.criterion import Candidate, judge
from orchestrator.evidence.degenerate import distinct, holds_time, places, repeated_arm
from orchestrator.evidence.demand import Demand
from orchestrator.evidence.measurement import Comparison, Measurement, Samples, Trend
from orchestrator.evidence.metric import Better, Form, Metric
from orchestrator.evidence.verdict import Outcome, Why

TIME = Metric("m.time", "ms", Better.LOWER)
SAVED = Metric("m.saved", "%", Better.HIGHER, Form.REDUCTION)
EXACT = Metric("m.saved", "%", Better.HIGHER, Form.REDUCTION, exact=True)
LINE = Metric("m.line", "1", Better.HIGHER, Form.R_SQUARED)
GROWTH = Metric("m.growth", "ms/MiB", Better.LOWER, Form.SLOPE)


def judged(metric, data, operator, target, *, samples=1):
    measurement = Measurement(metric.name, metric.unit, data, "by hand")
    demand = Demand("A.it", metric, operator, target, metric.unit, samples)
    return judge(demand, [Candidate("A.t", 1, measurement)])


def arms(generator, n=10, effect=0.5, noise=0.01, unit="ms", **more):
    base, again = (10 * np.exp(noise * generator.standard_normal(n)) for _ in range(2))
    treated = 10 * (1 - effect) * np.exp(noise * generator.standard_normal(n))
    return Comparison(tuple(treated), tuple(base), unit, tuple(again), **more)


@pytest.fixture
def honest():
    return arms(np.random.default_rng(3))


@pytest.mark.parametrize(
    ("unit", "held"),
    [("ms", True), ("MB/s", True), ("1/s", True), ("h", True), ("MB", False), ("x", False), ("?", False)],
)
def test_a_unit_holds_a_time_by_itself_or_in_a_quotient(unit, held):
    assert holds_time(unit) is held


@pytest.mark.parametrize("unit", ["MB", "MB/s", "1/s", "ms", "x", "counts"])
def test_a_line_of_evidence_that_calls_itself_exact_is_not_believed(unit):
    wild = Comparison((286.0, 10.0, 30.0, 5.0), (100.0,) * 4, unit, exact=True)
    assert judged(SAVED, wild, ">=", 10).why is Why.CONTROL_FAILED


@pytest.mark.parametrize("unit", ["ms", "s", "MB/s", "1/s", "KiB/ms"])
def test_what_holds_a_time_is_never_exact_whoever_declares_it(unit):
    assert judged(EXACT, Comparison((50.0,), (100.0,), unit, exact=True), ">=", 10).why is Why.CONTROL_FAILED


def test_what_the_declaration_calls_exact_is_when_it_holds_no_time():
    assert judged(EXACT, Comparison((50.0,), (100.0,), "bytes", exact=True), ">=", 10).outcome is Outcome.PASS


def test_a_control_wider_than_the_effect_fails():
    wild = Comparison((5.0,) * 10, (10.0,) * 10, "MiB", (1.0, 100.0) * 5)
    verdict = judged(SAVED, wild, ">=", 25, samples=10)
    assert (verdict.outcome, verdict.why) == (Outcome.UNPROVEN, Why.CONTROL_FAILED)
    assert "as wide as the effect" in verdict.detail


def test_a_control_wider_than_the_effect_does_not_hide_a_miss():
    generator = np.random.default_rng(5)
    assert judged(SAVED, arms(generator, effect=0.0), ">=", 25, samples=10).outcome is Outcome.FAIL


def test_no_harm_is_shown_where_the_control_itself_stays_within_what_is_allowed():
    generator = np.random.default_rng(5)
    assert judged(SAVED, arms(generator, effect=0.0, noise=0.002), ">=", -5, samples=10).outcome is Outcome.PASS
    loud = arms(generator, effect=0.0, noise=0.3)
    shown = Comparison(loud.baseline, loud.baseline, "MiB", loud.control)
    assert judged(SAVED, shown, ">=", -5, samples=10).why is Why.CONTROL_FAILED


@pytest.mark.parametrize(
    ("treatment", "baseline", "control"),
    [("treatment", "baseline", "baseline"), ("baseline", "baseline", "control"), ("control", "baseline", "control")],
)
def test_an_arm_that_repeats_another_is_no_measurement_of_a_clock(honest, treatment, baseline, control):
    given = {name: getattr(honest, name) for name in ("treatment", "baseline", "control")}
    pasted = Comparison(given[treatment], given[baseline], "ms", given[control])
    assert repeated_arm(pasted)
    assert judged(SAVED, pasted, ">=", -50, samples=10).why is Why.CONTROL_FAILED
    assert not repeated_arm(Comparison(given[treatment], given[baseline], "MiB", given[control]))


def test_an_honest_comparison_stays_as_it_was(honest):
    assert judged(SAVED, honest, ">=", 25, samples=10).outcome is Outcome.PASS


@pytest.mark.parametrize(("metric", "operator", "target"), [(LINE, ">=", 0.98), (GROWTH, ">=", 1)])
def test_two_places_make_no_line_however_many_points_lie_there(metric, operator, target):
    data = Trend((1.0, 2.0) * 25, (5.0, 10.0) * 25, "MiB", "ms")
    verdict = judged(metric, data, operator, target)
    assert (verdict.outcome, verdict.why) == (Outcome.UNPROVEN, Why.TOO_FEW_SAMPLES)
    spread = Trend((1.0, 2.0) * 25, tuple(5.0 * x + n / 1000 for n, x in enumerate((1.0, 2.0) * 25)), "MiB", "ms")
    assert judged(metric, spread, operator, target).why is Why.TOO_FEW_SAMPLES


@pytest.mark.parametrize("jitter", [1e-9, 1e-4, 4e-3])
@pytest.mark.parametrize(("metric", "operator", "target"), [(LINE, ">=", 0.98), (GROWTH, ">=", 1)])
def test_points_about_two_places_make_no_line_either(metric, operator, target, jitter):
    x = tuple(place + jitter * (n % 3) / 3 for n, place in enumerate((1.0, 2.0) * 25))
    verdict = judged(metric, Trend(x, tuple(5.0 * each for each in x), "MiB", "ms"), operator, target)
    assert (verdict.outcome, verdict.why) == (Outcome.UNPROVEN, Why.TOO_FEW_SAMPLES)


def test_places_are_told_from_each_other_by_a_hundredth_of_their_range():
    assert places((1.0, 1.005, 2.0, 1.995, 1.5)) == 3
    assert places((1.0, 10.0, 100.0, 1000.0)) == 3
    assert places((5.0,)) == 1


def test_points_that_repeat_others_do_not_count():
    data = Trend((1.0, 2.0, 3.0, 4.0) * 12, (5.0, 10.1, 14.9, 20.0) * 12, "MiB", "ms")
    verdict = judged(LINE, data, ">=", 0.9, samples=12)
    assert (verdict.why, verdict.samples) == (Why.TOO_FEW_SAMPLES, 4)


def test_points_without_scatter_are_told():
    data = Trend((1.0, 2.0, 3.0, 4.0), (5.0, 10.0, 15.0, 20.0), "MiB", "ms")
    assert "no width" in judged(LINE, data, ">=", 0.9).detail


def test_samples_without_spread_are_told_and_counts_are_not():
    assert "no width" in judged(TIME, Samples((9.0, 9.0, 9.0)), "<=", 9).detail
    counted = Metric("m.leaks", "leaks", Better.LOWER)
    assert "no width" not in judged(counted, Samples((0.0, 0.0, 0.0)), "==", 0).detail


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_a_sequence_pasted_several_times_counts_once(order):
    block = tuple((9.01, 9.12, 9.2)[place] for place in order)
    verdict = judged(TIME, Samples(block * 10), "<", 10, samples=30)
    assert (verdict.outcome, verdict.why, verdict.samples) == (Outcome.UNPROVEN, Why.TOO_FEW_SAMPLES, 3)
    assert "repeat them" in verdict.detail


def test_pasted_samples_in_another_order_count_once_too():
    values = list((9.01, 9.12, 9.2, 9.33, 9.4, 9.5) * 5)
    np.random.default_rng(1).shuffle(values)
    assert judged(TIME, Samples(tuple(values)), "<", 10, samples=30).samples == 6


def test_pasted_pairs_count_once(honest):
    small = {name: getattr(honest, name)[:4] * 5 for name in ("treatment", "baseline", "control")}
    assert judged(SAVED, Comparison(**small, arm_unit="ms"), ">=", 25, samples=20).samples == 4


def test_what_two_attempts_have_alike_is_not_pasted():
    measurement = Measurement("m.time", "ms", Samples((9.0, 9.1, 9.2) * 3), "by hand", batches=(3, 3, 3))
    assert distinct(measurement) == (measurement, "")


def test_a_coarse_clock_is_not_taken_for_pasted_samples():
    generator = np.random.default_rng(11)
    drawn = (Samples(tuple(np.round(10 + 0.1 * generator.standard_normal(12), 1))) for _ in range(300))
    lost = sum(distinct(Measurement("m.time", "ms", each, "by hand"))[0].size < 12 for each in drawn)
    assert lost == 0


KEPT_PEAK = Comparison(  # of the kept report of the founding plan
    (184.586, 184.273, 183.574, 184.32, 184.062, 184.219),
    (308.77, 307.855, 308.797, 308.273, 308.074, 308.656),
    "MiB",
    (309.141, 308.918, 308.035, 308.723, 308.754, 308.801),
)
KEPT_SPEED = Comparison(
    (0.425999, 0.435234, 0.429535, 0.434483, 0.434744, 0.436545, 0.445754, 0.435356),
    (0.805704, 0.811515, 0.806278, 0.811013, 0.801223, 0.824247, 0.833952, 0.812752),
    "s",
    (0.811733, 0.829618, 0.833655, 0.818094, 0.81667, 0.80573, 0.827921, 0.834532),
)
KEPT_MEMORY = Trend(
    (1.0, 0.375, 0.25, 0.1875, 0.125, 0.125, 0.125, 0.0625, 0.0625, 0.0625, 0.0625, 0.0625),
    (186.5, 187.434, 186.66, 186.352, 186.203, 185.059, 185.891, 185.598, 184.844, 185.648, 185.32, 185.473),
    "GiB",
    "MiB",
)
KEPT_LINE = Trend(
    (1.0, 2.0, 4.0, 8.0, 16.0, 24.0, 32.0, 48.0, 64.0, 100.0),
    (13.7719, 23.0082, 34.5137, 57.5749, 104.507, 151.742, 202.223, 292.668, 384.269, 600.208),
    "MB",
    "ms",
)


@pytest.mark.parametrize(
    ("demand", "data"),
    [
        (Demand("A.peak-memory", SAVED, ">=", 25, "%", 6, max_samples=18), KEPT_PEAK),
        (
            Demand("B.faster", Metric("s", "x", Better.HIGHER, Form.SPEEDUP), ">", 1, "x", 8, max_samples=32),
            KEPT_SPEED,
        ),
        (
            Demand(
                "B.constant-memory", Metric("g", "MiB/GiB", Better.NEITHER, Form.SLOPE), "==", 0, "MiB/GiB", 12,
                tolerance=24, level=0.99,
            ),
            KEPT_MEMORY,
        ),
        (Demand("C.linear-scaling", LINE, ">=", 0.98, "1", 10, max_samples=30), KEPT_LINE),
    ],
    ids=lambda each: getattr(each, "criterion", ""),
)  # fmt: skip
def test_what_the_founding_plan_measured_passes_as_before(demand, data):
    measurement = Measurement(demand.metric.name, demand.metric.unit, data, "by hand")
    assert judge(demand, [Candidate("A.t", 1, measurement)]).outcome is Outcome.PASS
