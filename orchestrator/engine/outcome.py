"""What a run came to, as an exit code. Pure."""

from collections.abc import Iterable

from orchestrator.evidence.verdict import Outcome, Verdict
from orchestrator.state.run import TaskRecord
from orchestrator.state.transitions import Status

PASSED, MISSED, UNPROVEN, FAULT, WAITS, INTERRUPTED = 0, 1, 3, 4, 5, 130


def exit_code(tasks: Iterable[TaskRecord], verdicts: Iterable[Verdict], *, accepted: bool = True) -> int:
    """1 where a task failed (and its failure is not tolerated) or was cancelled, or a criterion FAILed; else 3 where one is UNPROVEN; else 0.

    accepted: whether everything by which the contract was loosened was accepted; where not, it is no better than 3.
    """
    outcomes = {verdict.outcome for verdict in verdicts}
    if any(_bad(record) for record in tasks) or Outcome.FAIL in outcomes:
        return MISSED
    return UNPROVEN if Outcome.UNPROVEN in outcomes or not accepted else PASSED


def _bad(record: TaskRecord) -> bool:
    return record.status is Status.CANCELLED or (record.status is Status.FAILED and not record.tolerated)
