"""What can happen to a run, as plain data. Time, sequence number and fencing token are in the envelope."""

from dataclasses import field
from typing import Literal

from orchestrator.evidence.history import Earlier
from orchestrator.evidence.measurement import Claim, Evidence, Measurement, Usage
from orchestrator.evidence.metric import LATE, Metric
from orchestrator.evidence.verdict import Verdict
from orchestrator.process import Launch
from orchestrator.records import dataclass
from orchestrator.state.before import Before
from orchestrator.state.claims import Claimed
from orchestrator.state.failure import Failure
from orchestrator.state.loosened import Loosened
from orchestrator.state.people import Answer, Asked
from orchestrator.state.questions import Reply
from orchestrator.state.rounds import HandIn, Joined, Round
from orchestrator.state.spending import Reserved, Settled


@dataclass(frozen=True, slots=True)
class RunStarted:
    """plan_text: the YAML as read. settings: what `--set` gave. environment: a description of the machine.

    plan_file: the plan's absolute path, empty for one that is in no file, and in journals of older versions. earlier:
    what earlier runs came to by criterion, in the order of the runs: as many as a target rests on, else the last few.
    before: the run of the plan before this one, None where there is none.
    """

    run: str
    plan_id: str
    plan_digest: str
    plan_text: str
    plan_source: str
    settings: dict[str, str]
    environment: dict[str, str]
    command: tuple[str, ...]
    fingerprints: dict[str, str]
    plan_file: str = ""
    earlier: tuple[Earlier, ...] = field(default=(), metadata=LATE)
    before: Before | None = field(default=None, metadata=LATE)
    kind: Literal["run_started"] = "run_started"


@dataclass(frozen=True, slots=True)
class RunResumed:
    """The plan may have been edited meanwhile, so it is stored again.

    accept_loosened: whether it was accepted that the plan asks for less.
    """

    plan_digest: str
    plan_text: str
    settings: dict[str, str]
    environment: dict[str, str]
    fingerprints: dict[str, str]
    accept_loosened: bool = field(default=False, metadata=LATE)
    plan_file: str = field(default="", metadata=LATE)
    kind: Literal["run_resumed"] = "run_resumed"


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
class SpendReserved:
    """A call of a model is about to be made for the attempt. This is journalled before the call."""

    task: str
    attempt: int
    reserved: Reserved
    kind: Literal["spend_reserved"] = "spend_reserved"


@dataclass(frozen=True, slots=True)
class SpendSettled:
    """A call was answered, and this was its cost."""

    task: str
    attempt: int
    settled: Settled
    kind: Literal["spend_settled"] = "spend_settled"


@dataclass(frozen=True, slots=True)
class HandedIn:
    """The agent's turn is over and left a commit. The commit is measured and judged before the task counts as done."""

    task: str
    attempt: int
    hand_in: HandIn
    usage: Usage
    kind: Literal["handed_in"] = "handed_in"


@dataclass(frozen=True, slots=True)
class RoundJudged:
    """The result of a round. Its consequence (done, again, failed) is the next event of the task."""

    task: str
    attempt: int
    round: Round
    kind: Literal["round_judged"] = "round_judged"


@dataclass(frozen=True, slots=True)
class RoundReturned:
    """The hand-in goes back to its agent, with the verdicts: the task has another round."""

    task: str
    attempt: int
    reason: str
    kind: Literal["round_returned"] = "round_returned"


@dataclass(frozen=True, slots=True)
class HandInJoined:
    """A merge joined a hand-in, or says why it did not."""

    task: str
    attempt: int
    joined: Joined
    kind: Literal["hand_in_joined"] = "hand_in_joined"


@dataclass(frozen=True, slots=True)
class TurnClaimed:
    """An agent that came by itself has taken the turn. A turn is claimed once; when its claimant is lost, it is
    interrupted.
    """

    task: str
    attempt: int
    claim: Claimed
    kind: Literal["turn_claimed"] = "turn_claimed"


@dataclass(frozen=True, slots=True)
class PersonAsked:
    """The task waits for a person from here on. attempt counts from 1 within the run, as of tasks that run."""

    task: str
    attempt: int
    asked: Asked
    kind: Literal["person_asked"] = "person_asked"


@dataclass(frozen=True, slots=True)
class PersonAnswered:
    """A person answered. What follows from it (done, again, failed) is the next event of the task."""

    task: str
    attempt: int
    answer: Answer
    kind: Literal["person_answered"] = "person_answered"


@dataclass(frozen=True, slots=True)
class QuestionAnswered:
    """A person answered what an agent asked in a note while it worked. The task stands as before. number: of the
    question, from 1.
    """

    task: str
    number: int
    reply: Reply
    kind: Literal["question_answered"] = "question_answered"


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


@dataclass(frozen=True, slots=True)
class ProgressReported:
    """A regular report of progress: how many tasks are settled, and what is running."""

    settled: int
    total: int
    running: tuple[str, ...]
    kind: Literal["progress_reported"] = "progress_reported"


@dataclass(frozen=True, slots=True)
class RunExpected:
    """The expected duration of the rest of the run, when this owner took it.

    seconds: of the wall clock. basis: what that is based on. pace: seconds that a short calculation took on this
    machine. Figures of other machines are scaled by it. each: tasks with their expected seconds. It is empty for a
    plan with many tasks, and in journals of older versions.
    """

    seconds: float
    basis: str
    pace: float
    each: tuple[tuple[str, float], ...] = field(default=(), metadata=LATE)
    kind: Literal["run_expected"] = "run_expected"


@dataclass(frozen=True, slots=True)
class CriterionJudged:
    """One criterion's verdict. metric: as declared when it was judged; None in journals of older versions."""

    verdict: Verdict
    metric: Metric | None = None
    kind: Literal["criterion_judged"] = "criterion_judged"


@dataclass(frozen=True, slots=True)
class RunInterrupted:
    """The run stopped early and can be resumed."""

    reason: str
    kind: Literal["run_interrupted"] = "run_interrupted"


@dataclass(frozen=True, slots=True)
class RunWaits:
    """Nothing is left to do but what people have to answer: the run ends here, and goes on once they have. tasks:
    that wait for them.
    """

    tasks: tuple[str, ...]
    kind: Literal["run_waits"] = "run_waits"


@dataclass(frozen=True, slots=True)
class RunFinished:
    """exit_code: 0 all PASS, 1 a task failed or a criterion FAILed, 3 something UNPROVEN or loosened.

    loosened: what the contract asks less than earlier in the run.
    """

    exit_code: int
    loosened: tuple[Loosened, ...] = field(default=(), metadata=LATE)
    kind: Literal["run_finished"] = "run_finished"


Event = (
    RunStarted
    | RunResumed
    | TaskStarted
    | AttemptLaunched
    | TaskNoted
    | TaskSucceeded
    | TaskReused
    | TaskSampled
    | AttemptFailed
    | SpendReserved
    | SpendSettled
    | HandedIn
    | RoundJudged
    | RoundReturned
    | HandInJoined
    | TurnClaimed
    | PersonAsked
    | PersonAnswered
    | QuestionAnswered
    | TaskRequeued
    | TaskFailed
    | TaskInterrupted
    | TaskSkipped
    | TaskCancelled
    | TaskInvalidated
    | ProgressReported
    | RunExpected
    | CriterionJudged
    | RunInterrupted
    | RunWaits
    | RunFinished
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """An event with its place in the journal.

    seq counts from 1 without a gap. at: wall clock, seconds since the epoch, for people. mono: monotonic seconds since
    this owner took the run (durations only). fence: the fencing token of the owner that wrote it.
    """

    seq: int
    at: float
    mono: float
    fence: int
    event: Event
