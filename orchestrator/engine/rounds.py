"""Rounds of agents' work: when a hand-in is judged, what is judged, and whether another round follows.

Pure, except for `digest`.
"""

from collections.abc import Iterator, Mapping

from orchestrator.engine.judging import Digest, verdict_on
from orchestrator.engine.levels import levelled
from orchestrator.engine.promises import declared_metrics
from orchestrator.evidence.verdict import Outcome, Verdict
from orchestrator.graph.model import TaskGraph
from orchestrator.plan.handins import briefed, full_id, instruments, measured_by
from orchestrator.plan.model import Plan
from orchestrator.records import dataclass
from orchestrator.runner import Runner
from orchestrator.state.rounds import HandIn, Round, Talk
from orchestrator.state.run import RunState
from orchestrator.state.transitions import SETTLED, Status


@dataclass(frozen=True, slots=True)
class Rounds:
    """What the plan says about hand-ins, for one run.

    until: for each task that leaves a hand-in, the criteria that it must PASS, by full id. digest: of files, when one
    is judged.
    """

    plan: Plan
    graph: TaskGraph
    runners: Mapping[str, Runner]
    digest: Digest
    instruments: Mapping[str, tuple[str, ...]]
    measured: Mapping[str, str]
    until: Mapping[str, tuple[str, ...]]

    def leaves_hand_in(self, task: str) -> bool:
        """Whether an agent does the task from a brief."""
        return task in self.until

    def of_instrument(self, task: str, state: RunState) -> str | None:
        """The task whose open round this one measures, None if it measures none."""
        measured = self.measured.get(task)
        return measured if measured and state.tasks[measured].status is Status.HANDED_IN else None

    def due(self, state: RunState) -> Iterator[str]:
        """The tasks whose hand-in is fully measured and not judged yet."""
        for task in self.until:
            record = state.tasks.get(task)
            if record is not None and record.status is Status.HANDED_IN and self._measured(task, state):
                yield task

    def judge(self, task: str, state: RunState) -> Round:
        """The result of the round whose hand-in is measured."""
        record = state.tasks[task]
        verdicts = tuple(self._verdict(criterion, state) for criterion in self.until[task])
        why = "; ".join(filter(None, [*self._failed_instruments(task, state), *map(_missed, verdicts)]))
        talk = record.hand_in.talk if record.hand_in else None
        return Round(len(record.rounds) + 1, record.attempt, not why, why, verdicts, record.hand_in, talk)

    def lost(self, task: str, state: RunState, why: str, talk: Talk | None, hand_in: HandIn | None = None) -> Round:
        """A round that left nothing to measure, or whose hand-in could not be joined."""
        record = state.tasks[task]
        return Round(len(record.rounds) + 1, record.attempt, passed=False, why=why, hand_in=hand_in, talk=talk)

    def left(self, task: str, state: RunState) -> int:
        """How many more rounds the task can have."""
        return self.graph.nodes[task].task.rounds - len(state.tasks[task].rounds)

    def _measured(self, task: str, state: RunState) -> bool:
        return all(state.tasks[each].status in SETTLED for each in self.instruments.get(task, ()))

    def _failed_instruments(self, task: str, state: RunState) -> Iterator[str]:
        for each in self.instruments.get(task, ()):
            record = state.tasks[each]
            if record.status is Status.FAILED:
                yield f"{each} failed: {record.failures[-1].message}" if record.failures else f"{each} failed"
            elif record.status is not Status.SUCCEEDED:
                yield f"{each} was {record.status}: {record.reason}"

    def _verdict(self, criterion: str, state: RunState) -> Verdict:
        metrics = declared_metrics(self.graph, self.runners)
        return verdict_on(self.graph, state, criterion, levelled(self.plan, criterion), metrics, self.digest)


def rounds_of(plan: Plan, graph: TaskGraph, runners: Mapping[str, Runner], digest: Digest) -> Rounds:
    """What a plan says about hand-ins."""
    until = {
        task: tuple(full_id(task.split(".")[0], each) for each in spec.until) for task, spec in briefed(plan).items()
    }
    return Rounds(plan, graph, runners, digest, instruments(plan), measured_by(plan), until)


def _missed(verdict: Verdict) -> str:
    return "" if verdict.outcome is Outcome.PASS else f"{verdict.criterion} {verdict.outcome}: {verdict.detail}"
