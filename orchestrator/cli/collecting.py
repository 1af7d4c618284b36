"""How often Python looks for cycles of garbage while a verb runs.

Its own thresholds suit programs that make few objects and drop them. A run of ten thousand tasks makes a million that
it keeps. Python spent a fifth of the processor time on looking through them again and again. Source:
https://docs.python.org/3/library/gc.html#gc.set_threshold
"""

import gc
from typing import Final

YOUNG: Final = 500_000
"""Objects made since the last look, where Python's own is 700: at most some 100 MB of cycles wait for it."""
OLDER: Final = 20
"""Looks at the young for one at those that survived one, and of those for one at everything: Python's own is 10."""


def collect_seldom() -> None:
    """Set the thresholds of this process; what it starts keeps Python's own."""
    gc.set_threshold(YOUNG, OLDER, OLDER)


def leave_the_rest() -> None:
    """At the end: what still exists ends with the process, and need not be looked through once more for cycles before.

    Source: https://docs.python.org/3/library/gc.html#gc.freeze
    """
    gc.freeze()
