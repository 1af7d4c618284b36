"""A report as data: what the templates show, row by row. Seconds are monotonic, sizes bytes, ids those of the plan.

Every figure names its source. `evidence` has row numbers of the appendix. `first` and `last` are sequence numbers of
the journal's events.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from orchestrator.evidence.measurement import Artifact, Measurement, Origin, Usage
from orchestrator.evidence.metric import Form
from orchestrator.evidence.verdict import Outcome, Verdict
from orchestrator.records import dataclass
from orchestrator.state.loosened import Loosened
from orchestrator.state.people import Answer, Asked
from orchestrator.state.rounds import Joined, Round
from orchestrator.state.spending import Spending

NOT_JUDGED: Final = "the run has not judged it"
"""What the verdict on a criterion says that no event has judged yet."""


class Agreement(StrEnum):
    """How what was said compares with what was measured, the worst first."""

    DISAGREES = "disagrees"
    INCONSISTENT = "contradicts itself"
    UNMEASURED = "not measured"
    AGREES = "agrees"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement. number: its place in the appendix, from 1. what: how `value` follows from the samples, e.g.
    "median".

    value, low, high: in the measurement's unit, None with `problem` where it gives none. n: samples, pairs or points.
    values: the derived value of each sample or pair in that unit, empty for a trend. form: how they were derived.
    """

    number: int
    task: str
    attempt: int
    measurement: Measurement
    what: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    problem: str = ""
    values: tuple[float, ...] = ()
    form: Form = Form.SAMPLES


@dataclass(frozen=True, slots=True)
class FileRow:
    """One artifact and who left it."""

    number: int
    task: str
    attempt: int
    artifact: Artifact


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """A criterion of the plan with its verdict; evidence: the figures it was judged from.

    target: in words; goal, unit, tolerance: the same as numbers. better: which way the metric improves, "neither" where
    it is not known. asked: the fewest samples; most: up to how many are taken; expect: the fewest cases. level: as the
    plan has it. values: the derived value of every sample in `unit`, for a plot beside `goal` and the verdict's
    interval; empty for a trend, whose points stand in the figure. past: (run, what it came to in the unit of the
    verdict) of earlier runs, the latest last.
    """

    id: str
    title: str
    metric: str
    target: str
    verdict: Verdict
    evidence: tuple[int, ...]
    operator: str
    goal: float
    unit: str
    tolerance: float | None
    better: str
    asked: int
    most: int | None
    expect: int | None
    level: float
    values: tuple[float, ...]
    past: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Since:
    """The run before, and what differs. plan: digests, None where they are the same. settings, machine: (name, before,
    now).

    verdicts: (criterion, before, now). "" stands for what is not there.
    """

    run: str
    plan: tuple[str, str] | None
    settings: tuple[tuple[str, str, str], ...]
    machine: tuple[tuple[str, str, str], ...]
    verdicts: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class SuccessRow:
    """A row of the plan's success metrics and one of the criteria that decide it."""

    metric: str
    target: str
    criterion: CriterionRow


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task as it went. seconds: all its attempts, None before it ran. first, last: its events in the journal (0:
    none).

    origins: the circumstances of each attempt that left evidence. used: files of tasks above that it read.
    printed: the last lines that a failed one printed, on `stream`.
    """

    id: str
    title: str
    agent: str
    status: str
    attempts: int
    seconds: float | None
    estimate: float
    usage: Usage | None
    reason: str
    said: tuple[str, ...]
    figures: tuple[Figure, ...]
    origins: tuple[Origin, ...]
    used: tuple[Artifact, ...]
    first: int
    last: int
    printed: tuple[str, ...] = ()
    stream: str = ""


@dataclass(frozen=True, slots=True)
class DeliverableRow:
    """A promised file; file is None where it was not delivered."""

    title: str
    artifact: str
    task: str
    file: FileRow | None


@dataclass(frozen=True, slots=True)
class GroupSection:
    """A workstream or stage. start, end: seconds into the run, None before it ran or while it runs; planned: its
    forecast.
    """

    id: str
    title: str
    goal: str
    stage: bool
    lead: str
    supporting: tuple[str, ...]
    tasks: tuple[TaskRow, ...]
    deliverables: tuple[DeliverableRow, ...]
    criteria: tuple[CriterionRow, ...]
    planned: tuple[float, float]
    start: float | None
    end: float | None


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """A milestone: planned and actual seconds into the run; actual is None where it names no group or was not
    reached.
    """

    event: str
    groups: tuple[str, ...]
    planned: float
    actual: float | None


@dataclass(frozen=True, slots=True)
class AgentRow:
    """An agent and what it did: tasks given to it, and seconds over all attempts."""

    name: str
    specialty: str
    duty: str
    capacity: int
    leads: tuple[str, ...]
    supports: tuple[str, ...]
    tasks: int
    planned: float
    busy: float


@dataclass(frozen=True, slots=True)
class Said:
    """Something that a task said; seq: its event in the journal."""

    text: str
    task: str
    agent: str
    seq: int


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A figure that a task said beside what was measured of it. standing: how the two compare. metric: "" where nothing
    tells which.

    claimed: in `unit`. measured, low, high: in the same unit, None where nothing was. parsed: found in a note's text,
    not said as a claim. figure: the number of the measurement in the appendix, None without one. seq: the note's event.
    """

    task: str
    agent: str
    seq: int
    text: str
    metric: str
    claimed: float
    unit: str
    parsed: bool
    standing: Agreement
    measured: float | None = None
    low: float | None = None
    high: float | None = None
    figure: int | None = None


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A round of an agent's task, with all that is known of it."""

    task: str
    agent: str
    allowed: int
    round: Round


@dataclass(frozen=True, slots=True)
class SpendRow:
    """What was spent, on a task, by an agent or in the whole run. whose: as people call it; budget: its limits that
    are set.
    """

    whose: str
    budget: Mapping[str, float]
    spent: Spending


@dataclass(frozen=True, slots=True)
class JoinedRow:
    """A hand-in that a merge joined, or did not. merge: the task that did it."""

    merge: str
    joined: Joined


@dataclass(frozen=True, slots=True)
class PersonRow:
    """What a task asks of a person, and one answer to it; None while it waits for one. standing: in words."""

    task: str
    asked: Asked
    answer: Answer | None
    standing: str


@dataclass(frozen=True, slots=True)
class Move:
    """A resume in another environment than before. seq: its event; differences: (name, before, from there on)."""

    seq: int
    differences: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class ProgressRow:
    """A regular report of progress, `at` seconds into the run."""

    at: float
    settled: int
    total: int
    running: tuple[str, ...]
    seq: int


@dataclass(frozen=True, slots=True)
class ExpectedRow:
    """What an owner of the run expected of its turn when that began, and what the turn took, both in seconds of the
    wall clock.
    """

    seconds: float
    basis: str
    took: float
    seq: int


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that the templates show. outcome: of the whole run; standing: how far it got, in words.

    loosened: by what the plan asks for less than it did earlier in the run. since: what changed since the run before,
    None where this run's journal knows of none.
    """

    title: str
    summary: str
    date: str
    run: str
    plan_id: str
    plan_source: str
    plan_digest: str
    settings: Mapping[str, str]
    environment: Mapping[str, str]
    command: tuple[str, ...]
    events: int
    outcome: Outcome
    standing: str
    started_at: float | None
    seconds: float
    planned_seconds: float
    expected: tuple[ExpectedRow, ...]
    resumes: int
    statuses: Mapping[str, int]
    counts: Mapping[str, int]
    success: tuple[SuccessRow, ...]
    criteria: tuple[CriterionRow, ...]
    groups: tuple[GroupSection, ...]
    milestones: tuple[MilestoneRow, ...]
    agents: tuple[AgentRow, ...]
    recommendations: tuple[Said, ...]
    bottlenecks: tuple[Said, ...]
    claims: tuple[ClaimRow, ...]
    moves: tuple[Move, ...]
    progress: tuple[ProgressRow, ...]
    next_steps: tuple[str, ...]
    figures: tuple[Figure, ...]
    files: tuple[FileRow, ...]
    graph: str
    rounds: tuple[RoundRow, ...] = ()
    joined: tuple[JoinedRow, ...] = ()
    spent: tuple[SpendRow, ...] = ()
    loosened: tuple[Loosened, ...] = ()
    people: tuple[PersonRow, ...] = ()
    since: Since | None = None
