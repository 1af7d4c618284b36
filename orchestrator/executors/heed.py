"""Interrupt long work of our own on an attempt that has ended: reading its evidence, taking checksums."""

import time
from collections.abc import Callable

from orchestrator.executors.order import StopSignal

PATIENCE = 1.0
"""Seconds in which gathering is never interrupted. What is gathered by then need not be gathered again on resume."""

Heed = Callable[[], None]
"""Called between pieces of work. Raises CutShort if nobody waits for the result any more."""


class CutShort(Exception):  # noqa: N818 - named after what happened
    """Nobody waits for the rest. timeout: the attempt's time is over; otherwise it was stopped."""

    def __init__(self, *, timeout: bool) -> None:
        super().__init__("timeout" if timeout else "stopped")
        self.timeout = timeout


def heeding(stop: StopSignal, start: float, timeout: float | None, clock: Callable[[], float] = time.monotonic) -> Heed:
    """Checks the stop signal and the attempt's timeout, once gathering has taken PATIENCE seconds from now.

    start: of the attempt.
    """
    patient_until = clock() + PATIENCE

    def heed() -> None:
        now = clock()
        if now < patient_until:
            return
        if stop.is_set():
            raise CutShort(timeout=False)
        if timeout is not None and now - start >= timeout:
            raise CutShort(timeout=True)

    return heed


def never() -> None:
    """Checks nothing."""
