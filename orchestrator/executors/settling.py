"""The result of an attempt whose program has ended: its failure or its evidence, and what becomes of what it left."""

from collections.abc import Callable
from dataclasses import replace

from orchestrator.errors import OrchestratorError
from orchestrator.evidence.measurement import Evidence, Measurement, Origin, Usage
from orchestrator.executors.collect import Collector
from orchestrator.executors.ending import Ending, failure_of
from orchestrator.executors.heed import Heed, never
from orchestrator.executors.order import AttemptResult, Note, Told, WorkOrder
from orchestrator.executors.place import Place, keep_all
from orchestrator.state.failure import Cause, Failure


def settle(
    ending: Ending, collector: Collector, order: WorkOrder, heed: Heed = never
) -> tuple[Failure | None, Evidence]:
    """The failure or, if there is none, the evidence. Artifacts that cannot be used are a failure too.

    Raises what `heed` raises.
    """
    failure = failure_of(ending)
    if failure is None:
        try:
            return None, collector.evidence(order.folder, order.artifacts, order.inputs, heed, order.home)
        except OrchestratorError as error:
            failure = Failure(Cause.EVIDENCE, str(error), ending.exit_code)
        except OSError as error:
            failure = Failure(Cause.EVIDENCE, f"an artifact could not be read: {error}", ending.exit_code)
    return replace(failure, measured=collector.measured), Evidence()


def with_origin(evidence: Evidence, origin: Origin) -> Evidence:
    """The evidence with its origin. Empty evidence gets none."""
    left = evidence.measurements or evidence.artifacts
    return replace(evidence, origins=(origin,)) if left else evidence


def cut_short(
    order: WorkOrder, measured: tuple[Measurement, ...], usage: Usage, exit_code: int, *, timeout: bool
) -> AttemptResult:
    """The result if the program had ended, but not our work after it. timeout: whether its timeout was over."""
    if not timeout:
        return AttemptResult(order.task, order.attempt, Evidence(measured), usage, None, stopped=True)
    what = (
        f"its timeout of {order.timeout:g} s was over before its evidence was read and its artifacts' checksums taken"
    )
    failure = Failure(Cause.TIMEOUT, f"{what}; leave less behind, or raise the timeout", exit_code, measured)
    return AttemptResult(order.task, order.attempt, Evidence(), usage, failure)


def kept_result(
    result: AttemptResult, order: WorkOrder, place: Place, collector: Collector, listener: Callable[[Told], None]
) -> AttemptResult:
    """The result, once what the attempt left is in its final place. Notes tell what happened to it."""
    try:
        told = keep_all(order, place, collector)
    except OSError as error:
        if result.failure is not None or result.stopped:
            return result
        failure = Failure(Cause.EVIDENCE, f"what it left could not be kept: {error.strerror or error}")
        return replace(result, evidence=Evidence(), failure=failure)
    for text in told:
        listener(Note(order.task, order.attempt, text))
    return result
