"""Workloads as neutral task lists: what is done, and who waits for whom. Every peer gets the same lists.

A task that does nothing costs what its orchestrator costs. `SHAPES` names the standard sizes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

NOOP: Final = "noop"
TRUE: Final = "true"


@dataclass(frozen=True, slots=True)
class Job:
    """One task. kind: "noop", "true" (a program that does nothing), "sleep", or "program" (the program `sleep`).

    seconds: how long a "sleep" or "program" takes.
    """

    name: str
    kind: str = NOOP
    seconds: float = 0.0
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """Jobs in an order in which each comes after what it needs. slots: how many may run at once."""

    name: str
    jobs: tuple[Job, ...]
    slots: int = 4

    @property
    def edges(self) -> int:
        """How many needs there are."""
        return sum(len(job.needs) for job in self.jobs)

    @property
    def ideal(self) -> float:
        """Seconds that no schedule beats: the longest chain, or all work over all slots."""
        finish: dict[str, float] = {}
        for job in self.jobs:
            finish[job.name] = job.seconds + max((finish[need] for need in job.needs), default=0.0)
        return max(*finish.values(), sum(job.seconds for job in self.jobs) / self.slots)


def wide(count: int, kind: str = NOOP, seconds: float = 0.0) -> tuple[Job, ...]:
    """Independent jobs."""
    return tuple(Job(f"t{index:06d}", kind, seconds) for index in range(count))


def chain(count: int) -> tuple[Job, ...]:
    """Each waits for the one before it."""
    return tuple(Job(f"t{index:06d}", needs=(f"t{index - 1:06d}",) if index else ()) for index in range(count))


def layers(depth: int, width: int) -> tuple[Job, ...]:
    """Every job of a layer waits for all of the layer above: (depth - 1) * width**2 edges."""
    rows = [[f"l{row:03d}-{place:03d}" for place in range(width)] for row in range(depth)]
    return tuple(Job(name, needs=tuple(rows[row - 1]) if row else ()) for row in range(depth) for name in rows[row])


def grid(depth: int, width: int) -> tuple[Job, ...]:
    """Layers in which each job waits for its neighbours above: the one in its place and the one on each side of it."""
    return tuple(
        Job(f"l{row:03d}-{place:03d}", needs=_neighbours(row, place, width))
        for row in range(depth)
        for place in range(width)
    )


def _neighbours(row: int, place: int, width: int) -> tuple[str, ...]:
    near = (place - 1, place, place + 1)
    return tuple(f"l{row - 1:03d}-{each:03d}" for each in near if 0 <= each < width) if row else ()


def diamonds(count: int, width: int) -> tuple[Job, ...]:
    """A chain of diamonds: one job, `width` that need it, one that needs those, and so on."""
    jobs = [Job("d0000")]
    for index in range(count):
        sides = tuple(f"d{index:04d}-{place:03d}" for place in range(width))
        top = (jobs[-1].name,)
        jobs += [Job(side, needs=top) for side in sides]
        jobs.append(Job(f"d{index + 1:04d}", needs=sides))
    return tuple(jobs)


def phase(kind: str, seconds: float) -> tuple[Job, ...]:
    """The founding plan's shape: four workstreams of six, six integration steps, a validation, a report."""
    jobs = [
        Job(f"w{stream}-{step}", kind, seconds, (f"w{stream}-{step - 1}",) if step else ())
        for step in range(6)
        for stream in range(4)
    ]
    last: tuple[str, ...] = tuple(f"w{stream}-5" for stream in range(4))
    for name in (*(f"integrate-{step}" for step in range(6)), "validate", "report"):
        jobs.append(Job(name, kind, seconds, last))
        last = (name,)
    return tuple(jobs)


SHAPES: Final[Mapping[str, Callable[[], Shape]]] = {
    "one": lambda: Shape("one", wide(1)),
    "wide-1000": lambda: Shape("wide-1000", wide(1_000)),
    "wide-10000": lambda: Shape("wide-10000", wide(10_000)),
    "wide-100000": lambda: Shape("wide-100000", wide(100_000)),
    "chain-1000": lambda: Shape("chain-1000", chain(1_000)),
    "layers-10x100": lambda: Shape("layers-10x100", layers(10, 100)),
    "grid-100x100": lambda: Shape("grid-100x100", grid(100, 100)),
    "diamonds-100x8": lambda: Shape("diamonds-100x8", diamonds(100, 8)),
    "phase": lambda: Shape("phase", phase("sleep", 0.5)),
    "phase-sleep": lambda: Shape("phase-sleep", phase("program", 0.5)),
    "phase-noop": lambda: Shape("phase-noop", phase(NOOP, 0.0)),
    "sleep-10ms": lambda: Shape("sleep-10ms", wide(400, "sleep", 0.01)),
    "true-1000": lambda: Shape("true-1000", wide(1_000, TRUE)),
    "true-one": lambda: Shape("true-one", wide(1, TRUE)),
}
