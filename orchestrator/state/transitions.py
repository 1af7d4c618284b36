"""What may follow what: the state machine of a task, as a table. `orchestrator.state.diagram` makes this of it:

pending -> running: task_started
pending -> asked: person_asked
pending -> succeeded: task_reused
pending -> failed: task_failed
pending -> skipped: task_skipped
pending -> cancelled: task_cancelled
running -> pending: task_sampled, task_interrupted, round_returned
running -> handed in: handed_in
running -> waiting: attempt_failed
running -> succeeded: task_succeeded
running -> failed: task_failed
running -> cancelled: task_cancelled
handed in -> pending: round_returned, task_invalidated
handed in -> succeeded: task_succeeded
handed in -> failed: task_failed
handed in -> cancelled: task_cancelled
waiting -> pending: task_requeued, task_invalidated
waiting -> cancelled: task_cancelled
asked -> pending: round_returned, task_invalidated
asked -> answered: person_answered
asked -> failed: task_failed
asked -> cancelled: task_cancelled
answered -> pending: round_returned, task_invalidated
answered -> succeeded: task_succeeded
answered -> failed: task_failed
answered -> cancelled: task_cancelled
succeeded -> pending: round_returned, task_invalidated
failed -> pending: round_returned, task_invalidated
skipped -> pending: round_returned, task_invalidated
cancelled -> pending: task_invalidated
pending stays: task_invalidated, question_answered
running stays: attempt_launched, task_noted, spend_reserved, spend_settled, turn_claimed, round_judged, hand_in_joined, question_answered
handed in stays: round_judged, question_answered
waiting stays: question_answered
asked stays: question_answered
answered stays: question_answered
succeeded stays: round_judged, question_answered
failed stays: question_answered
skipped stays: question_answered
cancelled stays: question_answered
"""  # noqa: E501 - made of the table

from enum import StrEnum
from typing import ClassVar, Final

from orchestrator.errors import OrchestratorError
from orchestrator.state.events import (
    AttemptFailed,
    AttemptLaunched,
    Event,
    HandedIn,
    HandInJoined,
    PersonAnswered,
    PersonAsked,
    QuestionAnswered,
    RoundJudged,
    RoundReturned,
    SpendReserved,
    SpendSettled,
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
    TurnClaimed,
)


class Status(StrEnum):
    """Where a task stands. WAITING: for the delay before its next attempt. HANDED_IN: until its hand-in is measured and
    judged.
    ASKED: until a person answers. ANSWERED: until what follows from that is done.
    """

    PENDING = "pending"
    RUNNING = "running"
    HANDED_IN = "handed in"
    WAITING = "waiting"
    ASKED = "asked"
    ANSWERED = "answered"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"

    __hash__ = str.__hash__  # equal to its text's; the enum's own is slower, and every event uses it several times


SETTLED: Final = frozenset({Status.SUCCEEDED, Status.FAILED, Status.SKIPPED, Status.CANCELLED})
"""The terminal states. Only an invalidation leaves them, or a merge that returns a hand-in to its agent."""

TRANSITIONS: Final[dict[tuple[Status, type[Event]], Status]] = {
    (Status.PENDING, TaskStarted): Status.RUNNING,
    (Status.PENDING, TaskSkipped): Status.SKIPPED,
    (Status.PENDING, TaskReused): Status.SUCCEEDED,
    (Status.PENDING, TaskCancelled): Status.CANCELLED,
    (Status.PENDING, TaskFailed): Status.FAILED,
    (Status.RUNNING, AttemptLaunched): Status.RUNNING,
    (Status.RUNNING, TaskNoted): Status.RUNNING,
    (Status.RUNNING, TaskSucceeded): Status.SUCCEEDED,
    (Status.RUNNING, TaskSampled): Status.PENDING,
    (Status.RUNNING, AttemptFailed): Status.WAITING,
    (Status.RUNNING, TaskFailed): Status.FAILED,
    (Status.RUNNING, TaskInterrupted): Status.PENDING,
    (Status.RUNNING, TaskCancelled): Status.CANCELLED,
    (Status.RUNNING, SpendReserved): Status.RUNNING,
    (Status.RUNNING, SpendSettled): Status.RUNNING,
    (Status.RUNNING, TurnClaimed): Status.RUNNING,
    (Status.RUNNING, HandedIn): Status.HANDED_IN,
    (Status.RUNNING, RoundJudged): Status.RUNNING,
    (Status.RUNNING, RoundReturned): Status.PENDING,
    (Status.RUNNING, HandInJoined): Status.RUNNING,
    (Status.HANDED_IN, RoundJudged): Status.HANDED_IN,
    (Status.HANDED_IN, RoundReturned): Status.PENDING,
    (Status.HANDED_IN, TaskSucceeded): Status.SUCCEEDED,
    (Status.HANDED_IN, TaskFailed): Status.FAILED,
    (Status.HANDED_IN, TaskCancelled): Status.CANCELLED,
    (Status.HANDED_IN, TaskInvalidated): Status.PENDING,
    (Status.PENDING, PersonAsked): Status.ASKED,
    (Status.ASKED, PersonAnswered): Status.ANSWERED,
    (Status.ASKED, TaskFailed): Status.FAILED,
    (Status.ASKED, RoundReturned): Status.PENDING,
    (Status.ASKED, TaskCancelled): Status.CANCELLED,
    (Status.ASKED, TaskInvalidated): Status.PENDING,
    (Status.ANSWERED, TaskSucceeded): Status.SUCCEEDED,
    (Status.ANSWERED, TaskFailed): Status.FAILED,
    (Status.ANSWERED, RoundReturned): Status.PENDING,
    (Status.ANSWERED, TaskCancelled): Status.CANCELLED,
    (Status.ANSWERED, TaskInvalidated): Status.PENDING,
    (Status.SUCCEEDED, RoundJudged): Status.SUCCEEDED,
    (Status.SUCCEEDED, RoundReturned): Status.PENDING,
    (Status.FAILED, RoundReturned): Status.PENDING,
    (Status.SKIPPED, RoundReturned): Status.PENDING,
    (Status.WAITING, TaskRequeued): Status.PENDING,
    (Status.WAITING, TaskCancelled): Status.CANCELLED,
    (Status.PENDING, TaskInvalidated): Status.PENDING,
    (Status.WAITING, TaskInvalidated): Status.PENDING,
    (Status.SUCCEEDED, TaskInvalidated): Status.PENDING,
    (Status.FAILED, TaskInvalidated): Status.PENDING,
    (Status.SKIPPED, TaskInvalidated): Status.PENDING,
    (Status.CANCELLED, TaskInvalidated): Status.PENDING,
    **{(status, QuestionAnswered): status for status in Status},
}


class IllegalTransition(OrchestratorError):  # noqa: N818 - named after what happened, as in the table
    """An event that cannot follow the state. `story`: what happened to the task or run so far."""

    exit_code: ClassVar[int] = 70

    def __init__(self, subject: str, status: str, event: Event, story: tuple[str, ...]) -> None:
        self.subject = subject
        self.status = status
        self.event = event
        self.story = story
        told = "\n".join(f"    {line}" for line in story) or "    (nothing yet)"
        super().__init__(
            f"{subject} is {status}: {event.kind} cannot follow\n  story:\n{told}\n"
            "  mend: the journal or the engine is at fault; keep the journal and report this message",
        )


def next_status(task: str, status: Status, event: Event, story: tuple[str, ...]) -> Status:
    """The status after the event. Raises IllegalTransition for a pair that is not in the table."""
    try:
        return TRANSITIONS[status, type(event)]
    except KeyError:
        raise IllegalTransition(task, status, event, story) from None
