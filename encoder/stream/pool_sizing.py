"""Decide the size of an adaptive buffer pool from recent observations. Pure."""

from dataclasses import dataclass
from typing import Final

from encoder.profile import PoolSettings

WINDOW: Final = 32  # releases between two looks at whether buffers lie idle


@dataclass(frozen=True, slots=True)
class PoolWindow:
    """What was seen since the capacity was last looked at: all that `next_capacity` decides from.

    starved_waits: leases that waited while a worker had nothing to do. peak_in_flight: most buffers leased at once.
    """

    capacity: int
    leases: int
    starved_waits: int
    peak_in_flight: int


def next_capacity(window: PoolWindow, settings: PoolSettings) -> int:
    """The capacity to go on with. Pure.

    A fixed pool stays. An adaptive pool grows by a quarter, at least one buffer, when a lease waited while workers
    starved: only then would one more buffer have kept them busy. It shrinks to the most that was in use when some lay
    idle for a whole window. Always within minimum and maximum.
    """
    if not settings.adaptive:
        return window.capacity
    if window.starved_waits:
        wanted = window.capacity + max(1, window.capacity // 4)
    elif window.leases >= WINDOW and window.peak_in_flight < window.capacity:
        wanted = window.peak_in_flight
    else:
        wanted = window.capacity
    return min(max(wanted, settings.minimum), settings.maximum)
