import math

from benchmarks.engine.measure import Cost
from benchmarks.engine.turns import BEYOND, READINGS, WHOLE, Turn, over


def test_the_start_of_the_program_counts_in_the_whole_command_and_not_beyond_one_task():
    turn = Turn(one=Cost(0.5, 0.4, 1), all=Cost(1.5, 1.2, 2), tasks=101)
    assert READINGS[BEYOND](turn) == 1.0 / 100
    assert READINGS[WHOLE](turn) == 1.5 / 101
    assert abs(turn.processor - 0.8 / 100) < 1e-12


def test_a_difference_that_noise_made_negative_meets_no_bar():
    assert over(1.0, 2.0) == 0.5
    assert over(-1.0, 2.0) == over(1.0, -2.0) == over(0.0, 2.0) == math.inf
