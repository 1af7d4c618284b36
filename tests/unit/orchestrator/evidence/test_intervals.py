"""Intervals are deterministic, ordered, and as wide as their level says."""

import numpy as np
import pytest

from orchestrator.evidence import intervals


@pytest.mark.parametrize(
    ("freedom", "expected"), [(1, 12.7062), (2, 4.30265), (3, 3.18245), (4, 2.77645), (9, 2.26216), (30, 2.04227)],
)  # fmt: skip
def test_students_quantiles_are_those_of_the_printed_tables(freedom, expected):
    assert intervals.student_quantile(0.975, freedom) == pytest.approx(expected, abs=1e-5)


def test_one_value_is_its_own_interval():
    assert intervals.of_median([3.5], 0.95, 1) == intervals.Interval(3.5, 3.5, 3.5)


def test_equal_values_have_no_width():
    assert intervals.of_mean([2.0] * 50, 0.95, 1) == intervals.Interval(2.0, 2.0, 2.0)


@pytest.mark.parametrize("n", [2, 9, 10, 1000, 1001, 5000])
def test_the_same_seed_gives_the_same_interval_in_every_regime(n):
    values = np.random.default_rng(n).normal(10, 1, n).tolist()
    for method in (intervals.of_median, intervals.of_mean):
        first = method(values, 0.95, 7)
        assert first == method(values, 0.95, 7)
        assert first.low < first.value < first.high


def test_a_higher_level_gives_a_wider_interval():
    values = [1.0, 2.0, 3.0, 4.0, 7.0]
    narrow, wide = intervals.of_median(values, 0.9, 1), intervals.of_median(values, 0.99, 1)
    assert wide.low < narrow.low
    assert narrow.high < wide.high


def test_the_slope_is_that_of_the_least_squares_line():
    found = intervals.of_slope([1, 2, 3, 4], [2.1, 3.9, 6.2, 7.8], 0.95)
    assert found.value == pytest.approx(np.polyfit([1, 2, 3, 4], [2.1, 3.9, 6.2, 7.8], 1)[0])
    assert found.low < 1.94 < found.high


def test_r_squared_is_the_square_of_the_correlation_with_fishers_interval():
    x, y = [1, 2, 3, 4, 5], [1.1, 1.9, 3.2, 3.8, 5.1]
    found = intervals.of_r_squared(x, y, 0.95)
    assert found.value == pytest.approx(np.corrcoef(x, y)[0, 1] ** 2)
    assert 0 < found.low < found.value < found.high < 1


def test_three_points_say_nothing_about_r_squared():
    found = intervals.of_r_squared([1, 2, 3], [1, 2.1, 2.9], 0.95)
    assert (found.low, found.high) == (0.0, 1.0)


@pytest.mark.parametrize("n", [3, 5, 9, 12, 20])
def test_the_interval_misses_the_truth_on_one_side_about_as_seldom_as_its_level_says(n, monkeypatch):
    monkeypatch.setattr(intervals, "RESAMPLES", 500)
    generator = np.random.default_rng(n)
    trials = 600
    above = sum(intervals.of_median(generator.normal(0, 1, n), 0.95, seed).low > 0 for seed in range(trials))
    assert above / trials <= 0.055  # 2.5 % by its level; the bootstrap of a median is somewhat too narrow
