import random
from dataclasses import replace

import pytest

from encoder.detect.runs import is_runs
from encoder.detect.selector import LEAST_RUNS, QUICK_RUNS, AdaptiveCompressionSelector
from encoder.profile import load_profile

FAST = load_profile("fast")
SIZE = 1 << 17


def runs():
    chance = random.Random(1)
    return b"".join(bytes((chance.randrange(256),)) * chance.randrange(4000, 9000) for _ in range(40))


@pytest.mark.parametrize("data", [bytes(SIZE), b"\xff" * (SIZE + 3), runs(), b"ab" * SIZE])
def test_what_is_hardly_more_than_runs_is_seen(data):
    assert is_runs(data)


@pytest.mark.parametrize("data", [random.Random(2).randbytes(SIZE), b"every line is like this one\n" * 9000])
def test_other_data_is_none(data):
    assert not is_runs(data)


def test_a_block_that_is_a_twentieth_something_else_is_none():
    data = bytearray(SIZE)
    data[: SIZE // 20] = random.Random(3).randbytes(SIZE // 20)
    assert not is_runs(data)


def test_runs_get_the_strategy_for_runs_and_change_nothing():
    selector = AdaptiveCompressionSelector(FAST.strategies, runs=FAST.runs)
    assert selector.select(bytes(LEAST_RUNS)) == FAST.runs
    assert selector.observations.detections == 0


def test_few_runs_get_a_quicker_level_of_it():
    selector = AdaptiveCompressionSelector(FAST.strategies, runs=FAST.runs)
    assert selector.select(bytes(SIZE)) == replace(FAST.runs, level=QUICK_RUNS)


def test_runs_are_like_any_block_where_there_is_no_strategy_for_them():
    selector = AdaptiveCompressionSelector(FAST.strategies)
    assert selector.select(bytes(SIZE)) != FAST.runs
