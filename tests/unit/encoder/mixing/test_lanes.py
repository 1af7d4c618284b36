"""What the instructions on sixteen short numbers do, and that kernels and Python agree on it."""

import numpy as np

from encoder.glyphs.kernel import means
from encoder.mixing.lanes import LANES, learn, prefetch, products, products_of_sum

EXTREMES = np.array([32767, -32768] * 8, np.int16)


def run(function, *arguments):
    """Python's body where there is a library; the machine instruction itself where numba compiles kernels."""
    if means().library is not None:
        return function(*arguments)
    import numba

    names = ", ".join(f"a{number}" for number in range(len(arguments)))
    return numba.njit(eval(f"lambda {names}: function({names})", {"function": function}))(*arguments)


def test_products_are_summed():
    python = np.arange(2 * LANES, dtype=np.int16) - 16
    assert run(products, python, 0, python, LANES) == sum((n - 16) * n for n in range(16))


def test_a_sum_of_products_wraps_at_32_bits():
    total = sum(int(a) * int(a) for a in EXTREMES)
    assert run(products, EXTREMES, 0, EXTREMES, 0) == (total + 2**31) % 2**32 - 2**31


def test_weights_of_two_rows_are_cut_before_they_are_used():
    values = np.zeros(LANES, np.int16)
    values[0] = values[1] = 1
    weights = np.concatenate([EXTREMES, EXTREMES])
    assert run(products_of_sum, values, 0, weights, 0, LANES) == 32767 - 32768


def test_a_weight_learns_by_its_input_and_is_cut():
    values = np.array([1000, -1000, 3071, -3072, 0, 0, 0, 1] * 2, np.int16)
    weights = np.array([0, 0, 32767, -32768, 32767, -32768, 5, 5] * 2, np.int16)
    run(learn, values, 0, weights, 0, 16384)
    assert weights[:8].tolist() == [500, -500, 32767, -32768, 32767, -32768, 5, 6]


def test_asking_for_memory_changes_nothing():
    weights = EXTREMES.copy()
    run(prefetch, weights, 3)
    assert weights.tolist() == EXTREMES.tolist()
