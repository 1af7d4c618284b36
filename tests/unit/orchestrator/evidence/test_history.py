"""Targets that rest on earlier runs: what they come to, and what they come to where there is too little."""

import math

import pytest

from orchestrator.evidence.criterion import Candidate, judge
from orchestrator.evidence.demand import demand_of
from orchestrator.evidence.history import Earlier, Relative, resolve
from orchestrator.evidence.measurement import Measurement, Samples
from orchestrator.evidence.metric import Better, Metric
from orchestrator.evidence.verdict import Outcome, Why
from orchestrator.plan.model import Criterion

METRIC = Metric("a.n", "MB/s", Better.HIGHER)


def earlier(*values, unit="MB/s"):
    return [Earlier("A.c", f"run-{place}", value, unit) for place, value in enumerate(values, 1)]


def verdict(value, past, target=">= 0.97 x median(last 10)"):
    criterion = Criterion.model_validate({"id": "c", "title": "C", "metric": "a.n", "target": target})
    measurement = Measurement("a.n", "MB/s", Samples((value,)), "counted")
    return judge(demand_of("A.c", criterion, METRIC, past), [Candidate("A.t", 1, measurement)])


def test_the_target_is_a_share_of_the_median_of_the_last_runs():
    found = resolve(Relative(0.97, 5), earlier(1, 100, 101, 99, 100, 102), "MB/s")
    assert found.value == pytest.approx(97.0)
    assert "0.97 x 100 MB/s, the median of the last 5 runs, run-2 to run-6" in found.told


def test_values_are_converted_and_those_of_another_kind_count_for_nothing():
    assert resolve(Relative(1.0, 5), earlier(*[1000] * 5, unit="kB/s"), "MB/s").value == pytest.approx(1.0)
    assert math.isnan(resolve(Relative(1.0, 5), earlier(*[1000] * 5, unit="ms"), "MB/s").value)


@pytest.mark.parametrize(("value", "outcome"), [(97.0, Outcome.PASS), (96.9, Outcome.FAIL)])
def test_a_run_is_judged_by_it_and_the_verdict_says_how_many_runs_it_rests_on(value, outcome):
    found = verdict(value, earlier(*(100, 101, 99, 100, 102) * 2))
    assert found.outcome is outcome
    assert "the median of the last 10 runs" in found.detail


def test_too_few_earlier_runs_are_unproven_with_the_reason():
    found = verdict(200.0, earlier(100, 101))
    assert (found.outcome, found.why) == (Outcome.UNPROVEN, Why.TOO_FEW_RUNS)
    assert found.detail == "2 of the 10 earlier runs that its target rests on"
    assert found.value == 200.0
