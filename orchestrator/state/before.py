"""The run of a plan before this one, as it was known when this one started."""

from orchestrator.records import dataclass


@dataclass(frozen=True, slots=True)
class Before:
    """environment: of its machine. outcomes: its verdicts, PASS, FAIL or UNPROVEN by criterion."""

    run: str
    plan_digest: str
    settings: dict[str, str]
    environment: dict[str, str]
    outcomes: dict[str, str]
