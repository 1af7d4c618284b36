"""What a resumed run keeps, and what runs again. Pure, except for the digests of files, which are an argument."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import field

from orchestrator.engine.fingerprints import differences
from orchestrator.engine.judging import Digest
from orchestrator.evidence.measurement import Measurement
from orchestrator.graph.model import TaskGraph
from orchestrator.records import dataclass
from orchestrator.state.events import TaskInterrupted, TaskInvalidated, TaskRequeued
from orchestrator.state.run import RunState, TaskRecord
from orchestrator.state.transitions import Status

NOT_ASKED_FOR = "not asked for"
DIED = "its orchestrator ended while it ran"
FORCED = "it was forced"

Left = Callable[[str, int], tuple[Measurement, ...]]


def nothing_left(_task: str, _attempt: int) -> tuple[Measurement, ...]:
    """The `Left` of a run in which nothing was under way."""
    return ()


Reconciliation = TaskInterrupted | TaskRequeued | TaskInvalidated


@dataclass(frozen=True, slots=True)
class Change:
    """What makes a resumption differ from the run so far.

    fingerprints: of every task of the plan as it is now. excluded: tasks not asked for. forced: tasks to run again
    whatever they came to. digest: sha256 of a file by its path below the run's folder, None if there is none. left:
    what an attempt that was under way had measured, by task and attempt. void: why what people were asked or answered
    does not hold any more, by task.
    """

    fingerprints: Mapping[str, str]
    excluded: Collection[str]
    forced: Collection[str]
    digest: Digest
    left: Left = nothing_left
    void: Mapping[str, str] = field(default_factory=dict)


def reconcile(graph: TaskGraph, state: RunState, change: Change) -> Iterator[Reconciliation]:
    """The events that follow a RunResumed, in the graph's order. state: as it was before that event."""
    reasons = again(graph, state, change)
    for task in graph.nodes:
        if (record := state.tasks.get(task)) is not None:
            yield from _events(record, reasons.get(task, ""), change.left)


def again(graph: TaskGraph, state: RunState, change: Change) -> dict[str, str]:
    """Why a task's result, or the attempt under way, no longer counts, by task. The other tasks are kept.

    A finished task keeps its result, unless:

    - its plan or code changed, or a file of its evidence changed;
    - it was not asked for before, and is now;
    - it is forced, or a task above it runs again;
    - it failed, was cancelled, or was skipped because of a failure, and the run had finished. It then gets another
      chance.
    """
    reasons: dict[str, str] = {}
    for task in graph.nodes:
        record = state.tasks.get(task)
        if record is None:
            continue
        above = next((need for need in graph.needs[task] if need in reasons or need not in state.tasks), None)
        reason = _own_reason(graph, state, record, change) or ("" if above is None else f"{above} above it runs again")
        if reason:
            reasons[task] = reason
    return reasons


def _events(record: TaskRecord, reason: str, left: Left) -> Iterator[Reconciliation]:
    if record.status is Status.RUNNING:
        yield TaskInterrupted(record.id, record.attempt, DIED, left(record.id, record.attempt))
        if reason and record.batches:
            yield TaskInvalidated(record.id, reason)
    elif reason and (record.status is not Status.PENDING or record.batches):
        yield TaskInvalidated(record.id, reason)
    elif record.status is Status.WAITING:
        yield TaskRequeued(record.id)


def _own_reason(  # noqa: PLR0911 - one for each reason
    graph: TaskGraph, state: RunState, record: TaskRecord, change: Change
) -> str:
    """Why the task's result does not count any more, "" while it does; those above it not regarded."""
    if record.id in change.void:
        return change.void[record.id]
    if changed := differences(state.fingerprints[record.id], change.fingerprints[record.id]):
        return f"{' and '.join(changed)} changed"
    if record.status is Status.SKIPPED and record.reason == NOT_ASKED_FOR and record.id not in change.excluded:
        return "it is asked for now"
    if record.id in change.forced:
        return FORCED
    if record.status is Status.FAILED and record.tolerated != graph.nodes[record.id].task.continue_on_error:
        return "whether its failure is tolerated changed"
    if state.finished and (record.status in {Status.FAILED, Status.CANCELLED} or record.culprit):
        return f"it {record.status} before"
    kept = (record.evidence,) if record.evidence else tuple(evidence for _, evidence in record.batches)
    artifacts = (artifact for evidence in kept for artifact in evidence.artifacts)
    lost = next((each.name for each in artifacts if change.digest(each.path) != each.sha256), None)
    return "" if lost is None else f"its file {lost} has changed or gone"
