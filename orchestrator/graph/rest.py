"""Estimate how long a run still takes: each task's expected duration, times the pace of the finished tasks. Pure."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

from orchestrator.graph.model import TaskGraph

NONE: Final[Mapping[str, float]] = MappingProxyType({})


def seconds_left(
    graph: TaskGraph,
    spent: Mapping[str, float],
    working: Mapping[str, float],
    settled: Collection[str],
    expected: Mapping[str, float] = NONE,
) -> dict[str, float] | None:
    """Seconds that each task still takes. None if nothing tells: no expectation, and no finished task with an estimate.

    spent: of finished tasks; working: since running ones began; expected: of tasks, where the run's start knew it.
    """
    guess = {task: expected.get(task, node.estimate) for task, node in graph.nodes.items()}
    compared = [task for task in spent if guess.get(task, 0.0) > 0]
    if not compared and not expected:
        return None
    pace = sum(spent[task] for task in compared) / sum(guess[task] for task in compared) if compared else 1.0
    return {
        task: max(0.0, seconds * pace - working.get(task, 0.0))
        for task, seconds in guess.items()
        if task not in settled
    }


def remaining(graph: TaskGraph, left: Mapping[str, float], at_once: int, pauses: Mapping[str, float] = NONE) -> float:
    """Seconds until all of it is done, so many at once: no less than the longest chain. pauses: as for that."""
    return max(longest_rest(graph, left, pauses), sum(left.values()) / max(1, at_once))


def longest_rest(graph: TaskGraph, left: Mapping[str, float], pauses: Mapping[str, float] = NONE) -> float:
    """Seconds of the longest chain, of tasks that have so many left; those not named have none. pauses: until the next
    attempt of tasks that wait for one.
    """
    finish: dict[str, float] = {}
    for task in graph.nodes:
        wait = max((finish[need] for need in graph.needs[task]), default=0.0)
        finish[task] = wait + pauses.get(task, 0.0) + left.get(task, 0.0)
    return max(finish.values(), default=0.0)
