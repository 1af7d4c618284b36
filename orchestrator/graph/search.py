"""A genetic search for a short schedule, on lists of tasks.

A list is turned into a schedule by serial generation: each task in turn starts as early as order and capacities allow.
Every schedule is then justified, to the right and back to the left, which keeps or shortens it (Valls, Ballestín and
Quintanilla 2005). Lists are crossed at two points, which keeps their order valid (Hartmann 1998). Pure: chance and the
moment to stop are arguments.
"""

import random
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from orchestrator.graph.project import Project

POPULATION: Final = 40
SWAPPED: Final = 0.05
"""Chance that a task changes places with its neighbour in a new list."""
GREEDY: Final = 0.7
"""Chance that the first lists take the most urgent ready task instead of any."""
STARTS: Final = 10
"""First lists made by chance, besides the given ones. The rest of the population are their children."""

Starts = list[int]


@dataclass(frozen=True, slots=True)
class Found:
    """A schedule: when each task starts, and when the last one ends."""

    makespan: int
    starts: tuple[int, ...]

    @property
    def order(self) -> list[int]:
        """The tasks by their start. Tasks with the same start are in the plan's order, which is a valid one."""
        return sorted(range(len(self.starts)), key=lambda task: (self.starts[task], task))


class _Profile:
    """The free amount of every counter over time.

    moments: sorted. rows: what is free until the next moment.
    """

    def __init__(self, full: Sequence[int]) -> None:
        self.moments = [0]
        self.rows = [list(full)]

    def earliest(self, ready: int, length: int, demand: Sequence[tuple[int, int]]) -> int:
        """The earliest start of a task that is ready at that time."""
        moments, rows = self.moments, self.rows
        at = bisect_right(moments, ready) - 1
        start, end = ready, ready + length
        while at < len(moments) and moments[at] < end:
            row = rows[at]
            for counter, amount in demand:
                if row[counter] < amount:  # the last row is free, so there is a next one
                    start = moments[at + 1]
                    end = start + length
                    break
            at += 1
        return start

    def take(self, start: int, end: int, demand: Sequence[tuple[int, int]]) -> None:
        """Hold the task's demand from its start to its end."""
        for row in self.rows[self._cut(start) : self._cut(end)]:
            for counter, amount in demand:
                row[counter] -= amount

    def _cut(self, moment: int) -> int:
        """The index of a moment, which is added if missing."""
        at = bisect_left(self.moments, moment)
        if at == len(self.moments) or self.moments[at] != moment:
            self.moments.insert(at, moment)
            self.rows.insert(at, list(self.rows[at - 1]))
        return at


def generate(project: Project, order: Sequence[int]) -> Starts:
    """Serial schedule generation. order: every task once, none before what it waits for."""
    profile = _Profile(project.full)
    lengths, before, demands = project.lengths, project.before, project.demands
    starts = [0] * len(order)
    for task in order:
        ready = max([starts[need] + lengths[need] for need in before[task]], default=0)
        length, demand = lengths[task], demands[task]
        if length and demand:
            ready = profile.earliest(ready, length, demand)
            profile.take(ready, ready + length, demand)
        starts[task] = ready
    return starts


def justified(project: Project, backwards: Project, starts: Sequence[int]) -> Found:
    """The schedule pushed to the right and back to the left: never longer than it was."""
    end = project.makespan(list(starts))
    lengths = project.lengths
    latest_first = sorted(range(len(starts)), key=lambda task: (-starts[task] - lengths[task], -starts[task], -task))
    mirrored = generate(backwards, latest_first)
    pushed = [end - mirrored[task] - lengths[task] for task in range(len(starts))]
    earliest_first = sorted(range(len(starts)), key=lambda task: (pushed[task], task))
    back = generate(project, earliest_first)
    return Found(project.makespan(back), tuple(back))


def search(
    project: Project,
    best: Found,
    chance: random.Random,
    enough: Callable[[], bool],
    offer: Callable[[Found], None],
) -> None:
    """Search for a shorter schedule than `best` until `enough` says so. Every shortest one so far is offered.

    A list needs two tasks or more to be crossed with another.
    """
    backwards = project.backwards()
    urgency = tails(project)
    population: list[Found] = []
    child = justified(project, backwards, best.starts)
    while True:
        if child.makespan < best.makespan:
            best = child
            offer(best)
        population = _survivors([*population, child])
        if enough():
            return
        if len(population) <= STARTS:
            order = drawn(project, urgency, chance)
        else:
            mother, father = chance.sample(population, 2)
            order = mutated(project, crossed(mother.order, father.order, chance), chance)
        child = justified(project, backwards, generate(project, order))


def tails(project: Project) -> list[int]:
    """Length of the longest chain that begins with each task. A longer chain makes its task more urgent."""
    found = [0] * len(project.lengths)
    for task in reversed(range(len(found))):
        found[task] = project.lengths[task] + max((found[one] for one in project.after[task]), default=0)
    return found


def drawn(project: Project, urgency: Sequence[int], chance: random.Random) -> list[int]:
    """A random list in which urgent tasks tend to come early."""
    waiting = [len(needs) for needs in project.before]
    ready = [task for task, count in enumerate(waiting) if not count]
    order: list[int] = []
    while ready:
        task = max(ready, key=urgency.__getitem__) if chance.random() < GREEDY else chance.choice(ready)
        ready.remove(task)
        order.append(task)
        for one in project.after[task]:
            waiting[one] -= 1
            if not waiting[one]:
                ready.append(one)
    return order


def crossed(mother: Sequence[int], father: Sequence[int], chance: random.Random) -> list[int]:
    """The mother's list up to a first point, then the father's order up to a second one, then the mother's again."""
    one, two = sorted(chance.randrange(len(mother) + 1) for _ in range(2))
    order = list(mother[:one])
    taken = set(order)
    for task in father:
        if len(order) == two:
            break
        if task not in taken:
            taken.add(task)
            order.append(task)
    return [*order, *(task for task in mother if task not in taken)]


def mutated(project: Project, order: list[int], chance: random.Random) -> list[int]:
    """The list with some neighbours swapped, if neither waits for the other."""
    for place in range(len(order) - 1):
        one, other = order[place], order[place + 1]
        if chance.random() < SWAPPED and one not in project.before[other]:
            order[place], order[place + 1] = other, one
    return order


def _survivors(population: list[Found]) -> list[Found]:
    """The best, all with different schedules, the younger first among equals."""
    if len(population) <= POPULATION:
        return population
    unlike = {found.starts: found for found in population}
    youngest_first = list(unlike.values())[::-1]
    return sorted(youngest_first, key=lambda found: found.makespan)[:POPULATION]
