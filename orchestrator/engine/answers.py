"""What follows from people's answers, and from their silence."""

from typing import TYPE_CHECKING

from orchestrator.engine.dispatch import NOTHING_USED
from orchestrator.engine.people import expired, is_taken, next_expiry, refusal
from orchestrator.engine.settling import Settling
from orchestrator.engine.work import Work
from orchestrator.evidence.measurement import Evidence
from orchestrator.state.events import PersonAnswered, PersonAsked, TaskSucceeded
from orchestrator.state.failure import Cause, Failure
from orchestrator.state.people import Word
from orchestrator.state.transitions import Status

if TYPE_CHECKING:
    from orchestrator.engine.requests import Answering


class Answers:
    """Asks people, and acts on what they say, for one run. tasks: those that wait for people."""

    def __init__(self, work: Work, settling: Settling) -> None:
        self._work = work
        self._settling = settling
        self.tasks = frozenset(work.people.tasks())

    def ask(self, task: str, attempt: int) -> None:
        """Put a task's question."""
        work = self._work
        question = work.people.question(work.state, task, work.recorder.wall())
        work.recorder.record(PersonAsked(task, attempt, question))

    def hear(self, asked: "Answering") -> str:
        """Record what a person says, or say why not."""
        state, recorder = self._work.state, self._work.recorder
        said = refusal(state, asked.task, asked.answer, recorder.wall())
        if not said and not is_taken(state, asked.task, asked.answer):
            recorder.record(PersonAnswered(asked.task, asked.answer.attempt, asked.answer))
        return said

    def attend(self) -> None:
        """Do what follows from answers, and give up questions whose time is over."""
        if not self.tasks:
            return
        for task in list(expired(self._work.state, self._work.recorder.wall())):
            self._settling.refuse(task, Failure(Cause.EXPIRED, "nobody answered in time"))
        for task in self._work.people.tasks():
            if self._work.state.tasks[task].status is Status.ANSWERED:
                self._follow(task)

    def next_expiry(self) -> float | None:
        """When the next question is over, on the clock of the run; only a run that does something else waits for
        that.
        """
        until = next_expiry(self._work.state) if self.tasks else None
        recorder = self._work.recorder
        return None if until is None else recorder.now() + max(0.0, until - recorder.wall())

    def _follow(self, task: str) -> None:
        """What follows from a person's answer: the task is done, or its agents have another round, or it has failed."""
        state = self._work.state
        record = state.tasks[task]
        answer = record.answer
        if answer is None or answer.word is not Word.REJECTED:
            self._settling.settle(TaskSucceeded(task, record.attempt, Evidence(), NOTHING_USED))
            return
        why = f"{task} was rejected by {answer.by}" + (f": {answer.comment}" if answer.comment else "")
        back = self._work.people.to_return(task, state)
        rounds = self._work.rounds
        used_up = [each for each in back if rounds.left(each, state) < 2]  # this refusal is a round itself
        if used_up or not back or self._work.draining:
            told = f"; {', '.join(used_up)} has no round left" if used_up else ""
            self._settling.refuse(task, Failure(Cause.REJECTED, why + told))
        else:
            self._send_back(back, why)

    def _send_back(self, back: tuple[str, ...], why: str) -> None:
        """Give agents another round, and open all that rests on what they handed in; once nothing of that is under
        way.
        """
        state, again = self._work.state, self._work.people.below(back)
        if any(state.tasks[each].status in {Status.RUNNING, Status.WAITING} for each in again):
            return
        for each in back:
            self._settling.lose_round(each, why)
        for each in again:
            if state.tasks[each].status is not Status.PENDING:
                self._settling.reopen(each, why)
        for each in again:
            self._work.frontier.reopened(each)
