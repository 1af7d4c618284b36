"""What a resumed run takes over from before, and what runs again. Pure but for the digests of files, which are an argument."""

from collections.abc import Collection, Iterator, Mapping

from orchestrator.engine.judging import Digest
from orchestrator.graph.model import TaskGraph
from orchestrator.state.events import TaskInterrupted, TaskInvalidated, TaskRequeued
from orchestrator.state.run import RunState, TaskRecord
from orchestrator.state.transitions import Status

NOT_ASKED_FOR = "not asked for"
DIED = "its orchestrator ended while it ran"

Reconciliation = TaskInterrupted | TaskRequeued | TaskInvalidated


def reconcile(
    graph: TaskGraph, state: RunState, fingerprints: Mapping[str, str], excluded: Collection[str], digest: Digest
) -> Iterator[Reconciliation]:
    """The events that follow a RunResumed, in the graph's order. state: as it stood before that event.

    A finished task keeps its result, unless the plan or code of it changed, a file of its evidence changed, or a task
    above it runs again. Where the run had finished and is taken up on purpose, what failed gets another chance.
    """
    again: dict[str, str] = {}
    for task in graph.nodes:
        record = state.tasks.get(task)
        if record is None:
            continue
        reason = _own_reason(state, record, fingerprints[task], task in excluded, digest)
        above = next((need for need in graph.needs[task] if need in again or need not in state.tasks), None)
        if above is not None:
            reason = reason or f"{above} above it runs again"
        yield from _events(record, reason)
        if reason:
            again[task] = reason


def _events(record: TaskRecord, reason: str) -> Iterator[Reconciliation]:
    if record.status is Status.RUNNING:
        yield TaskInterrupted(record.id, record.attempt, DIED)
    elif reason and record.status is not Status.PENDING:
        yield TaskInvalidated(record.id, reason)
    elif record.status is Status.WAITING:
        yield TaskRequeued(record.id)


def _own_reason(state: RunState, record: TaskRecord, now: str, excluded: bool, digest: Digest) -> str:  # noqa: FBT001 - one of five facts
    """Why the task's result does not count any more, "" while it does; those above it not regarded."""
    if state.fingerprints[record.id] != now:
        return "what it runs has changed"
    if record.status is Status.SKIPPED and record.reason == NOT_ASKED_FOR and not excluded:
        return "it is asked for now"
    if state.finished and (record.status in {Status.FAILED, Status.CANCELLED} or record.culprit):
        return f"it {record.status} before"
    artifacts = record.evidence.artifacts if record.evidence else ()
    lost = next((each.name for each in artifacts if digest(each.path) != each.sha256), None)
    return "" if lost is None else f"its file {lost} has changed or gone"
