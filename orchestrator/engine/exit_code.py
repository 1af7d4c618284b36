"""The result of a run, as an exit code. Pure."""

from collections.abc import Iterable

from orchestrator.evidence.verdict import Outcome, Verdict
from orchestrator.state.run import TaskRecord
from orchestrator.state.transitions import Status

PASSED, MISSED, UNPROVEN, FAULT, WAITS, INTERRUPTED = 0, 1, 3, 4, 5, 130


def exit_code(tasks: Iterable[TaskRecord], verdicts: Iterable[Verdict], *, accepted: bool = True) -> int:
    """The exit code of a finished run.

    - 1 if a task was cancelled or failed (unless that is tolerated), or a criterion FAILed.
    - Else 3 if a criterion is UNPROVEN, or if not every loosening of the contract was accepted (`accepted`).
    - Else 0.
    """
    outcomes = {verdict.outcome for verdict in verdicts}
    if any(_bad(record) for record in tasks) or Outcome.FAIL in outcomes:
        return MISSED
    return UNPROVEN if Outcome.UNPROVEN in outcomes or not accepted else PASSED


def _bad(record: TaskRecord) -> bool:
    return record.status is Status.CANCELLED or (record.status is Status.FAILED and not record.tolerated)
