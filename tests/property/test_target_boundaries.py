"""A figure at its target, above it and below it: the verdict is that of decimal arithmetic, whatever unit either is
written in.
"""

import math
from decimal import Decimal
from fractions import Fraction
from itertools import combinations_with_replacement

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.evidence import intervals
from orchestrator.evidence.criterion import Candidate, judge
from orchestrator.evidence.demand import Demand
from orchestrator.evidence.estimate import pairwise
from orchestrator.evidence.measurement import Comparison, Measurement, Samples, Trend
from orchestrator.evidence.metric import Better, Form, Metric
from orchestrator.evidence.numbers import DIGITS, compared, spelled
from orchestrator.evidence.units import FACTORS, SHARES, SIZES, TIMES, UNITS, convert
from orchestrator.plan.values import parse_target
from orchestrator.report.markdown import number

PREFIXED = (SIZES, TIMES, SHARES, FACTORS)
MEETS = {
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    "==": lambda a, b: a == b,
}
PAIRS = [pair for table in PREFIXED for pair in combinations_with_replacement(table, 2)]
PAIRS += [(other, one) for one, other in PAIRS if one != other]
PAIRS += [
    ("MB/s", "KiB/ms"),
    ("GiB/h", "MB/s"),
    ("MiB/GiB", "kB/MB"),
    ("%/s", "1/ms"),
    ("leak", "leaks"),
    ("B/min", "KB/s"),
]


def factor(unit):
    above, _, below = unit.partition("/")
    return UNITS[above].factor / (UNITS[below].factor if below else 1)


def verdict_of(target, unit, values, better=Better.LOWER):
    wanted = parse_target(target)
    metric = Metric("m", unit, better)
    demand = Demand("A.c", metric, str(wanted.operator), wanted.value, wanted.unit)
    return judge(demand, [Candidate("A.t", 1, Measurement("m", unit, Samples(tuple(values)), "by hand"))])


def decimals(exact, limit=DIGITS):
    """The fraction as a decimal of at most so many digits that count; None where it is none."""
    if exact.denominator > 10**30 or 10**30 % exact.denominator:
        return None
    found = Decimal(exact.numerator) / Decimal(exact.denominator)
    digits = len(found.normalize().as_tuple().digits)
    return found if digits <= limit and abs(found.normalize().adjusted()) < 15 else None


@pytest.mark.parametrize("text", ["28", "0.009", "1.1", "3.3", "99.9", "0.3", "1234.5"])
def test_a_figure_at_its_target_is_judged_as_equal_in_every_unit_and_by_every_operator(text):
    for measured_in, target_in in PAIRS:
        goal = decimals(Fraction(text) * factor(measured_in) / factor(target_in))
        if goal is None:  # it cannot be written in that unit; the other way round it can, and that is in the list too
            continue
        for operator, meets in MEETS.items():
            for count in (1, 12):
                verdict = verdict_of(f"{operator} {goal:f} {target_in}", measured_in, [float(text)] * count)
                assert verdict.outcome == ("PASS" if meets(0, 0) else "FAIL"), (operator, goal, verdict)
                assert (verdict.low, verdict.high) == (verdict.value, verdict.value) == (float(goal), float(goal))


@given(
    st.sampled_from(PAIRS),
    st.decimals("0.0001", "100000", places=4),
    st.decimals("0.0001", "100000", places=4),
    st.sampled_from(sorted(MEETS)),
)
def test_the_verdict_on_one_sample_is_that_of_exact_arithmetic(pair, measured, target, operator):
    measured_in, target_in = pair
    left, right = Fraction(measured) * factor(measured_in), Fraction(target) * factor(target_in)
    verdict = verdict_of(f"{operator} {target:f} {target_in}", measured_in, [float(measured)])
    assert (verdict.outcome == "PASS") == MEETS[operator](left, right)


@given(st.sampled_from(PAIRS), st.decimals("0.001", "9999", places=3), st.integers(-3, 3))
def test_what_is_shown_as_equal_is_judged_as_equal_and_the_other_way_round(pair, target, nudge):
    measured_in, target_in = pair
    value = convert(float(target), target_in, measured_in)
    for _ in range(abs(nudge)):
        value = math.nextafter(value, math.inf if nudge > 0 else -math.inf)
    for near in (value, value * (1 + nudge * 1e-7)):
        verdict = verdict_of(f"== {target:f} {target_in}", measured_in, [near])
        shown = float(number(verdict.value, float(target)).replace(",", ""))
        assert (verdict.outcome == "PASS") == (compared(shown, float(target)) == 0)


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.sampled_from([1, 10, 1000, 10**6]))
def test_a_comparison_is_computed_on_the_decimals_that_were_written(baseline, treatment, scale):
    below, above = baseline / scale, treatment / scale
    (reduction,) = pairwise(Form.REDUCTION, [above], [below])
    assert reduction == float(100 * (1 - Fraction(treatment, baseline)))
    if treatment:
        (speedup,) = pairwise(Form.SPEEDUP, [above], [below])
        assert speedup == float(Fraction(baseline, treatment))


@given(st.integers(1, 999), st.integers(2, 40), st.sampled_from([1, 10, 1000]), st.integers(0, 50))
def test_points_on_a_line_give_its_slope(steepness, points, scale, start):
    slope = steepness / scale
    x = [float(n) for n in range(1, points + 2)]
    y = [float(Fraction(steepness, scale) * n + start) for n in range(1, points + 2)]
    metric = Metric("m", "MiB/GiB", Better.LOWER, Form.SLOPE)
    measured = Measurement("m", "MiB/GiB", Trend(tuple(x), tuple(y), "GiB", "MiB"), "by hand")
    for operator in ("<=", ">=", "=="):
        demand = Demand("A.c", metric, operator, slope, "MiB/GiB")
        assert judge(demand, [Candidate("A.t", 1, measured)]).outcome == "PASS"


@given(st.floats(1e-6, 1e6), st.integers(1, 30))
def test_the_interval_of_samples_that_are_all_the_same_is_their_value(value, count):
    for of in (intervals.of_median, intervals.of_mean):
        assert of([value] * count, 0.95, 1) == intervals.Interval(value, value, value)


def test_a_constant_reduction_in_an_exact_comparison_is_at_its_target():
    arms = Comparison((0.504, 1.008, 7.2), (0.7, 1.4, 10.0), "MB", exact=True)
    metric = Metric("m", "%", Better.HIGHER, Form.REDUCTION, exact=True)
    demand = Demand("A.c", metric, ">=", 28.0, "%")
    assert judge(demand, [Candidate("A.t", 1, Measurement("m", "%", arms, "by hand"))]).outcome == "PASS"
    over = Demand("A.c", metric, ">", 28.0, "%")
    assert judge(over, [Candidate("A.t", 1, Measurement("m", "%", arms, "by hand"))]).outcome == "FAIL"


@pytest.mark.parametrize(("tolerance", "outcome"), [(0.1, "PASS"), (0.0999, "UNPROVEN")])
def test_a_tolerance_reaches_to_its_end(tolerance, outcome):
    metric = Metric("m", "s", Better.NEITHER)
    demand = Demand("A.c", metric, "==", 0.3, "s", tolerance=tolerance)
    spread = Samples((0.2, 0.4) * 5)
    verdict = judge(demand, [Candidate("A.t", 1, Measurement("m", "s", spread, "by hand"))])
    assert (verdict.low, verdict.high) == (0.2, 0.4)
    assert verdict.outcome == outcome


@pytest.mark.parametrize("value", [25.0, 0.001, 1500000.0, 1e-7, 12345.678, 0.0, -3.5])
def test_a_target_is_spelled_in_full(value):
    assert "e" not in spelled(value)
    assert float(spelled(value)) == value
