"""How long a run still takes: by the estimates, at the pace of what has finished. Pure."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

from orchestrator.graph.model import TaskGraph

NONE: Final[Mapping[str, float]] = MappingProxyType({})


def seconds_left(
    graph: TaskGraph, spent: Mapping[str, float], working: Mapping[str, float], settled: Collection[str]
) -> dict[str, float] | None:
    """Seconds that each task still takes; None before anything finished. spent: of finished tasks; working: since
    running ones began.
    """
    guessed = sum(graph.nodes[task].estimate for task in spent if task in graph.nodes)
    if guessed <= 0:
        return None
    pace = sum(spent.values()) / guessed
    return {
        task: max(0.0, node.estimate * pace - working.get(task, 0.0))
        for task, node in graph.nodes.items()
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
