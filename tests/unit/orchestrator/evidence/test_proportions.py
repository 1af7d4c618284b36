"""Proportions: k of n with an exact interval, judged as every other form is."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.evidence.criterion import Candidate, judge
from orchestrator.evidence.demand import Demand
from orchestrator.evidence.estimate import estimate
from orchestrator.evidence.measurement import Measurement, Samples
from orchestrator.evidence.metric import Better, Form, Metric
from orchestrator.evidence.proportions import beta_below, of_proportion
from orchestrator.evidence.rules.rule import Refusal
from orchestrator.evidence.verdict import Outcome, Why

SHARE = Metric("agent.passes", "%", Better.HIGHER, Form.PROPORTION)


def trials(k, n, unit="1"):
    return Measurement("agent.passes", unit, Samples((1.0,) * k + (0.0,) * (n - k)), "counted")


def verdict(measurement, operator=">=", target=90.0, **more):
    return judge(Demand("A.c", SHARE, operator, target, "%", **more), [Candidate("A.t", 1, measurement)])


def at_least(k, n, share):
    """The binomial probability of k successes or more."""
    return math.fsum(math.comb(n, i) * share**i * (1 - share) ** (n - i) for i in range(k, n + 1))


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(0, 10, 0.0, 0.308498), (10, 10, 0.691503, 1.0), (7, 10, 0.347547, 0.933260), (81, 263, 0.2527, 0.3676)],
)
def test_the_interval_is_that_of_published_tables(k, n, low, high):
    found = of_proportion(k, n, 0.95)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@given(n=st.integers(1, 60), data=st.data(), level=st.sampled_from([0.9, 0.95, 0.99]))
def test_each_end_is_where_what_was_seen_has_half_the_error_as_its_probability(n, data, level):
    k = data.draw(st.integers(0, n))
    found = of_proportion(k, n, level)
    assert found.low <= k / n <= found.high
    if k:
        assert at_least(k, n, found.low) == pytest.approx((1 - level) / 2, rel=1e-6)
    if k < n:
        assert 1 - at_least(k + 1, n, found.high) == pytest.approx((1 - level) / 2, rel=1e-6)


def test_a_million_trials_are_judged_too():
    found = of_proportion(900_000, 1_000_000, 0.95)
    assert found.low == pytest.approx(0.9 - 0.000589, abs=1e-5)
    assert beta_below(0.5, 3, 3) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("k", "n", "outcome"),
    [(10, 10, Outcome.UNPROVEN), (40, 40, Outcome.PASS), (20, 40, Outcome.FAIL), (37, 40, Outcome.UNPROVEN)],
)
def test_a_share_passes_only_with_its_whole_interval(k, n, outcome):
    assert verdict(trials(k, n)).outcome is outcome


def test_all_successes_never_prove_a_share_of_everything():
    assert verdict(trials(50, 50), "==", 100.0).outcome is Outcome.UNPROVEN
    assert verdict(trials(49, 50), "==", 100.0).outcome is Outcome.FAIL


def test_looks_divide_the_level():
    measurement = Measurement("agent.passes", "1", Samples((1.0,) * 36), "counted", batches=(36,))
    assert verdict(measurement).outcome is Outcome.PASS
    assert verdict(measurement, samples=6, max_samples=36).outcome is Outcome.UNPROVEN


def test_fewer_trials_than_demanded_are_unproven():
    assert verdict(trials(40, 40), samples=50).why is Why.TOO_FEW_SAMPLES


@pytest.mark.parametrize(
    ("measurement", "why"),
    [
        (Measurement("agent.passes", "1", Samples((1.0, 0.5)), "x"), Why.NOT_A_NUMBER),
        (Measurement("agent.passes", "%", Samples((100.0, 0.0)), "x"), Why.WRONG_UNIT),
        (Measurement("agent.passes", "1", Samples(()), "x"), Why.TOO_FEW_SAMPLES),
    ],
)
def test_what_is_no_list_of_trials_gives_no_share(measurement, why):
    found = estimate(SHARE, measurement, "%", 0.95, 1)
    assert isinstance(found, Refusal)
    assert found.why is why
