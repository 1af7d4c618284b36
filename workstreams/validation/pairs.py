"""Two profiles timed in turn, for as long as it takes to tell them apart.

Pairs have a control beside them, and repeated looks use a higher confidence level.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Final

from orchestrator.evidence.intervals import of_median, seed_of
from orchestrator.evidence.sequential import level_at

LEVEL: Final = 0.95
"""For all looks at one comparison together."""

BORDER: Final = 5.0
"""How much worse than the baseline, in %, is a regression."""

ARMS: Final = ("baseline", "merged", "control")

UNDECIDED: Final = "undecided"

Measure = Callable[[str], float]
"""From an arm's name to the result of one sample of it; less is better."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One comparison.

    worse: how much worse than the baseline, in %, by its median. low, high: its interval. Below 0 is better.
    """

    quantity: str
    name: str
    worse: float
    low: float
    high: float
    samples: int

    @property
    def verdict(self) -> str:
        """By the whole interval."""
        if self.low > BORDER:
            return "regression"
        return UNDECIDED if self.high > BORDER else "no regression"


def worse_by(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """How much worse each of ours is than its partner, in %."""
    return [100 * (one / other - 1) for one, other in zip(ours, theirs, strict=True)]


def finding(quantity: str, name: str, merged: Sequence[float], baseline: Sequence[float], look: int = 1) -> Finding:
    """A finding from paired arms in which less is better.

    look: the number of the look at a sample that grows until it decides.
    """
    worse = worse_by(merged, baseline)
    found = of_median(worse, level_at(LEVEL, look), seed_of(f"{quantity} {name}"))
    return Finding(quantity, name, found.value, found.low, found.high, len(worse))


@dataclass(slots=True)
class Pairs:
    """A growing comparison. values: by arm, paired by round. order: the arms as they were measured.

    looks: at the sample so far.
    """

    quantity: str
    name: str
    measure: Measure
    values: dict[str, list[float]] = field(default_factory=lambda: {arm: [] for arm in ARMS})
    order: list[str] = field(default_factory=list)
    looks: int = 0
    found: Finding | None = None

    @property
    def decided(self) -> bool:
        """Whether a look has decided it."""
        return self.found is not None and self.found.verdict != UNDECIDED

    def take(self) -> None:
        """One round of all arms, reversed every other time."""
        turn = len(self.values[ARMS[0]])
        for arm in ARMS if turn % 2 else ARMS[::-1]:
            self.order.append(arm)
            self.values[arm].append(self.measure(arm))

    def look(self) -> None:
        """Decide with the samples so far, if they suffice."""
        self.looks += 1
        self.found = finding(self.quantity, self.name, self.values["merged"], self.values["baseline"], self.looks)


def grow(pairs: Sequence[Pairs], rounds: int, budget: float, clock: Callable[[], float]) -> None:
    """Rounds over all comparisons in turn, until each is decided or `budget` seconds of `clock` are over.

    The first look comes after `rounds` rounds, however long they take. Each further look comes when there are twice as
    many, so looks are rare enough to cost little confidence. A phase in which the machine is slow affects all
    comparisons alike.
    """
    ends = clock() + budget
    undecided, done, due = list(pairs), 0, rounds
    while undecided:
        while done < due and (done < rounds or clock() < ends):
            for each in undecided:
                each.take()
            done += 1
        for each in undecided:
            each.look()
        if clock() >= ends:
            return
        undecided = [each for each in undecided if not each.decided]
        due *= 2


def noise(values: Mapping[str, Sequence[float]]) -> float:
    """How far the baseline is from itself, in %, in half of the pairs: what the machine adds to every comparison."""
    apart = [abs(one) for one in worse_by(values["control"], values["baseline"])]
    return median(apart)


def widest(values: Mapping[str, Sequence[float]]) -> float:
    """The same for the worst tenth of the pairs."""
    apart = [abs(one) for one in worse_by(values["control"], values["baseline"])]
    return quantiles(apart, n=10)[-1] if len(apart) > 1 else apart[0]


def why_undecided(each: Pairs) -> str:
    """The result of a comparison that its budget did not decide, and the machine's noise."""
    found = each.found
    assert found is not None, "every comparison is looked at"
    return (
        f"{found.quantity} on {found.name} is undecided after {found.samples} pairs, {found.worse:+.1f} % worse "
        f"({found.low:+.1f} to {found.high:+.1f} %); machine noise: the baseline against itself was "
        f"{noise(each.values):.1f} % apart in half "
        f"of the pairs and {widest(each.values):.1f} % in a tenth"
    )


def load() -> str:
    """The machine's load, for a reader who sees the noise."""
    return f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
