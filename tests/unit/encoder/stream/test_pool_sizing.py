import pytest

from encoder.profile import PoolSettings
from encoder.stream.pool_sizing import WINDOW, PoolWindow, next_capacity

FIXED = PoolSettings(2, adaptive=False, minimum=2, maximum=2)
ADAPTIVE = PoolSettings(4, adaptive=True, minimum=3, maximum=32)


@pytest.mark.parametrize(
    ("window", "settings", "capacity"),
    [
        (PoolWindow(4, 4, 1, 4), ADAPTIVE, 5),
        (PoolWindow(16, 16, 3, 16), ADAPTIVE, 20),
        (PoolWindow(32, 40, 1, 32), ADAPTIVE, 32),
        (PoolWindow(10, WINDOW, 0, 6), ADAPTIVE, 6),
        (PoolWindow(10, WINDOW, 0, 1), ADAPTIVE, 3),
        (PoolWindow(10, WINDOW - 1, 0, 1), ADAPTIVE, 10),
        (PoolWindow(10, WINDOW, 0, 10), ADAPTIVE, 10),
        (PoolWindow(2, 100, 50, 2), FIXED, 2),
        (PoolWindow(2, 100, 0, 1), FIXED, 2),
    ],
)
def test_the_policy_grows_on_starvation_shrinks_on_idleness_and_keeps_its_bounds(window, settings, capacity):
    assert next_capacity(window, settings) == capacity
