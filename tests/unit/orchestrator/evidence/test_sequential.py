"""A growing sample is looked at a planned number of times, and each look pays for the others."""

import math
from dataclasses import replace

import numpy as np
import pytest

from orchestrator.evidence import intervals
from orchestrator.evidence.criterion import Candidate, judge, wants_more
from orchestrator.evidence.demand import Demand
from orchestrator.evidence.measurement import Comparison, Measurement, Samples, Trend
from orchestrator.evidence.metric import Better, Form, Metric
from orchestrator.evidence.sequential import cuts, first, level_at, level_of_look, planned_looks
from orchestrator.evidence.verdict import Outcome, Why

TIME = Metric("m.time", "ms", Better.LOWER)
FASTER = Metric("m.faster", "x", Better.HIGHER, Form.SPEEDUP)
BELOW = Demand("A.fast", TIME, "<", 100.0, "ms", samples=3, max_samples=9)


def timed(*values, batches=()):
    return Measurement("m.time", "ms", Samples(tuple(map(float, values))), "timed", batches=batches)


def verdict_on(measurement, demand=BELOW):
    return judge(demand, [Candidate("A.t", 1, measurement)])


def test_the_looks_share_the_error_that_the_level_allows():
    assert planned_looks(3, 9) == 3
    assert planned_looks(3, 10) == 4
    assert planned_looks(5, None) == planned_looks(5, 5) == 1
    assert 3 * (1 - level_of_look(0.95, 3)) == pytest.approx(0.05)


def test_a_look_is_due_when_an_attempt_passes_a_threshold_and_never_more_often_than_planned():
    assert cuts((3, 3, 3), 3, 9) == (3, 6, 9)
    assert cuts((1,) * 9, 3, 9) == (3, 6, 9)
    assert cuts((2,), 3, 9) == ()
    assert cuts((7, 1, 1), 3, 9) == (7, 9)
    assert cuts((50,), 3, 9) == (50,)


def test_what_was_measured_at_a_look_is_the_beginning_of_what_is_there_now():
    arms = Comparison((1.0, 2.0), (3.0, 4.0), "ms", (5.0, 6.0), labels=("a", "b"))
    cut = first(Measurement("m", "x", arms, ""), 1).data
    assert (cut.treatment, cut.baseline, cut.control, cut.labels) == ((1.0,), (3.0,), (5.0,), ("a",))
    points = first(Measurement("m", "1", Trend((1.0, 2.0), (3.0, 4.0), "MiB", "s"), ""), 1).data
    assert (points.x, points.y) == ((1.0,), (3.0,))


def test_an_undecided_sample_wants_more_until_its_limit():
    undecided = timed(99, 101, 98)
    assert wants_more(BELOW, undecided)
    assert not wants_more(replace(BELOW, max_samples=None), undecided)
    assert not wants_more(BELOW, timed(*(99, 101, 98) * 3, batches=(3, 3, 3)))
    assert not wants_more(BELOW, timed(10, 11, 10))
    assert not wants_more(BELOW, timed(200, 201, 200))


def test_too_few_samples_and_a_control_that_failed_want_more_but_what_no_sample_mends_does_not():
    assert wants_more(BELOW, timed(99))
    drifted = Comparison((1.0, 1.1, 1.0), (2.0, 2.1, 2.0), "s", (1.0, 1.1, 1.0))
    faster = Demand("A.f", FASTER, ">", 1.0, "x", samples=3, max_samples=9)
    assert wants_more(faster, Measurement("m.faster", "x", drifted, ""))
    assert not wants_more(faster, Measurement("m.faster", "x", replace(drifted, control=()), ""))
    assert not wants_more(BELOW, timed(99, math.nan, 98))
    assert not wants_more(BELOW, timed())


def test_the_verdict_says_at_which_look_it_was_decided_and_how_sure_each_look_was():
    verdict = verdict_on(timed(99, 101, 98, 80, 79, 81, 80, 80, 79, batches=(3, 3, 3)))
    assert (verdict.look, verdict.looks) == (3, 3)
    assert verdict.level == pytest.approx(1 - 0.05 / 3)
    assert verdict.samples == 9


def test_the_first_look_that_decides_stands_whatever_is_measured_later():
    verdict = verdict_on(timed(50, 51, 50, 900, 900, 900, batches=(3, 3)))
    assert (verdict.outcome, verdict.look, verdict.samples) == (Outcome.PASS, 1, 3)
    verdict = verdict_on(timed(150, 151, 150, 1, 1, 1, batches=(3, 3)))
    assert (verdict.outcome, verdict.look) == (Outcome.FAIL, 1)


def test_a_sample_that_is_no_number_spoils_the_proof_also_after_a_look_that_decided():
    assert verdict_on(timed(50, 51, 50, math.nan, 1, 1, batches=(3, 3))).why is Why.NOT_A_NUMBER


def test_a_criterion_without_a_limit_is_judged_once_on_everything():
    verdict = verdict_on(timed(50, 51, 50, 900, 900, 900, batches=(3, 3)), replace(BELOW, max_samples=None))
    assert (verdict.outcome, verdict.look, verdict.looks) == (Outcome.UNPROVEN, 0, 0)


def passes(demand, generator, trials):
    count = 0
    for _ in range(trials):
        values = 100 * np.exp(0.3 * generator.standard_normal(9))  # the median is on the target: every PASS is false
        count += verdict_on(timed(*values, batches=(3, 3, 3)), demand).outcome is Outcome.PASS
    return count


def test_looking_again_and_again_passes_by_luck_no_more_often_than_the_level_says(monkeypatch):
    monkeypatch.setattr(intervals, "RESAMPLES", 300)
    trials = 1000
    honest = passes(BELOW, np.random.default_rng(5), trials)
    naive = passes(replace(BELOW, level=1 - 0.05 * 3), np.random.default_rng(5), trials)  # 95 % at every look
    assert honest <= 0.05 * trials
    assert naive > honest


@pytest.mark.parametrize("level", [0.95, 0.99])
def test_any_number_of_looks_spends_no_more_than_the_error_of_one(level):
    spent = [1 - level_at(level, look) for look in range(1, 10_000)]
    assert sum(spent) < 1 - level
    assert sum(spent) == pytest.approx(1 - level, rel=1e-3)
    assert spent == sorted(spent, reverse=True)
