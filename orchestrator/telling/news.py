"""What is news in a run: its verdict, a question for a person, a budget that is nearly used up, an agent that is
silent. Pure.
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Final

from orchestrator.evidence.verdict import Outcome, Verdict
from orchestrator.graph.load import LoadedPlan
from orchestrator.plan.agent_model import Budget
from orchestrator.plan.model import Subject
from orchestrator.records import dataclass
from orchestrator.report.agentwork import is_silent, spent_rows
from orchestrator.report.failing import SEVERITY
from orchestrator.state.events import (
    Envelope,
    PersonAsked,
    RunFinished,
    SpendSettled,
    TaskInterrupted,
    TaskNoted,
)
from orchestrator.state.fold import apply
from orchestrator.state.rounds import SILENT
from orchestrator.state.run import RunState
from orchestrator.state.spending import Spending
from orchestrator.state.transitions import Status

NO_BUDGET: Final = Budget()
NEARLY: Final = 0.8
"""The share of a budget at which it is news."""
FEWEST_TURNS: Final = 5  # of fewer, the last one is the first at four fifths
SHOWN: Final = 20  # verdicts and failed tasks
LOST: Final = "its claimant was silent"
"""The beginning of the reason why a turn that an agent had claimed was taken back."""
UNITS: Final = (("cost", "USD"), ("tokens", "tokens"), ("time", "seconds"), ("turns", "turns"))


class Tone(StrEnum):
    """What news is to who reads it: GOOD, BAD, something to decide (ASKS), or something to look after (WARNS)."""

    GOOD = "good"
    BAD = "bad"
    ASKS = "asks"
    WARNS = "warns"


TONES: Final = {Outcome.PASS: Tone.GOOD, Outcome.FAIL: Tone.BAD, Outcome.UNPROVEN: Tone.WARNS}


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell. key: by which the same is known again within its run. title, body: plain text; the title
    is one line.
    """

    key: str
    subject: Subject
    tone: Tone
    title: str
    body: str


class Newsroom:
    """Folds the events of a run, and says which of them are news."""

    def __init__(self, loaded: LoadedPlan) -> None:
        self._loaded = loaded
        self._state = RunState()
        self._told: dict[str, News] = {}
        budgets = (loaded.plan.budget, *(each.budget for each in loaded.plan.agents.values()))
        tasks = (task.budget for group in loaded.plan.groups.values() for task in group.tasks)
        self._budgeted = any(each != NO_BUDGET for each in (*budgets, *tasks))

    @property
    def run(self) -> str:
        """The run's id, "" before its first event."""
        return self._state.run

    @property
    def finished(self) -> bool:
        """Whether the run ran to its end, and was not taken up since."""
        return self._state.finished

    def hear(self, envelope: Envelope) -> tuple[News, ...]:
        """What is new by this event."""
        self._state = apply(self._state, envelope)
        fresh = tuple(each for each in self._found(envelope) if each.key not in self._told)
        self._told.update({each.key: each for each in fresh})
        return fresh

    def catch_up(self, envelopes: Iterable[Envelope]) -> tuple[News, ...]:
        """Hear what happened before, and say what of it is still news."""
        last = 0
        for envelope in envelopes:
            self.hear(envelope)
            last = envelope.seq
        return tuple(each for each in self._told.values() if self._stands(each, last))

    def _found(self, envelope: Envelope) -> Iterator[News]:
        match envelope.event:
            case PersonAsked():
                yield self._question(envelope.event)
            case RunFinished():
                yield self._verdict(envelope.seq)
            case TaskNoted() if envelope.event.text.startswith(SILENT):
                yield self._silence(envelope.event.task, envelope.event.text, envelope.seq)
            case TaskInterrupted() if envelope.event.reason.startswith(LOST):
                yield self._silence(envelope.event.task, envelope.event.reason, envelope.seq)
            case _:
                pass
        if self._budgeted and (isinstance(envelope.event, SpendSettled) or _ends_a_turn(envelope)):
            yield from self._budgets()

    def _stands(self, news: News, last: int) -> bool:
        match news.subject:
            case Subject.VERDICT:
                return self.finished and news.key == _verdict_key(last)
            case Subject.WAITS:
                open_ = {_question_key(each, self._state.tasks[each].attempt) for each in self._state.asking}
                return news.key in open_
            case Subject.BUDGET:
                return not self.finished
            case Subject.SILENT:
                return any(is_silent(each) and f":{each.id}:" in news.key for each in self._state.tasks.values())

    def _titled(self, what: str) -> str:
        return " ".join(f"{self._loaded.plan.title}: {what}".split())

    def _question(self, event: PersonAsked) -> News:
        asked, task = event.asked, event.task
        verbs = ("approve", "reject") if asked.gate else ("done", "reject")
        lines = [asked.text, "", *(f"orchestrate {verb} {self.run} {task}" for verb in verbs)]
        key = _question_key(task, event.attempt)
        return News(key, Subject.WAITS, Tone.ASKS, self._titled(f"{task} waits for {asked.who}"), "\n".join(lines))

    def _verdict(self, seq: int) -> News:
        verdicts = sorted(self._state.verdicts.values(), key=lambda each: SEVERITY[each.outcome])
        failed = [
            name for name, each in self._state.tasks.items() if each.status is Status.FAILED and not each.tolerated
        ]
        outcome = _outcome(self._state, verdicts, failed)
        lines = [f"task {name} failed: {_why(self._state, name)}" for name in failed]
        lines += [f"{each.outcome} {each.criterion}: {each.detail}" for each in verdicts]
        more = [f"and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
        body = "\n".join([f"run {self.run} ended with exit code {self._state.exit_code}", *lines[:SHOWN], *more])
        return News(_verdict_key(seq), Subject.VERDICT, TONES[outcome], self._titled(outcome.value), body)

    def _silence(self, task: str, text: str, seq: int) -> News:
        body = f"run {self.run}: {task}: {text}"
        return News(f"silent:{task}:{seq}", Subject.SILENT, Tone.WARNS, self._titled(f"{task} is silent"), body)

    def _budgets(self) -> Iterator[News]:
        for row in spent_rows(self._loaded.plan, self._loaded.graph, self._state):
            for name, unit in UNITS:
                limit, used = row.budget.get(name), _used(row.spent, name)
                if limit and used >= NEARLY * limit and (name != "turns" or limit >= FEWEST_TURNS):
                    title = self._titled(f"the budget of {row.whose} is used by {used / limit:.0%}")
                    body = f"run {self.run}: {used:,.6g} of {limit:,.6g} {unit}"
                    yield News(f"budget:{row.whose}:{name}:{limit:g}", Subject.BUDGET, Tone.WARNS, title, body)


def _verdict_key(seq: int) -> str:
    return f"verdict:{seq}"


def _question_key(task: str, attempt: int) -> str:
    return f"waits:{task}:{attempt}"


def _used(spent: Spending, name: str) -> float:
    return {"cost": spent.cost, "tokens": spent.tokens, "time": spent.seconds, "turns": spent.turns}[name]


def _ends_a_turn(envelope: Envelope) -> bool:
    return envelope.event.kind in {"handed_in", "attempt_failed", "task_failed", "task_started", "task_interrupted"}


def _why(state: RunState, task: str) -> str:
    failures = state.tasks[task].failures
    return failures[-1].message if failures else state.tasks[task].reason


def _outcome(state: RunState, verdicts: Sequence[Verdict], failed: Sequence[str]) -> Outcome:
    """Of the whole run, as its report has it."""
    cancelled = any(each.status is Status.CANCELLED for each in state.tasks.values())
    if failed or cancelled or any(each.outcome is Outcome.FAIL for each in verdicts):
        return Outcome.FAIL
    return Outcome.PASS if state.exit_code == 0 and verdicts else Outcome.UNPROVEN
