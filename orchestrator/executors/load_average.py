"""How busy the machine is: the load average, shown beside what was measured meanwhile."""

import os
import time
from typing import ClassVar, Final

FRESH: Final = 1.0
"""Seconds for which one reading is reused.

The kernel updates the average every 5 s, and reading it costs as much as a short task.
"""


class _Last:
    """The last reading: its time and its value."""

    at: ClassVar[float] = float("-inf")
    load: ClassVar[float] = 0.0


def load_average() -> float:
    """Processes that ran or waited to run, on average over the last minute."""
    now = time.monotonic()
    if now - _Last.at >= FRESH:
        _Last.at, _Last.load = now, os.getloadavg()[0]
    return _Last.load
