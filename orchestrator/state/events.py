"""Events: everything that can happen to a run, as plain data. The envelope has time, sequence number and fencing token.

Their classes are in `run_events`, `task_events` and `agent_events`. Import them from here.
"""

from orchestrator.records import dataclass
from orchestrator.state.agent_events import (
    HandedIn,
    HandInJoined,
    PersonAnswered,
    PersonAsked,
    QuestionAnswered,
    RoundJudged,
    RoundReturned,
    SpendReserved,
    SpendSettled,
    TurnClaimed,
)
from orchestrator.state.run_events import (
    CriterionJudged,
    ProgressReported,
    RunExpected,
    RunFinished,
    RunInterrupted,
    RunResumed,
    RunStarted,
    RunWaits,
)
from orchestrator.state.task_events import (
    AttemptFailed,
    AttemptLaunched,
    TaskCancelled,
    TaskFailed,
    TaskInterrupted,
    TaskInvalidated,
    TaskNoted,
    TaskRequeued,
    TaskReused,
    TaskSampled,
    TaskSkipped,
    TaskStarted,
    TaskSucceeded,
)

__all__ = [
    "AttemptFailed",
    "AttemptLaunched",
    "CriterionJudged",
    "Envelope",
    "Event",
    "HandInJoined",
    "HandedIn",
    "PersonAnswered",
    "PersonAsked",
    "ProgressReported",
    "QuestionAnswered",
    "RoundJudged",
    "RoundReturned",
    "RunExpected",
    "RunFinished",
    "RunInterrupted",
    "RunResumed",
    "RunStarted",
    "RunWaits",
    "SpendReserved",
    "SpendSettled",
    "TaskCancelled",
    "TaskFailed",
    "TaskInterrupted",
    "TaskInvalidated",
    "TaskNoted",
    "TaskRequeued",
    "TaskReused",
    "TaskSampled",
    "TaskSkipped",
    "TaskStarted",
    "TaskSucceeded",
    "TurnClaimed",
]

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
