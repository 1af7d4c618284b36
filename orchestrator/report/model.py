"""A report as data: what the templates show, row by row. Seconds are monotonic, sizes bytes, ids those of the plan.

Every figure carries where it comes from: `evidence` holds numbers of rows of the appendix, `first` and `last` sequence
numbers of the journal's events.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.evidence.measurement import Artifact, Measurement, Usage
from orchestrator.evidence.verdict import Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement. number: its place in the appendix, from 1. what: how `value` follows from the samples, e.g. "median".

    value, low, high: in the measurement's unit, None with `problem` where it gives none. n: samples, pairs or points.
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


@dataclass(frozen=True, slots=True)
class FileRow:
    """One artifact and who left it."""

    number: int
    task: str
    attempt: int
    artifact: Artifact


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """A criterion of the plan with its verdict; evidence: the figures it was judged from."""

    id: str
    title: str
    metric: str
    target: str
    verdict: Verdict
    evidence: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SuccessRow:
    """A row of the plan's success metrics and one of the criteria that decide it."""

    metric: str
    target: str
    criterion: CriterionRow


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task as it went. seconds: all its attempts, None before it ran. first, last: its events in the journal (0: none)."""

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
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class DeliverableRow:
    """A promised file; file is None where it was not delivered."""

    title: str
    artifact: str
    task: str
    file: FileRow | None


@dataclass(frozen=True, slots=True)
class GroupSection:
    """A workstream or stage. start, end: seconds into the run, None before it ran or while it runs; planned: its forecast."""

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
    """A milestone: planned and actual seconds into the run; actual is None where it names no group or was not reached."""

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
class ProgressRow:
    """A regular report of progress, `at` seconds into the run."""

    at: float
    settled: int
    total: int
    running: tuple[str, ...]
    seq: int


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that the templates show. outcome: of the whole run; standing: how far it got, in words."""

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
    progress: tuple[ProgressRow, ...]
    next_steps: tuple[str, ...]
    figures: tuple[Figure, ...]
    files: tuple[FileRow, ...]
    graph: str
