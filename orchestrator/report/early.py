"""Verdicts, during a run, that nothing later in the run can change. Pure.

They are shown, never recorded. At its end a run judges everything, and then checks the files behind the figures too.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from orchestrator.engine.judging import Digest, verdict_on
from orchestrator.engine.levels import levelled
from orchestrator.engine.promises import declared_metrics
from orchestrator.engine.sampling import rested_on
from orchestrator.evidence.metric import Metric
from orchestrator.evidence.verdict import Verdict
from orchestrator.graph.model import TaskGraph
from orchestrator.plan.handins import briefed, joined
from orchestrator.plan.model import Plan
from orchestrator.runner import Runner
from orchestrator.state.run import RunState
from orchestrator.state.transitions import Status

MOST_SAMPLES: Final = 5_000
"""Of a criterion that is judged early: more take long, and a measurement may be under way beside it."""
LOST: Final = frozenset({Status.FAILED, Status.SKIPPED, Status.CANCELLED})
"""What became of a task that leaves no hand-in to join."""
MOST_WORK: Final = 200_000
"""Tasks times criteria of a plan that is looked at."""


class Early:
    """Which criteria of a plan rest on which tasks, so that a step costs what it settles."""

    def __init__(self, plan: Plan, graph: TaskGraph, runners: Mapping[str, Runner]) -> None:
        self._plan, self._graph = plan, graph
        small = len(graph.nodes) * len(plan.criteria) <= MOST_WORK
        self.metrics: Mapping[str, Metric] = declared_metrics(graph, runners) if small else {}
        self._rests = {full: self._tasks(full, runners) for full in plan.criteria} if small else {}
        self._merges = joined(plan) if briefed(plan) else {}

    def _tasks(self, full: str, runners: Mapping[str, Runner]) -> tuple[str, ...]:
        """Every task that has to be settled before the criterion is decided; none where nothing tells."""
        group, criterion = full.partition(".")[0], self._plan.criteria[full]
        found = rested_on(self._graph, runners, group, criterion)
        if not found or any(task not in self._graph.nodes for task in found):
            return ()
        of_others = criterion.from_ is None and all(self._graph.nodes[task].group != group for task in found)
        own = [task for task, node in self._graph.nodes.items() if node.group == group] if of_others else []
        above = [
            each for task in found for each in self._graph.ancestors[task]
        ]  # an agent's next round undoes what is below it
        return tuple(dict.fromkeys((*found, *own, *above)))

    def decided(self, state: RunState, known: Mapping[str, Verdict]) -> Iterator[Verdict]:
        """The verdicts that are decided by now, except those that are known."""
        digest, at_risk = _as_left(state), self._at_risk(state)
        for full, tasks in self._rests.items():
            if full in known or not tasks or not at_risk.isdisjoint(tasks):
                continue
            if all(_settled(state, task) for task in tasks) and self._few(state, full):
                yield verdict_on(self._graph, state, full, levelled(self._plan, full), self.metrics, digest)

    def _at_risk(self, state: RunState) -> frozenset[str]:
        """Accepted hand-ins whose merge is not over: it measures them again, and may send them back."""
        return frozenset(
            task
            for merge, tasks in self._merges.items()
            if not _settled(state, merge)
            for task in tasks
            if task in state.tasks and state.tasks[task].status not in LOST
        )

    def _few(self, state: RunState, full: str) -> bool:
        metric = self._plan.criteria[full].metric
        kept = (state.tasks[task].evidence for task in self._rests[full])
        sizes = (one.size for each in kept if each for one in each.measurements if one.metric == metric)
        return sum(sizes) <= MOST_SAMPLES


def _settled(state: RunState, task: str) -> bool:
    return task in state.tasks and state.tasks[task].settled


def _as_left(state: RunState) -> Digest:
    """Takes every file for what it was when its task left it: the run's end looks at them."""
    kept = (record.evidence for record in state.tasks.values() if record.evidence)
    return {each.path: each.sha256 for one in kept for each in (*one.artifacts, *one.used)}.get
