"""From events to state: `apply` takes one step, `fold` all of them. No clock, no disk."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final, assert_never

from orchestrator.evidence.draw import Draw, stood
from orchestrator.evidence.pooling import pool
from orchestrator.state.events import (
    AttemptFailed,
    AttemptLaunched,
    Cause,
    CriterionJudged,
    Envelope,
    Event,
    Failure,
    HandedIn,
    HandInJoined,
    PersonAnswered,
    PersonAsked,
    ProgressReported,
    QuestionAnswered,
    RoundJudged,
    RoundReturned,
    RunExpected,
    RunFinished,
    RunInterrupted,
    RunResumed,
    RunStarted,
    RunWaits,
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
from orchestrator.state.questions import answered, noted, open_one, told
from orchestrator.state.run import NOTES_KEPT, STORY_KEPT, RunState, TaskRecord, Turn
from orchestrator.state.transitions import SETTLED, IllegalTransition, Status, next_status

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

FRESH: Final[Mapping[str, Any]] = dict.fromkeys(
    ("finished_at", "hand_in", "finished_mono", "evidence", "usage", "due", "reused", "launch", "claim")
) | {"reason": "", "joined": ()}
"""What a new attempt resets from the one before it."""

RoundEvent = SpendReserved | SpendSettled | RoundJudged | RoundReturned | HandInJoined
"""The events of an agent's rounds that end no attempt by themselves."""

BY_ITSELF: Final = frozenset({Cause.EXIT, Cause.EXCEPTION, Cause.LOST, Cause.EVIDENCE})
"""Failures that the task caused itself: it may have seen its figure first. A signal or a time limit comes from
outside.
"""

MESSAGE_KEPT: Final = 200

TaskEvent = (
    RoundEvent
    | HandedIn
    | PersonAsked
    | PersonAnswered
    | QuestionAnswered
    | TaskStarted
    | AttemptLaunched
    | TurnClaimed
    | TaskNoted
    | TaskRequeued
    | TaskInvalidated
    | EndEvent
)
"""The events of one task. All others belong to the run."""

BEGIN: Final = frozenset({TaskStarted, TaskReused, PersonAsked})
"""The events that make the turn under way the task's own."""

DRAWN: Final = frozenset({AttemptFailed, TaskFailed, TaskInterrupted, TaskInvalidated})
"""The events after which something that was measured does not stand."""


def fold(envelopes: Iterable[Envelope]) -> RunState:
    """The state after all events. Raises IllegalTransition if they contradict each other."""
    state = RunState()
    for envelope in envelopes:
        state = apply(state, envelope)
    return state


def apply(state: RunState, envelope: Envelope) -> RunState:  # noqa: C901 - one case for each event of the run
    """The state after the event. It takes the given state over, changes it in place and returns it.

    Raises IllegalTransition, with the state untouched, if the event cannot follow.
    """
    event = envelope.event
    _check_run(state, envelope)
    match event:
        case TaskStarted() | TaskSucceeded():  # first, because most events are these
            _apply_task(state, event, envelope)
        case RunStarted():
            _start(state, event, envelope)
        case RunResumed():
            _resume(state, event, envelope)
        case ProgressReported():
            state.progress = (event.settled, event.total)
        case RunExpected():
            pass  # the expectation changes nothing; the report shows it beside the duration
        case CriterionJudged():
            state.verdicts[event.verdict.criterion] = event.verdict
            if event.metric is not None:
                state.metrics[event.metric.name] = event.metric
        case RunInterrupted():
            state.interrupted, state.ended_at = event.reason, envelope.at
        case RunWaits():
            state.interrupted, state.ended_at = f"it waits for people: {', '.join(event.tasks)}", envelope.at
            state.waits = event.tasks
        case RunFinished():
            state.exit_code, state.interrupted, state.ended_at = event.exit_code, None, envelope.at
            state.loosened = event.loosened
        case _:
            _apply_task(state, event, envelope)
    state.seq, state.fence = envelope.seq, envelope.fence
    return state


def _check_run(state: RunState, envelope: Envelope) -> None:
    """The run's own state machine: one start, only a resume after its end, no gap, no event of an older owner."""
    event = envelope.event
    status = "finished" if state.finished else "under way" if state.run else "not started"
    in_order = envelope.seq == state.seq + 1 and envelope.fence >= state.fence
    allowed = isinstance(event, RunStarted) if not state.run else not isinstance(event, RunStarted)
    if state.finished:
        allowed = isinstance(event, RunResumed)
    if not (in_order and allowed):
        told = (f"{state.seq} events by owner {state.fence}; this one is {envelope.seq} by owner {envelope.fence}",)
        raise IllegalTransition(f"run {state.run or '(none)'}", status, event, told)


def _start(state: RunState, event: RunStarted, envelope: Envelope) -> None:
    state.run, state.plan_id, state.plan_source = event.run, event.plan_id, event.plan_source
    state.command, state.started_at, state.earlier = event.command, envelope.at, event.earlier
    state.before = event.before
    _take_plan(state, event, envelope)


def _resume(state: RunState, event: RunResumed, envelope: Envelope) -> None:
    _take_plan(state, event, envelope)
    state.exit_code = state.interrupted = state.ended_at = None
    state.verdicts, state.metrics, state.loosened, state.waits = {}, {}, (), ()
    state.resumes += 1


def _take_plan(state: RunState, event: RunStarted | RunResumed, envelope: Envelope) -> None:
    """The fingerprints name every task of the plan. A task that the plan lost leaves the state, not the journal."""
    lost = [record for task, record in state.tasks.items() if task not in event.fingerprints]
    for record in lost:
        _draw(state, _stood(record, "its task left the plan"))
    state.turns = (*state.turns, _turn(state, event, envelope))
    state.plan_digest, state.plan_text = event.plan_digest, event.plan_text
    state.settings, state.environment = event.settings, event.environment
    state.fingerprints = event.fingerprints
    state.tasks = {task: state.tasks.get(task) or TaskRecord(task) for task in event.fingerprints}
    state.settled = sum(record.settled for record in state.tasks.values())


def _apply_task(state: RunState, event: TaskEvent, envelope: Envelope) -> None:
    record = state.tasks.get(event.task)
    if record is None:
        raise IllegalTransition(event.task, "not in the plan", event, ())
    begins = isinstance(event, TaskStarted | PersonAsked)
    attempt = getattr(event, "attempt", record.attempt + begins)
    if attempt != record.attempt + begins:
        raise IllegalTransition(event.task, f"at attempt {record.attempt}", event, record.story)
    if isinstance(event, TurnClaimed) and record.claim is not None:
        raise IllegalTransition(event.task, f"claimed by {record.claim.name}", event, record.story)
    if isinstance(event, QuestionAnswered) and open_one(record.questions, event.number) is None:
        raise IllegalTransition(event.task, f"without an open question {event.number}", event, record.story)
    status = next_status(event.task, record.status, event, record.story)
    changes = _changes(record, event, envelope)
    if type(event) in DRAWN:
        _draw(state, _draws(record, event))
    elif type(event) is RoundReturned:
        state.draws.pop(event.task, None)  # they belong to another hand-in, and its rounds report them
    if type(event) in BEGIN:
        record.turn = len(state.turns) - 1
    state.settled += (status in SETTLED) - record.settled
    record.status, record.story = status, (*record.story, _line(event, envelope))[-STORY_KEPT:]
    for name, value in changes.items():
        setattr(record, name, value)


def _turn(state: RunState, event: RunStarted | RunResumed, envelope: Envelope) -> Turn:
    """The turn that begins. It shares equal values with the turn before, because a run can be resumed many times."""
    accepted = isinstance(event, RunResumed) and event.accept_loosened
    text, settings, prints = event.plan_text, event.settings, event.fingerprints
    if state.turns:
        last = state.turns[-1]
        text = last.plan_text if last.plan_text == text else text
        prints = last.fingerprints if last.fingerprints == prints else prints
    return Turn(envelope.seq, envelope.at, event.plan_digest, text, settings, prints, accepted)


def _draw(state: RunState, draws: tuple[Draw, ...]) -> None:
    for draw in draws:
        state.draws[draw.task] = (*state.draws.get(draw.task, ()), draw)


def _draws(record: TaskRecord, event: TaskEvent) -> tuple[Draw, ...]:
    """The evidence that the event withdraws, or never lets stand."""
    match event:
        case AttemptFailed(failure=failure) | TaskFailed(failure=failure):
            by_itself = failure.cause in BY_ITSELF
            draw = Draw(record.id, record.attempt, record.turn, _ended_by(failure), by_itself, failure.measured)
            return (draw,) if by_itself or failure.measured else ()
        case TaskInterrupted(measured=measured) if measured:
            return (Draw(record.id, record.attempt, record.turn, event.reason, by_itself=False, measured=measured),)
        case TaskInvalidated():
            return _stood(record, event.reason)
        case _:
            return ()


def _ended_by(failure: Failure) -> str:
    return f"{failure.cause}: {failure.message}"[:MESSAGE_KEPT]


def _stood(record: TaskRecord, why: str) -> tuple[Draw, ...]:
    """The task's evidence until now."""
    attempts = ((record.attempt, record.evidence),) if record.evidence is not None else record.batches
    return stood(record.id, record.turn, why, attempts)


def _line(event: Event, envelope: Envelope) -> str:
    return f"#{envelope.seq} {event.kind} (attempt {getattr(event, 'attempt', '-')})"


def _changes(  # noqa: PLR0911 - a case each
    record: TaskRecord, event: TaskEvent, envelope: Envelope
) -> Mapping[str, Any]:
    """The fields that the event changes, besides status and story."""
    match event:
        case TaskStarted():
            return {"attempt": event.attempt, "started_at": envelope.at, "started_mono": envelope.mono, **FRESH}
        case PersonAsked():
            began = {"started_at": envelope.at, "started_mono": envelope.mono}
            return {"attempt": event.attempt, "asked": event.asked, **began, **FRESH}
        case PersonAnswered():
            return {"answers": (*record.answers, event.answer)}
        case TurnClaimed():
            return {"claim": event.claim}
        case AttemptLaunched():
            return {"launch": event.launch}
        case TaskNoted() | QuestionAnswered():
            return _of_note(record, event, envelope)
        case TaskRequeued():
            return {"due": None}
        case TaskInvalidated():
            return {**_forgotten(event), "answers": _voided(record, event.reason)}
        case SpendReserved() | SpendSettled() | RoundJudged() | RoundReturned() | HandInJoined():
            return _of_round(record, event, envelope)
        case _:
            return {
                "finished_at": envelope.at,
                "finished_mono": envelope.mono,
                **_turned(record, event, envelope),
                **_ended(record, event, envelope),
            }


def _of_note(record: TaskRecord, event: TaskNoted | QuestionAnswered, envelope: Envelope) -> Mapping[str, Any]:
    """The fields that change when something is said: by who does the task, or by a person who was asked."""
    if isinstance(event, TaskNoted):
        said, questions = event.text, noted(record.questions, event.task, event.attempt, event.text, envelope.at)
    else:
        questions = answered(record.questions, event.number, event.reply)
        said = told(questions[event.number - 1], event.reply)
    return {"notes": (*record.notes, said)[-NOTES_KEPT:], "questions": questions}


def _of_round(record: TaskRecord, event: RoundEvent, envelope: Envelope) -> Mapping[str, Any]:
    """The fields that an event of an agent's rounds changes."""
    match event:
        case SpendReserved():
            return {"reserved": record.reserved | {(event.attempt, event.reserved.call): event.reserved}}
        case SpendSettled():
            return {"settled_calls": record.settled_calls | {(event.attempt, event.settled.call): event.settled}}
        case RoundJudged():
            return {"rounds": (*record.rounds, event.round)}
        case HandInJoined():
            return {"joined": (*record.joined, event.joined)}
        case RoundReturned():
            ended = {"finished_at": envelope.at, "finished_mono": envelope.mono}
            answers = _voided(record, event.reason) if record.status is not Status.ANSWERED else record.answers
            return {
                **_OF_ANOTHER_HAND_IN,
                "reason": event.reason,
                "answers": answers,
                **ended,
                **_turned(record, event, envelope),
            }


_OF_ANOTHER_HAND_IN: Final[Mapping[str, Any]] = dict.fromkeys(("hand_in", "evidence", "culprit", "due")) | {
    "batches": (),
    "failures": (),
    "tolerated": False,
}
"""What a task, or an instrument of it, resets when another round begins."""


def _voided(record: TaskRecord, why: str) -> tuple[Answer, ...]:
    """What people said of the task, with the answer that held until now told as void."""
    if record.answer is None:
        return record.answers
    return (*record.answers[:-1], replace(record.answers[-1], void=why))


def _turned(record: TaskRecord, event: EndEvent | RoundReturned, envelope: Envelope) -> Mapping[str, Any]:
    """The task's total time in turns.

    If a later owner records a turn as interrupted, that owner's clock counts, or the turn counts as nothing.
    """
    if isinstance(event, TaskSucceeded) or record.status is not Status.RUNNING or record.started_mono is None:
        return {}
    return {"turn_seconds": record.turn_seconds + max(0.0, envelope.mono - record.started_mono)}


def _ended(record: TaskRecord, event: EndEvent, envelope: Envelope) -> Mapping[str, Any]:  # noqa: PLR0911 - a case each
    """The fields changed by an event that ends an attempt, or settles the task without one."""
    match event:
        case TaskSucceeded():
            return {"evidence": pool((*record.batches, (event.attempt, event.evidence))), "usage": event.usage}
        case HandedIn():
            return {"hand_in": event.hand_in, "usage": event.usage}
        case TaskReused():
            source = (event.source, event.source_attempt)
            why = (
                f"reused from run {event.source}, attempt {event.source_attempt}: the same code, inputs and parameters"
            )
            return {"evidence": event.evidence, "usage": event.usage, "reused": source, "reason": why}
        case TaskSampled():
            return {"batches": (*record.batches, (event.attempt, event.evidence)), "usage": event.usage}
        case AttemptFailed():
            failures = (*record.failures, event.failure)
            return {"failures": failures, "usage": event.usage, "due": envelope.mono + event.delay}
        case TaskFailed():
            failures = (*record.failures, event.failure)
            return {"failures": failures, "usage": event.usage, "tolerated": event.tolerated, "reason": ""}
        case TaskInterrupted():
            return {"reason": event.reason}
        case TaskSkipped():
            return {"reason": event.reason, "culprit": event.culprit}
        case TaskCancelled():
            return {"reason": event.reason, "due": None}
        case _:
            assert_never(event)


def _forgotten(event: TaskInvalidated) -> Mapping[str, Any]:
    """An invalidated task starts afresh, with its full number of retries. The attempt number goes on."""
    return {
        "reason": event.reason, "culprit": None, "reused": None, "batches": (), "tolerated": False, "failures": (), "evidence": None, "hand_in": None, "rounds": (), "joined": (), "usage": None,
        "due": None, "started_at": None, "finished_at": None, "started_mono": None, "finished_mono": None,
    }  # fmt: skip


__all__ = ["RunState", "Status", "TaskRecord", "apply", "fold"]
