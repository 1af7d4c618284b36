"""What a task costs, read from two commands side by side: one that does a whole shape, and one that does a single
job.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from benchmarks.engine.measure import Cost
from benchmarks.engine.ours import Ran


@dataclass(frozen=True, slots=True)
class Turn:
    """one, all: what the two commands cost. ran: what our journal says of the whole shape, None for a peer."""

    one: Cost
    all: Cost
    tasks: int
    ran: Ran | None = None

    @property
    def beyond(self) -> float:
        """Seconds for each task beyond the first: the start of the program apart."""
        return (self.all.seconds - self.one.seconds) / (self.tasks - 1)

    @property
    def whole(self) -> float:
        """Seconds of the whole command for each task."""
        return self.all.seconds / self.tasks

    @property
    def processor(self) -> float:
        """As `beyond`, of processor time."""
        return (self.all.cpu - self.one.cpu) / (self.tasks - 1)


BEYOND: Final = "beyond one task"
WHOLE: Final = "whole command"
READINGS: Final[Mapping[str, Callable[[Turn], float]]] = {
    BEYOND: lambda turn: turn.beyond,
    WHOLE: lambda turn: turn.whole,
}


def over(ours: float, theirs: float) -> float:
    """The quotient; infinite where noise left less than nothing of either, so that it meets no bar."""
    return ours / theirs if ours > 0 and theirs > 0 else math.inf
