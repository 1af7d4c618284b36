"""A run's condition in a word or two, from its last event and whether its owner is alive."""

from typing import Final

from orchestrator.journal.lease import Lease
from orchestrator.journal.port import RunSummary

NO_CRITERIA: Final = "no criteria"
WAITING: Final = frozenset({"run_waits", "person_answered"})
"""The last event of a run that nobody works on, because it waits for people or has just been told."""
ENDINGS: Final = {0: "PASS", 1: "FAIL", 3: "UNPROVEN"}


def condition(run: RunSummary, owner: Lease | None) -> str:
    """PASS, FAIL or UNPROVEN once finished, "no criteria" where nothing was to be proven; running while its owner
    lives; interrupted, died or "waits for people" where it can be resumed.
    """
    if run.exit_code == 0 and not run.judged:
        return NO_CRITERIA
    if run.exit_code is not None:
        return ENDINGS.get(run.exit_code, f"exit code {run.exit_code}")
    if owner is not None:
        return "running"
    if run.last in WAITING:
        return "waits for people"
    return "interrupted" if run.last == "run_interrupted" else "died"
