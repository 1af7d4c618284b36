"""Turn events into state: `apply` takes one event, `fold` all of them. No clock, no disk."""

from collections.abc import Iterable
from typing import Final

from orchestrator.evidence.draw import Draw, stood
from orchestrator.state.changes import TaskEvent, change
from orchestrator.state.events import (
    AttemptFailed,
    CriterionJudged,
    Envelope,
    Event,
    PersonAsked,
    ProgressReported,
    QuestionAnswered,
    RoundReturned,
    RunExpected,
    RunFinished,
    RunInterrupted,
    RunResumed,
    RunStarted,
    RunWaits,
    TaskFailed,
    TaskInterrupted,
    TaskInvalidated,
    TaskReused,
    TaskStarted,
    TaskSucceeded,
    TurnClaimed,
)
from orchestrator.state.failure import Cause, Failure
from orchestrator.state.questions import open_one
from orchestrator.state.run import STORY_KEPT, RunState, TaskRecord, Turn
from orchestrator.state.transitions import SETTLED, IllegalTransition, Status, next_status

BY_ITSELF: Final = frozenset({Cause.EXIT, Cause.EXCEPTION, Cause.LOST, Cause.EVIDENCE})
"""Failures that the task caused itself: it may have seen its figure first. A signal or a time limit comes from
outside.
"""

MESSAGE_KEPT: Final = 200

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
            state.expected |= dict(event.each)
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
    if type(event) in DRAWN:
        _draw(state, _draws(record, event))
    elif type(event) is RoundReturned:
        state.draws.pop(event.task, None)  # they belong to another hand-in, and its rounds report them
    if type(event) in BEGIN:
        record.turn = len(state.turns) - 1
    change(record, event, envelope)
    state.settled += (status in SETTLED) - record.settled
    record.status, record.story = status, (*record.story, _line(event, envelope))[-STORY_KEPT:]


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


__all__ = ["RunState", "Status", "TaskRecord", "apply", "fold"]
