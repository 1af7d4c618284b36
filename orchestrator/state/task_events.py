"""What happens to one task of a run, as plain data."""

from dataclasses import field
from typing import Literal

from orchestrator.evidence.measurement import Claim, Evidence, Measurement, Usage
from orchestrator.evidence.metric import LATE
from orchestrator.process import Launch
from orchestrator.records import dataclass
from orchestrator.state.failure import Failure


@dataclass(frozen=True, slots=True)
class TaskStarted:
    """attempt counts from 1 within the run."""

    task: str
    attempt: int
    kind: Literal["task_started"] = "task_started"


@dataclass(frozen=True, slots=True)
class AttemptLaunched:
    """The attempt's processes. A later owner of the run finds by them what this one left."""

    task: str
    attempt: int
    launch: Launch
    kind: Literal["attempt_launched"] = "attempt_launched"


@dataclass(frozen=True, slots=True)
class TaskNoted:
    """What an agent said while working. It is shown beside the measurements, never instead of them. claim: a figure in
    it.
    """

    task: str
    attempt: int
    text: str
    claim: Claim | None = None
    kind: Literal["task_noted"] = "task_noted"


@dataclass(frozen=True, slots=True)
class TaskSucceeded:
    """The attempt ended well and left this evidence."""

    task: str
    attempt: int
    evidence: Evidence
    usage: Usage
    kind: Literal["task_succeeded"] = "task_succeeded"


@dataclass(frozen=True, slots=True)
class TaskSampled:
    """The attempt ended well and its evidence counts, but it leaves `criteria` undecided.

    So the task runs again for more samples.
    """

    task: str
    attempt: int
    evidence: Evidence
    usage: Usage
    criteria: tuple[str, ...]
    kind: Literal["task_sampled"] = "task_sampled"


@dataclass(frozen=True, slots=True)
class TaskReused:
    """The task did not run: attempt `source_attempt` of the run `source` did the same.

    What that attempt left was copied into this run.
    """

    task: str
    source: str
    source_attempt: int
    evidence: Evidence
    usage: Usage
    kind: Literal["task_reused"] = "task_reused"


@dataclass(frozen=True, slots=True)
class AttemptFailed:
    """An attempt failed and the retry rule allows another after `delay` seconds."""

    task: str
    attempt: int
    failure: Failure
    usage: Usage
    delay: float
    kind: Literal["attempt_failed"] = "attempt_failed"


@dataclass(frozen=True, slots=True)
class TaskRequeued:
    """The delay before a retry is over."""

    task: str
    kind: Literal["task_requeued"] = "task_requeued"


@dataclass(frozen=True, slots=True)
class TaskFailed:
    """The last allowed attempt failed. tolerated: the task says `continue_on_error`."""

    task: str
    attempt: int
    failure: Failure
    usage: Usage
    tolerated: bool = False
    kind: Literal["task_failed"] = "task_failed"


@dataclass(frozen=True, slots=True)
class TaskInterrupted:
    """The orchestrator stopped or died while the attempt ran. That says nothing about the task.

    measured: what the attempt had recorded until then.
    """

    task: str
    attempt: int
    reason: str
    measured: tuple[Measurement, ...] = field(default=(), metadata=LATE)
    kind: Literal["task_interrupted"] = "task_interrupted"


@dataclass(frozen=True, slots=True)
class TaskSkipped:
    """It will not run in this run: a condition was false, or its trigger rule cannot be met.

    culprit: the failed task behind it, None if nothing failed (its own `if`, or a skip above it).
    """

    task: str
    reason: str
    culprit: str | None = None
    kind: Literal["task_skipped"] = "task_skipped"


@dataclass(frozen=True, slots=True)
class TaskCancelled:
    """The run was cancelled before or while the task ran."""

    task: str
    reason: str
    kind: Literal["task_cancelled"] = "task_cancelled"


@dataclass(frozen=True, slots=True)
class TaskInvalidated:
    """On resume, an earlier result no longer counts (the plan, the code or a task above it changed)."""

    task: str
    reason: str
    kind: Literal["task_invalidated"] = "task_invalidated"
