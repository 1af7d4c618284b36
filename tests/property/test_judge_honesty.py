"""Whatever is measured: no PASS from nothing, and seldom a PASS by luck."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.evidence import intervals
from orchestrator.evidence.criterion import Candidate, Demand, judge
from orchestrator.evidence.measurement import Comparison, Measurement, Samples, Trend
from orchestrator.evidence.metric import Better, Form, Metric
from orchestrator.evidence.verdict import Outcome

NUMBERS = st.floats(width=64, allow_nan=True, allow_infinity=True)
LISTS = st.lists(NUMBERS, max_size=8).map(tuple)
UNITS = st.sampled_from(["%", "x", "1", "MiB", "B", "s", "ms", "MiB/GiB", "leaks", "bogus", "a/b/c", ""])
OPERATORS = st.sampled_from(["<", "<=", ">", ">=", "=="])
DATA = st.one_of(
    st.builds(Samples, LISTS),
    st.builds(Comparison, LISTS, LISTS, UNITS, LISTS, st.booleans()),
    st.builds(Trend, LISTS, LISTS, UNITS, UNITS),
)


@st.composite
def demands(draw):
    metric = Metric("m", draw(UNITS), Better.LOWER, draw(st.sampled_from(list(Form))))
    return Demand(
        "A.c", metric, draw(OPERATORS), draw(NUMBERS), draw(UNITS), draw(st.integers(1, 5)),
        draw(st.none() | st.integers(1, 5)), draw(st.none() | st.floats(0, 1e9)), draw(st.sampled_from([0.9, 0.95])),
    )  # fmt: skip


def numbers_of(data):
    match data:
        case Samples(values):
            return values
        case Comparison(treatment=t, baseline=b):
            return (*t, *b)
        case Trend(x=x, y=y):
            return (*x, *y)


@settings(max_examples=400, deadline=None)
@given(demands(), DATA, UNITS, st.none() | st.integers(0, 6))
def test_the_judge_never_raises_and_never_passes_what_is_no_number_or_too_little(demand, data, unit, cases):
    measurement = Measurement("m", unit, data, "", cases)
    verdict = judge(demand, [Candidate("A.t", 1, measurement)])
    figures = [each for each in (verdict.value, verdict.low, verdict.high) if each is not None]
    assert all(map(math.isfinite, figures))
    if verdict.outcome is Outcome.PASS:
        assert all(map(math.isfinite, numbers_of(data)))
        assert verdict.samples >= demand.samples
        assert demand.expect is None or (cases is not None and cases >= demand.expect)
        assert verdict.low <= verdict.value <= verdict.high
    if verdict.outcome is not Outcome.UNPROVEN:
        assert verdict.value is not None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(1, 1e6), min_size=1, max_size=12), st.floats(1, 1e6), OPERATORS)
def test_the_same_evidence_gives_the_same_verdict(values, target, operator):
    demand = Demand("A.c", Metric("m", "MiB", Better.LOWER), operator, target, "MiB")
    candidates = [Candidate("A.t", 1, Measurement("m", "MiB", Samples(tuple(values)), ""))]
    assert judge(demand, candidates) == judge(demand, candidates)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(1, 1e6), min_size=1, max_size=8), st.floats(1, 1e6))
def test_what_is_at_least_a_target_is_never_also_below_it(values, target):
    candidates = [Candidate("A.t", 1, Measurement("m", "MiB", Samples(tuple(values)), ""))]
    metric = Metric("m", "MiB", Better.LOWER)
    at_least, below = (judge(Demand("A.c", metric, o, target, "MiB"), candidates).outcome for o in (">=", "<"))
    opposite = {Outcome.PASS: Outcome.FAIL, Outcome.FAIL: Outcome.PASS, Outcome.UNPROVEN: Outcome.UNPROVEN}
    assert below is opposite[at_least]


def test_a_true_value_just_off_target_seldom_passes(monkeypatch):
    monkeypatch.setattr(intervals, "RESAMPLES", 500)
    generator = np.random.default_rng(20)
    metric = Metric("m", "%", Better.HIGHER, Form.REDUCTION)
    demand = Demand("A.c", metric, ">=", 25, "%", samples=5)
    passed = trials = 0
    for _ in range(800):
        noise = generator.normal(1, 0.02, (3, 7))
        arms = (100 * np.array([[0.751], [1], [1]]) * noise).tolist()  # truly 24.9 %
        data = Comparison(tuple(arms[0]), tuple(arms[1]), "MiB", tuple(arms[2]))
        verdict = judge(demand, [Candidate("A.t", 1, Measurement("m", "%", data, ""))])
        passed += verdict.outcome is Outcome.PASS
        trials += 1
    assert passed / trials <= 0.05  # 2.5 % on one side of a 95 % interval
