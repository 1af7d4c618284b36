"""A run's state as data: the result of a fold over its journal."""

from dataclasses import field

from orchestrator.evidence.draw import Draw
from orchestrator.evidence.history import Earlier
from orchestrator.evidence.measurement import Evidence, Usage
from orchestrator.evidence.metric import Metric
from orchestrator.evidence.verdict import Verdict
from orchestrator.process import Launch
from orchestrator.records import dataclass
from orchestrator.state.before import Before
from orchestrator.state.claims import Claimed
from orchestrator.state.failure import Failure
from orchestrator.state.loosened import Loosened
from orchestrator.state.people import Answer, Asked
from orchestrator.state.questions import Questions
from orchestrator.state.rounds import HandIn, Joined, Round
from orchestrator.state.spending import Calls, Spending
from orchestrator.state.transitions import SETTLED, Status

NOTES_KEPT = 100
STORY_KEPT = 40


@dataclass(frozen=True, slots=True)
class Turn:
    """A start or a resume of a run, with the contract at that time.

    accepted: whether it was accepted that this contract asks for less.
    """

    seq: int
    at: float
    plan_digest: str
    plan_text: str
    settings: dict[str, str]
    fingerprints: dict[str, str]
    accepted: bool = False

    def same_contract(self, other: "Turn") -> bool:
        """Whether both have the same plan and settings."""
        return (self.plan_digest, self.settings) == (other.plan_digest, other.settings)


@dataclass(slots=True)
class TaskRecord:
    """All that is known about one task of a run. It belongs to its `RunState`, and changes with it.

    attempt: the latest, 0 before the first. started_at, finished_at: wall clock seconds. started_mono, finished_mono:
    monotonic seconds of the owner that wrote them (durations only). failures: of every failed attempt, in order.
    evidence, usage: of the attempt that succeeded (usage also of the last failed one). reason: why it was skipped,
    cancelled
    or set back; culprit: the failed task behind a skip. tolerated: it failed, and its `continue_on_error` counts
    that as done. due: monotonic time of the next attempt while waiting. notes: the last 100 things its agent said.
    reused: the run and attempt that did it instead; then `attempt` is 0, whose folder holds what was brought over.
    story: its last 40 events, one line each. batches: attempts that ended well before it was run again for more
    samples,
    each with what it left; `evidence` then is of all of them together. launch: the processes of the latest attempt,
    None
    where it had none for long. turn: in which start or resume of the run the latest attempt was started, from 0.
    hand_in: what its agent left last, None while it works on it. rounds: those that were judged, in order.
    joined: what a merge made of each hand-in, in order. calls: of models; turn_seconds: of all turns that ended.
    Neither a resume nor an invalidation forgets what was spent. spent: all of that in sum, None until it is asked for
    again after a change.
    claim: who has taken the turn under way, or had the last one.
    asked: what a person was asked last; answers: all that people said of it, in order, with those that are void now.
    """

    id: str
    status: Status = Status.PENDING
    attempt: int = 0
    started_at: float | None = None
    finished_at: float | None = None
    started_mono: float | None = None
    finished_mono: float | None = None
    failures: tuple[Failure, ...] = ()
    evidence: Evidence | None = None
    usage: Usage | None = None
    reason: str = ""
    culprit: str | None = None
    tolerated: bool = False
    due: float | None = None
    notes: tuple[str, ...] = ()
    reused: tuple[str, int] | None = None
    story: tuple[str, ...] = ()
    batches: tuple[tuple[int, Evidence], ...] = ()
    launch: Launch | None = None
    hand_in: HandIn | None = None
    rounds: tuple[Round, ...] = ()
    joined: tuple[Joined, ...] = ()
    calls: Calls = field(default_factory=Calls)
    spent: Spending | None = None
    turn_seconds: float = 0.0
    turn: int = 0
    asked: Asked | None = None
    answers: tuple[Answer, ...] = ()
    claim: Claimed | None = None
    questions: Questions = ()

    @property
    def settled(self) -> bool:
        """Whether it reached a terminal state."""
        return self.status in SETTLED

    @property
    def answer(self) -> Answer | None:
        """What a person said to the latest question, None if nobody answered or the answer is void."""
        last = self.answers[-1] if self.answers else None
        return last if last is not None and last.attempt == self.attempt and not last.void else None

    @property
    def seconds(self) -> float | None:
        """How long the latest attempt took, None while it has not ended. A person's answer may come in another
        owner's turn: by the wall clock.
        """
        if self.asked is not None and self.started_at is not None and self.finished_at is not None:
            return max(0.0, self.finished_at - self.started_at)
        if self.started_mono is None or self.finished_mono is None:
            return None
        return self.finished_mono - self.started_mono


def metrics_known(state: "RunState") -> dict[str, Metric]:
    """Every metric whose declaration the journal holds: of judged criteria, and of those that came before them."""
    formers = {one.metric.name: one.metric for one in state.loosened if one.metric is not None}
    return {**formers, **state.metrics}


@dataclass(slots=True)
class RunState:
    """A run so far. It has one owner at a time: `apply` changes it in place, so that a step costs what changed.

    tasks: every task of the plan as last started or resumed, by id. verdicts: by criterion, of the latest judging;
    metrics: those that were judged, by name, as they were declared then.
    exit_code: None until finished. interrupted: the reason while stopped early, else None. waits: the tasks for which
    it ended to wait for people, until
    it is taken up again. resumes: how often it was
    taken up again. seq, fence: of the last event. started_at, ended_at: wall clock seconds. turns: the start and every
    resume.
    loosened: by what the contract was loosened, as it was judged at the end.
    draws: of each task, what its attempts came to that does not stand; also of tasks that the plan lost.
    earlier: what earlier runs came to, as it was known when this one started. before: the one before it.
    expected: seconds that tasks were expected to take when the run was started or resumed, as far as that is known.
    """

    run: str = ""
    plan_id: str = ""
    plan_digest: str = ""
    plan_text: str = ""
    plan_source: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    fingerprints: dict[str, str] = field(default_factory=dict)
    tasks: dict[str, TaskRecord] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    metrics: dict[str, Metric] = field(default_factory=dict)
    exit_code: int | None = None
    interrupted: str | None = None
    waits: tuple[str, ...] = ()
    started_at: float | None = None
    ended_at: float | None = None
    resumes: int = 0
    settled: int = 0
    progress: tuple[int, int] | None = None
    seq: int = 0
    fence: int = 0
    turns: tuple[Turn, ...] = ()
    loosened: tuple[Loosened, ...] = ()
    draws: dict[str, tuple[Draw, ...]] = field(default_factory=dict)
    earlier: tuple[Earlier, ...] = ()
    before: Before | None = None
    expected: dict[str, float] = field(default_factory=dict)

    @property
    def finished(self) -> bool:
        """Whether it ran to its end. An interrupted run did not."""
        return self.exit_code is not None

    @property
    def running(self) -> tuple[str, ...]:
        """The ids of the tasks under way, in plan order."""
        return tuple(task for task, record in self.tasks.items() if record.status is Status.RUNNING)

    @property
    def asking(self) -> tuple[str, ...]:
        """The ids of the tasks that wait for a person, in plan order."""
        return tuple(task for task, record in self.tasks.items() if record.status is Status.ASKED)


def earlier_of(state: RunState, criterion: str) -> tuple[Earlier, ...]:
    """What earlier runs came to on a criterion, in the order of the runs."""
    return tuple(one for one in state.earlier if one.criterion == criterion)
