"""What an event changes in the record of its task, besides status and story. No clock, no disk."""

from dataclasses import replace
from typing import assert_never

from orchestrator.evidence.pooling import pool
from orchestrator.state.events import (
    AttemptFailed,
    AttemptLaunched,
    Envelope,
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
from orchestrator.state.people import Answer
from orchestrator.state.questions import answered, noted, told
from orchestrator.state.run import NOTES_KEPT, TaskRecord
from orchestrator.state.transitions import Status

EndEvent = (
    TaskSucceeded
    | HandedIn
    | TaskReused
    | TaskSampled
    | AttemptFailed
    | TaskFailed
    | TaskInterrupted
    | TaskSkipped
    | TaskCancelled
)
"""The events after which nothing runs for the task."""

RoundEvent = SpendReserved | SpendSettled | RoundJudged | RoundReturned | HandInJoined
"""The events of an agent's rounds that end no attempt by themselves."""

TaskEvent = (
    RoundEvent
    | PersonAsked
    | PersonAnswered
    | TaskStarted
    | AttemptLaunched
    | TurnClaimed
    | TaskNoted
    | QuestionAnswered
    | TaskRequeued
    | TaskInvalidated
    | EndEvent
)
"""The events of one task. All others belong to the run."""


def change(record: TaskRecord, event: TaskEvent, envelope: Envelope) -> None:
    """Take the event into the record, whose status is still the one before it."""
    record.spent = None
    match event:
        case TaskStarted():
            _begin(record, event.attempt, envelope)
        case PersonAsked():
            _begin(record, event.attempt, envelope)
            record.asked = event.asked
        case PersonAnswered():
            record.answers = (*record.answers, event.answer)
        case TurnClaimed():
            record.claim = event.claim
        case AttemptLaunched():
            record.launch = event.launch
        case TaskNoted() | QuestionAnswered():
            _hear(record, event, envelope)
        case TaskRequeued():
            record.due = None
        case TaskInvalidated():
            _forget(record, event)
        case SpendReserved() | SpendSettled() | RoundJudged() | RoundReturned() | HandInJoined():
            _in_round(record, event, envelope)
        case _:
            _end(record, event, envelope)
            _stop_clock(record, event, envelope)


def _begin(record: TaskRecord, attempt: int, envelope: Envelope) -> None:
    """A new attempt; what the one before it left is reset."""
    record.attempt = attempt
    record.started_at, record.started_mono = envelope.at, envelope.mono
    record.finished_at = record.finished_mono = None
    record.hand_in = record.evidence = record.usage = None
    record.due = record.reused = record.launch = record.claim = None
    record.reason, record.joined = "", ()


def _hear(record: TaskRecord, event: TaskNoted | QuestionAnswered, envelope: Envelope) -> None:
    """Something is said: by who does the task, or by a person who was asked."""
    if isinstance(event, TaskNoted):
        said = event.text
        record.questions = noted(record.questions, event.task, event.attempt, event.text, envelope.at)
    else:
        record.questions = answered(record.questions, event.number, event.reply)
        said = told(record.questions[event.number - 1], event.reply)
    record.notes = (*record.notes, said)[-NOTES_KEPT:]


def _end(record: TaskRecord, event: EndEvent, envelope: Envelope) -> None:
    """An attempt ended, or the task is settled without one."""
    match event:
        case TaskSucceeded():
            record.evidence = pool((*record.batches, (event.attempt, event.evidence)))
            record.usage = event.usage
        case HandedIn():
            record.hand_in, record.usage = event.hand_in, event.usage
        case TaskReused():
            record.evidence, record.usage = event.evidence, event.usage
            record.reused = (event.source, event.source_attempt)
            record.reason = (
                f"reused from run {event.source}, attempt {event.source_attempt}: the same code, inputs and parameters"
            )
        case TaskSampled():
            record.batches = (*record.batches, (event.attempt, event.evidence))
            record.usage = event.usage
        case AttemptFailed():
            record.failures = (*record.failures, event.failure)
            record.usage, record.due = event.usage, envelope.mono + event.delay
        case TaskFailed():
            record.failures = (*record.failures, event.failure)
            record.usage, record.tolerated, record.reason = event.usage, event.tolerated, ""
        case TaskInterrupted():
            record.reason = event.reason
        case TaskSkipped():
            record.reason, record.culprit = event.reason, event.culprit
        case TaskCancelled():
            record.reason, record.due = event.reason, None
        case _:
            assert_never(event)


def _stop_clock(record: TaskRecord, event: EndEvent | RoundReturned, envelope: Envelope) -> None:
    """The end, and the task's total time in turns.

    If a later owner records a turn as interrupted, that owner's clock counts, or the turn counts as nothing.
    """
    record.finished_at, record.finished_mono = envelope.at, envelope.mono
    if type(event) is TaskSucceeded or record.status is not Status.RUNNING or record.started_mono is None:
        return
    record.turn_seconds += max(0.0, envelope.mono - record.started_mono)


def _in_round(record: TaskRecord, event: RoundEvent, envelope: Envelope) -> None:
    """An event of an agent's rounds."""
    match event:
        case SpendReserved():
            record.calls.reserve(event.attempt, event.reserved)
        case SpendSettled():
            record.calls.settle(event.attempt, event.settled)
        case RoundJudged():
            record.rounds = (*record.rounds, event.round)
        case HandInJoined():
            record.joined = (*record.joined, event.joined)
        case RoundReturned():
            _leave_hand_in(record)
            record.reason = event.reason
            if record.status is not Status.ANSWERED:
                record.answers = _voided(record, event.reason)
            _stop_clock(record, event, envelope)
        case _:
            assert_never(event)


def _leave_hand_in(record: TaskRecord) -> None:
    """Another round begins: what belongs to the hand-in before it, or to an instrument of it, is reset."""
    record.hand_in = record.evidence = record.culprit = record.due = None
    record.batches, record.failures, record.tolerated = (), (), False


def _forget(record: TaskRecord, event: TaskInvalidated) -> None:
    """An invalidated task starts afresh, with its full number of retries. The attempt number goes on."""
    record.answers = _voided(record, event.reason)
    record.reason = event.reason
    _leave_hand_in(record)
    record.reused = record.usage = None
    record.rounds, record.joined = (), ()
    record.started_at = record.finished_at = record.started_mono = record.finished_mono = None


def _voided(record: TaskRecord, why: str) -> tuple[Answer, ...]:
    """What people said of the task, with the answer that held until now told as void."""
    if record.answer is None:
        return record.answers
    return (*record.answers[:-1], replace(record.answers[-1], void=why))
