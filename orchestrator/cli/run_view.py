"""How far a run has come, kept up event by event: what the live display draws."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from orchestrator.cli.figures import figures
from orchestrator.cli.output import one_line
from orchestrator.evidence.metric import Metric
from orchestrator.evidence.verdict import Verdict
from orchestrator.graph.load import LoadedPlan
from orchestrator.graph.rest import longest_rest, remaining, seconds_left
from orchestrator.plan.handins import briefed
from orchestrator.report.early import Early
from orchestrator.report.outlook import BudgetLeft, Waiting, budgets_left, waiting_of
from orchestrator.runner import Runner
from orchestrator.state import events as e
from orchestrator.state.events import Envelope
from orchestrator.state.fold import apply
from orchestrator.state.run import RunState
from orchestrator.state.transitions import IllegalTransition


@dataclass(slots=True)
class Working:
    """A task under way. since: monotonic seconds; said: the last thing its agent said; round: of an agent's task,
    "" of others.
    """

    attempt: int
    since: float
    said: str = ""
    round: str = ""


@dataclass(frozen=True, slots=True)
class Pausing:
    """A task before its next attempt. due: monotonic seconds when that begins; why: what became of the one before."""

    attempt: int
    due: float
    why: str


@dataclass
class RunView:
    """metrics: the declared ones by name. settled: the tasks with nothing left to do, with whether they are well.
    spent: seconds that finished tasks took. rounds: how many of each agent's task were judged; waiting: those whose
    hand-in waits to be measured. pausing: tasks before a further attempt; skipped: by reason. most: tasks that ever ran
    at once. measured: the latest figures, for people. runners: what tasks promise to measure. state: the run so far,
    None where it is not known from its beginning. decided: criteria that nothing later can change. expected: seconds
    that tasks were expected to take when the run was started or resumed.
    """

    loaded: LoadedPlan
    metrics: Mapping[str, Metric]
    settled: dict[str, bool] = field(default_factory=dict)
    working: dict[str, Working] = field(default_factory=dict)
    spent: dict[str, float] = field(default_factory=dict)
    rounds: dict[str, int] = field(default_factory=dict)
    waiting: dict[str, str] = field(default_factory=dict)
    pausing: dict[str, Pausing] = field(default_factory=dict)
    skipped: dict[str, list[str]] = field(default_factory=dict)
    most: int = 1
    measured: str = ""
    runners: Mapping[str, Runner] = field(default_factory=dict)
    state: RunState | None = field(default_factory=RunState)
    decided: dict[str, Verdict] = field(default_factory=dict)
    expected: dict[str, float] = field(default_factory=dict)

    def follow(self, envelope: Envelope, now: float) -> None:
        """Note the next event of the run's journal. Where one before it is not known, what rests on all of them is
        left out.
        """
        self.take(envelope.event, now)
        if self.state is None or envelope.seq != self.state.seq + 1:
            self.state = None
            return
        try:
            apply(self.state, envelope)
        except IllegalTransition:  # the display knows less than the engine; the run is worth more
            self.state = None
            return
        match envelope.event:
            case e.RunResumed() | e.TaskInvalidated() | e.RoundReturned():
                self.decided.clear()
            case e.TaskSucceeded() | e.TaskReused() | e.TaskFailed() | e.TaskSkipped() | e.TaskCancelled():
                self.decided |= {one.criterion: one for one in self._early.decided(self.state, self.decided)}
            case e.CriterionJudged(verdict=verdict):
                self.decided[verdict.criterion] = verdict
            case _:
                pass

    @cached_property
    def _early(self) -> Early:
        return Early(self.loaded.plan, self.loaded.graph, self.runners)

    def waits(self, most: int) -> list[Waiting]:
        """The tasks that are next, and for whom they wait."""
        known = self.state is not None and self.state.tasks
        return (
            list(islice(waiting_of(self.loaded.plan, self.loaded.graph, self.state), most))
            if self.state and known
            else []
        )

    def budgets(self) -> list[BudgetLeft]:
        """What is left of every budget that is set."""
        if self.state is None or not self.state.tasks or not self._spends:
            return []
        return list(budgets_left(self.loaded.plan, self.loaded.graph, self.state))

    @cached_property
    def _spends(self) -> bool:
        return bool(briefed(self.loaded.plan))

    def agent(self, task: str) -> str:
        """The agent of a task."""
        node = self.loaded.graph.nodes.get(task)
        return "" if node is None else node.agent

    def take(self, event: e.Event, now: float) -> None:  # noqa: C901, PLR0912 - one case for each event
        """Note what happened. now: monotonic seconds, of the same clock as for `remaining`."""
        match event:
            case e.TaskStarted(task=task, attempt=attempt):
                self.pausing.pop(task, None)
                self.working[task] = Working(attempt, now, round=self._round(task))
                self.most = max(self.most, len(self.working))
            case e.TaskNoted(task=task, text=text) if task in self.working:
                self.working[task].said = one_line(text)
            case e.TaskInvalidated(task=task):
                self.settled.pop(task, None)
                self.waiting.pop(task, None)
            case e.HandedIn(task=task, hand_in=hand_in):
                self.working.pop(task, None)
                self.waiting[task] = f"{self._round(task)}: {hand_in.commit[:12]} waits to be measured"
            case e.PersonAsked(task=task, asked=asked):
                self.waiting[task] = f"waits for {asked.who}: {one_line(asked.text)}"
            case e.PersonAnswered(task=task):
                self.waiting.pop(task, None)
            case e.RoundJudged(task=task):
                self.rounds[task] = self.rounds.get(task, 0) + 1
                self.waiting.pop(task, None)
            case e.RoundReturned(task=task):
                self.working.pop(task, None)
                self.settled.pop(task, None)
                self.waiting.pop(task, None)
            case e.AttemptFailed(task=task, attempt=attempt, failure=failure, delay=delay):
                self.working.pop(task, None)
                self.pausing[task] = Pausing(attempt + 1, now + delay, one_line(failure.message))
            case e.TaskInterrupted(task=task) | e.TaskSampled(task=task):
                self.working.pop(task, None)
            case e.RunExpected(each=each):
                self.expected |= dict(each)
            case e.TaskSucceeded() | e.TaskReused() | e.TaskFailed() | e.TaskSkipped() | e.TaskCancelled():
                self._settle(event)
            case _:
                pass

    def _settle(self, event: e.TaskSucceeded | e.TaskReused | e.TaskFailed | e.TaskSkipped | e.TaskCancelled) -> None:
        self.working.pop(event.task, None)
        self.waiting.pop(event.task, None)
        self.pausing.pop(event.task, None)
        if isinstance(event, e.TaskSkipped):
            self.skipped.setdefault(event.reason, []).append(event.task)
        self.settled[event.task] = isinstance(event, e.TaskSucceeded | e.TaskReused | e.TaskSkipped)
        if not isinstance(event, e.TaskSucceeded):
            return
        self.spent[event.task] = event.usage.seconds
        if event.evidence.measurements:
            self.measured = one_line(f"{event.task}: {figures(self.metrics, event.evidence.measurements)}")

    def _round(self, task: str) -> str:
        """Which round of an agent's task is under way, in words; "" of any other task."""
        node = self.loaded.graph.nodes.get(task)
        if node is None or node.task.brief is None or not node.task.writes:
            return ""
        return f"round {self.rounds.get(task, 0) + 1} of {node.task.rounds}"

    def groups(self) -> dict[str, tuple[int, int, int]]:
        """Per group: tasks, settled ones, those of them that are not well."""
        counts: dict[str, tuple[int, int, int]] = {}
        for task, node in self.loaded.graph.nodes.items():
            total, settled, bad = counts.get(node.group, (0, 0, 0))
            counts[node.group] = (total + 1, settled + (task in self.settled), bad + (self.settled.get(task) is False))
        return counts

    @property
    def failures(self) -> int:
        """How many tasks ended badly."""
        return sum(not well for well in self.settled.values())

    def attempts(self, task: str) -> int:
        """The most attempts that the plan allows a task."""
        node = self.loaded.graph.nodes.get(task)
        return 1 if node is None else 1 + node.task.retries.max

    def slowest(self, now: float) -> tuple[str, float] | None:
        """The task that took longest until now, running ones included, and its seconds."""
        took = self.spent | {task: now - one.since for task, one in self.working.items()}
        return max(took.items(), key=lambda each: each[1], default=None)

    def remaining(self, now: float) -> float | None:
        """Seconds still to go by what was expected, at the pace so far; None while nothing tells."""
        left = self._left(now)
        return None if left is None else remaining(self.loaded.graph, left, self.most, self._pauses(now))

    def critical_rest(self, now: float) -> float | None:
        """Seconds that the longest chain of what is left still takes, at the pace so far; None while nothing tells."""
        left = self._left(now)
        return None if left is None else longest_rest(self.loaded.graph, left, self._pauses(now))

    def _pauses(self, now: float) -> dict[str, float]:
        return {task: max(0.0, one.due - now) for task, one in self.pausing.items()}

    def _left(self, now: float) -> dict[str, float] | None:
        working = {task: now - one.since for task, one in self.working.items()}
        return seconds_left(self.loaded.graph, self.spent, working, self.settled, self.expected)
