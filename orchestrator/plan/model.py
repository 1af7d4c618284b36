"""The plan as data. The border is pydantic: unknown keys are errors, everything is frozen once built.

Only `orchestrator.plan.load.parse_plan` should build it, from text. Field names are the YAML keys, except `from_`,
`with_` and `if_`, which are Python keywords. Durations are seconds, quantities keep their unit.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field

from orchestrator.evidence.metric import Better, Form
from orchestrator.plan.agent_model import Agent, Budget, Workspace
from orchestrator.plan.base import (
    Amount,
    Capacity,
    FromEnvironment,
    Identifier,
    NotifierName,
    PlanModel,
    TaskReference,
    Variables,
)
from orchestrator.plan.values import (
    Duration,
    Interval,
    ParamValue,
    Target,
    Timeout,
    ValueTextError,
)


class TriggerRule(StrEnum):
    """When a task runs, judged over the tasks that it needs. Names and meanings as in Apache Airflow."""

    ALL_SUCCESS = "all_success"
    ALL_DONE = "all_done"
    ANY_SUCCESS = "any_success"
    NONE_FAILED_MIN_ONE_SUCCESS = "none_failed_min_one_success"


class Reuse(StrEnum):
    """Whether what an earlier run did may stand for a task. AUTO: where a runner did it, and nothing was measured."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Retries(PlanModel):
    """Up to `max` further attempts; the n-th waits delay * backoff ** (n - 1) seconds, at most max_delay."""

    max: int = Field(default=0, ge=0, le=100)
    delay: Duration = 1.0
    backoff: float = Field(default=2.0, ge=1.0, le=10.0)
    max_delay: Duration = 60.0


class DeclaredMetric(PlanModel):
    """A metric that a `command` task promises to report; runners in Python declare theirs in code.

    exact: a comparison whose arms come out the same every time (bytes of output, say), so that it needs no control.
    """

    name: str
    unit: str
    better: Better
    form: Form = Form.SAMPLES
    description: str = ""
    exact: bool = False


class Deliverable(PlanModel):
    """A file by name that a task (`from`) of the group leaves behind."""

    title: str
    artifact: str
    from_: Identifier = Field(alias="from")


class Redraws(PlanModel):
    """What becomes of samples that attempts took which do not stand. ignore: why they do not count; the report
    tells it.
    """

    ignore: str = Field(min_length=1, max_length=500)


class Criterion(PlanModel):
    """A numeric success criterion, judged only from measured evidence of its metric.

    samples: the fewest that can prove it (pairs, for a comparison; points, for a trend). expect: the fewest cases that
    must have been examined. tolerance: with `==`, the half-width that the whole interval must stay within.
    level: confidence of the interval. from_: the task whose measurement counts, where several measure the metric.
    max_samples: while it is undecided its task runs again for more samples, up to this many; unless given, it runs
    once.
    redraws: unless given, what failed, interrupted and repeated attempts measured counts as well.
    """

    id: Identifier
    title: str
    metric: str
    target: Target
    samples: int = Field(default=1, ge=1)
    expect: int | None = Field(default=None, ge=1)
    tolerance: float | None = Field(default=None, ge=0)
    max_samples: int | None = Field(default=None, ge=1, le=100_000)
    level: float = Field(default=0.95, gt=0.5, lt=1.0)
    from_: TaskReference | None = Field(default=None, alias="from")
    redraws: Redraws | None = None


class Approval(PlanModel):
    """A person's yes. ask: the question, for people; of: the task whose result it is about, the whole plan unless
    given.

    within: how long it is waited for; when that is over, the task has failed.
    """

    ask: str = Field(min_length=1, max_length=2000)
    of: TaskReference | None = None
    within: Interval | None = None


class Task(PlanModel):
    """The unit that runs: exactly one of `run` (a registered runner), `command` (argv), `brief` (what an agent is asked
    to
    change in a workspace, or a person to do), `merge` (hand-ins to join) and `approve` (what a person is to say yes
    to).

    needs: None means the task before it in its group (or, for the first, what its group needs); ids of the same group
    or
    "GROUP.task" or a whole "GROUP".
    agent: who does it, the group's lead unless named. resources: named counters, `cpu: 1` unless named.
    writes: with a brief, what the hand-in may change; pinned: what must stay byte-identical to the base (glob patterns,
    `**` for
    any depth). until: criteria that a hand-in must PASS, else another round, up to `rounds` of them. measures: the task
    whose hand-in this one measures, in a clean checkout of it (`${checkout}`). merge: tasks whose hand-ins are joined
    in this order on the branch `into` (unless given, the base that they share).
    """

    id: Identifier
    title: str
    run: str | None = None
    command: tuple[str, ...] | None = None
    brief: str | None = None
    merge: tuple[TaskReference, ...] | None = None
    approve: Approval | None = None
    into: str | None = None
    measures: TaskReference | None = None
    workspace: Workspace = Workspace()
    pinned: tuple[str, ...] = ()
    until: tuple[TaskReference, ...] = ()
    rounds: int = Field(default=1, ge=1, le=20)
    budget: Budget = Budget()
    with_: dict[str, ParamValue] = Field(default_factory=dict, alias="with")
    needs: tuple[TaskReference, ...] | None = None
    agent: Identifier | None = None
    resources: dict[str, Amount] = Field(default_factory=dict)
    estimate: Duration | None = None
    timeout: Timeout | None = None
    retries: Retries = Retries()
    if_: bool = Field(default=True, alias="if")
    trigger_rule: TriggerRule = TriggerRule.ALL_SUCCESS
    continue_on_error: bool = False
    matrix: dict[str, tuple[ParamValue, ...]] = Field(default_factory=dict)
    env: Variables = Field(default_factory=dict)
    artifacts: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    metrics: tuple[DeclaredMetric, ...] = ()
    reuse: Reuse = Reuse.AUTO


class Group(PlanModel):
    """Ordered tasks with a lead, supporting agents, deliverables and success criteria. `needs`: groups or tasks that
    must be done before its first task may start.
    """

    title: str
    goal: str = ""
    lead: Identifier
    supporting: tuple[Identifier, ...] = ()
    estimate: Duration | None = None
    needs: tuple[TaskReference, ...] = ()
    tasks: tuple[Task, ...] = Field(min_length=1)
    deliverables: tuple[Deliverable, ...] = ()
    success_criteria: tuple[Criterion, ...] = ()


class Workstream(Group):
    """A group that runs beside the other workstreams."""


class Stage(Group):
    """A group that joins workstreams: integration, validation, final report."""


class SuccessMetric(PlanModel):
    """A row of the plan's summary table: its words, and the criteria ("A.peak-memory") that decide it."""

    metric: str
    target: str
    criteria: tuple[str, ...] = Field(min_length=1)


class Milestone(PlanModel):
    """A row of the timeline: at, seconds after the launch; done, the groups that are complete by then."""

    at: Duration
    event: str
    done: tuple[Identifier, ...] = ()


class ProgressReports(PlanModel):
    """Agents report progress every `every` seconds."""

    every: Interval
    at_most: Interval | None = None


class Subject(StrEnum):
    """What others are told of. VERDICT: what a run came to. WAITS: a question for a person. BUDGET: one that is used by
    four fifths.
    SILENT: an agent that says nothing for long.
    """

    VERDICT = "verdict"
    WAITS = "waits"
    BUDGET = "budget"
    SILENT = "silent"


def _by_reference(value: object) -> object:
    if isinstance(value, str):
        what = "an address may hold a secret, and a plan's text is kept in the journal"
        raise ValueTextError(what, "put it in a variable and name that, as in {from: SLACK_URL}")
    return value


class Notify(PlanModel):
    """Who is told of a run. to: the variable with the address. by: the notifier that knows what to do with it.
    about: of what.
    """

    to: Annotated[FromEnvironment, BeforeValidator(_by_reference)]
    by: NotifierName = "apprise"
    about: tuple[Subject, ...] = Field(default=tuple(Subject), min_length=1)

    @property
    def name(self) -> str:
        """What it is called in all that is told of it: its address never is."""
        return f"{self.by}:{self.to.from_}"


class UnitKind(StrEnum):
    """What a unit of a plan's own measures. COUNT: how many of something. MONEY: an amount. RATE: a quotient of two
    units.
    """

    COUNT = "count"
    MONEY = "money"
    RATE = "rate"


class Plan(PlanModel):
    """The whole work breakdown. resources: how much of each counter there is; estimate: seconds.

    units: words that targets and metrics may use as units beside the known ones; each is only ever held against itself.
    """

    schema_: int = Field(alias="schema", ge=1, le=1)
    id: Identifier
    title: str
    summary: str = ""
    date: str = ""
    estimate: Duration | None = None
    params: dict[str, ParamValue] = Field(default_factory=dict)
    resources: dict[str, Capacity] = Field(default_factory=dict)
    units: dict[str, UnitKind] = Field(default_factory=dict, max_length=64)
    env: Variables = Field(default_factory=dict)
    budget: Budget = Budget()
    notify: tuple[Notify, ...] = Field(default=(), max_length=32)
    agents: dict[Identifier, Agent] = Field(min_length=1)
    workstreams: dict[Identifier, Workstream] = Field(min_length=1)
    stages: dict[Identifier, Stage] = Field(default_factory=dict)
    success_metrics: tuple[SuccessMetric, ...] = ()
    timeline: tuple[Milestone, ...] = ()
    progress_reports: ProgressReports | None = None
    next_steps: tuple[str, ...] = ()

    def variables(self, task: Task) -> tuple[dict[str, str], dict[str, str]]:
        """The values that a task is given, and of those that the plan does not hold the variables that they are
        taken from.
        """
        told = {**self.env, **task.env}
        values = {name: value for name, value in told.items() if isinstance(value, str)}
        return values, {name: value.from_ for name, value in told.items() if isinstance(value, FromEnvironment)}

    @property
    def addresses(self) -> tuple[str, ...]:
        """The variables that hold the addresses of those who are told of a run: their values are secret."""
        return tuple(dict.fromkeys(each.to.from_ for each in self.notify))

    @property
    def groups(self) -> dict[str, Group]:
        """Workstreams, then stages, by id, in the plan's order."""
        return {**self.workstreams, **self.stages}

    @property
    def criteria(self) -> dict[str, Criterion]:
        """Every criterion by its full id, "A.peak-memory", in the plan's order."""
        return {f"{name}.{each.id}": each for name, group in self.groups.items() for each in group.success_criteria}
