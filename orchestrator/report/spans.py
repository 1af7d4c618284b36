"""When things happened, from the journal's monotonic times alone.

Monotonic times of different owners cannot be compared. So the run's own time axis joins the owners' shares end to end.
The time between a stop and the resume is left out.
"""

from collections.abc import Iterable
from dataclasses import field

from orchestrator.records import dataclass
from orchestrator.state.events import (
    AttemptFailed,
    Envelope,
    HandedIn,
    ProgressReported,
    RoundJudged,
    RoundReturned,
    RunExpected,
    RunResumed,
    RunStarted,
    TaskCancelled,
    TaskFailed,
    TaskInterrupted,
    TaskNoted,
    TaskSampled,
    TaskStarted,
    TaskSucceeded,
)
from orchestrator.state.rounds import Round

ENDS = (TaskSucceeded, HandedIn, RoundReturned, TaskSampled, AttemptFailed, TaskFailed, TaskInterrupted, TaskCancelled)


@dataclass(frozen=True, slots=True)
class Span:
    """One attempt on the run's time axis, seconds; end is None while it runs."""

    task: str
    attempt: int
    start: float
    end: float | None


@dataclass(slots=True)
class Course:
    """What the journal tells beside the run's state. events: first and last sequence number of each task. rounds: as
    they were judged.

    environments: of the start and of every resume, with its event's number.
    """

    seconds: float = 0.0
    spans: dict[str, list[Span]] = field(default_factory=dict)
    events: dict[str, tuple[int, int]] = field(default_factory=dict)
    notes: list[tuple[int, TaskNoted]] = field(default_factory=list)
    rounds: list[tuple[int, str, Round]] = field(default_factory=list)
    progress: list[tuple[float, int, ProgressReported]] = field(default_factory=list)
    environments: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    expected: list[tuple[float, int, RunExpected]] = field(default_factory=list)


def course_of(envelopes: Iterable[Envelope]) -> Course:
    """One pass over the journal."""
    course, fence, origin = Course(), None, 0.0
    for envelope in envelopes:
        if envelope.fence != fence:  # a new owner, whose clock starts anywhere
            fence, origin = envelope.fence, envelope.mono - course.seconds
        course.seconds = max(course.seconds, envelope.mono - origin)
        _take(course, envelope, course.seconds)
    return course


def _take(course: Course, envelope: Envelope, now: float) -> None:
    event = envelope.event
    task = getattr(event, "task", None)
    if task is not None:
        known = course.events.get(task)
        course.events[task] = (known[0] if known else envelope.seq, envelope.seq)
    if isinstance(event, TaskStarted):
        course.spans.setdefault(event.task, []).append(Span(event.task, event.attempt, now, None))
    elif isinstance(event, ENDS):
        _end(course.spans.get(event.task, []), now)
    elif isinstance(event, RunStarted | RunResumed):
        course.environments.append((envelope.seq, event.environment))
    elif isinstance(event, RunExpected):
        course.expected.append((now, envelope.seq, event))
    elif isinstance(event, TaskNoted):
        course.notes.append((envelope.seq, event))
    elif isinstance(event, RoundJudged):
        course.rounds.append((envelope.seq, event.task, event.round))
    elif isinstance(event, ProgressReported):
        course.progress.append((now, envelope.seq, event))


def _end(spans: list[Span], now: float) -> None:
    if spans and spans[-1].end is None:
        last = spans[-1]
        spans[-1] = Span(last.task, last.attempt, last.start, now)
