"""What follows from the end of an attempt: its task is settled, tried again, or goes back to its agent as a round."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from orchestrator.engine.dispatch import NOTHING_USED
from orchestrator.engine.retry import Again, after_failure
from orchestrator.engine.work import Work
from orchestrator.evidence.measurement import Evidence, Measurement, Usage
from orchestrator.executors.order import AttemptResult
from orchestrator.state.events import (
    AttemptFailed,
    HandedIn,
    HandInJoined,
    ProgressReported,
    RoundJudged,
    RoundReturned,
    TaskCancelled,
    TaskFailed,
    TaskInterrupted,
    TaskSampled,
    TaskSkipped,
    TaskSucceeded,
)
from orchestrator.state.failure import Cause, Failure
from orchestrator.state.rounds import Joined, Round
from orchestrator.state.transitions import Status

OPEN: Final = frozenset({Status.PENDING, Status.WAITING, Status.HANDED_IN, Status.ASKED, Status.ANSWERED})
"""Where nothing of a task is under way, and it is not done."""
LOSSES_BORNE: Final = 3
"""How often in this turn a task can lose its machine before a loss counts as its own failure.

Some tasks break machines.
"""


class Settling:
    """Records what comes of attempts, for one run."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._record = work.recorder.record

    def end(self, task: str, attempt: int, result: AttemptResult) -> None:
        """An attempt is over."""
        work = self._work
        work.running.pop(task, None)
        work.slots.give(work.demands[task])
        if result.fault and work.interrupted is None:
            work.interrupt(result.fault, faulty=True)
        if work.interrupted is not None and (
            result.fault or result.stopped or result.lost or result.failure is not None
        ):
            # A failure while the processes are being ended says nothing about the task.
            self._record(TaskInterrupted(task, attempt, work.interrupted, _measured(result)))
        elif result.lost and not work.draining and (result.outage or work.losses[task] < LOSSES_BORNE):
            work.losses[task] += not result.outage
            self._record(TaskInterrupted(task, attempt, result.lost, _measured(result)))
            work.frontier.changed(task)
        elif result.failure is not None or result.stopped or result.lost:
            self._fail(task, attempt, result)
        elif work.rounds.leaves_hand_in(task):
            self._handed_over(task, attempt, result)
        elif result.joined:
            self._joined(task, attempt, result)
        else:
            self._succeed(task, attempt, result)

    def settle(self, event: TaskSucceeded | TaskFailed | TaskSkipped) -> None:
        """The task is done with."""
        self._record(event)
        self._work.frontier.changed(event.task)
        self._count(event.task)
        if event.task in self._work.rounds.measured:
            self.judge_rounds()

    def refuse(self, task: str, failure: Failure, usage: Usage = NOTHING_USED) -> None:
        """The task has failed for good, and what needs it with it."""
        spec = self._work.task(task)
        attempt = self._work.state.tasks[task].attempt
        self.settle(TaskFailed(task, attempt, failure, usage, tolerated=spec.continue_on_error))
        if not (self._work.keep_going or spec.continue_on_error):
            self._cancel_rest(task)

    def judge_rounds(self) -> None:
        """Judge every hand-in that all its instruments have measured."""
        work = self._work
        for task in list(work.rounds.due(work.state)):
            usage = work.state.tasks[task].usage or NOTHING_USED
            self._after(work.rounds.judge(task, work.state), task, usage)

    def reopen(self, task: str, why: str) -> None:
        """Take a task back to where it has not run, for another round."""
        record = self._work.state.tasks[task]
        self._work.left[self._work.group(task)] += record.settled
        self._record(RoundReturned(task, record.attempt, why))

    def progress(self) -> ProgressReported:
        """How far the run is."""
        state = self._work.state
        return ProgressReported(state.settled, len(state.tasks), tuple(sorted(self._work.running)))

    def _succeed(self, task: str, attempt: int, result: AttemptResult) -> None:
        """Settle the task, unless a criterion asks for more samples."""
        before = self._work.state.tasks[task].batches
        asking = self._work.sampling.asking(task, (*before, (attempt, result.evidence)))
        if asking and not self._work.draining:
            self._record(TaskSampled(task, attempt, result.evidence, result.usage, asking))
            self._work.frontier.changed(task)
        else:
            self.settle(TaskSucceeded(task, attempt, result.evidence, result.usage))

    def _handed_over(self, task: str, attempt: int, result: AttemptResult) -> None:
        """An agent's turn is over. Its hand-in is measured next, or the round is lost."""
        if result.hand_in is not None and not result.fruitless:
            self._record(HandedIn(task, attempt, result.hand_in, result.usage))
            self._work.frontier.changed(task)
            self.judge_rounds()
        else:
            lost = self._work.rounds.lost(task, self._work.state, result.fruitless, result.talk, result.hand_in)
            self._after(lost, task, result.usage)

    def _after(self, judged: Round, task: str, usage: Usage) -> None:
        """What follows from a round: the task is done, goes back to its agent, or has failed."""
        self._record(RoundJudged(task, judged.attempt, judged))
        of = self._work.task(task).rounds
        if judged.passed:
            self.settle(TaskSucceeded(task, judged.attempt, Evidence(), usage))
        elif (ending := self._why_last(task)) is None:
            self._return(task, f"round {judged.number} of {of}: {judged.why}")
        else:
            why = f"round {judged.number} of {of} was the last{ending}: {judged.why}"
            self.refuse(task, Failure(Cause.ROUNDS, why), usage)

    def _why_last(self, task: str) -> str | None:
        """Why a refused round is the last one, None if another follows."""
        if self._work.rounds.left(task, self._work.state) <= 0 or self._work.draining:
            return ""
        spent = self._work.orders.hand_ins.left(self._work.state, task).reason
        return f", since {spent}" if spent else None

    def _return(self, task: str, why: str) -> None:
        """Return a hand-in to its agent, and reopen its instruments for the next one."""
        self.reopen(task, why)
        self._work.frontier.reopened(task)
        for each in self._work.rounds.instruments.get(task, ()):
            if self._work.state.tasks[each].settled:
                self.reopen(each, f"{task} has another round")
                self._work.frontier.reopened(each)

    def _joined(self, task: str, attempt: int, result: AttemptResult) -> None:
        """A merge is over. A hand-in that it could not join goes back to its agent, and the merge waits for it."""
        for each in result.joined:
            self._record(HandInJoined(task, attempt, each))
        back = [each for each in result.joined if not each.commit]
        for each in back:
            self.lose_round(each.task, each.why)
        stuck = [each for each in back if self._work.rounds.left(each.task, self._work.state) <= 0]
        if not back:
            self._succeed(task, attempt, result)
        elif stuck or self._work.draining:
            told = "; ".join(f"{each.task} was not joined: {each.why}" for each in back)
            self._fail(task, attempt, replace(result, failure=Failure(Cause.MERGE, told)))
        else:
            self._merge_again(task, attempt, back)

    def lose_round(self, task: str, why: str) -> None:
        """What the task handed in is refused after all; that was one of its rounds."""
        record = self._work.state.tasks[task]
        lost = self._work.rounds.lost(task, self._work.state, why, None, record.hand_in)
        self._record(RoundJudged(task, record.attempt, lost))

    def _merge_again(self, task: str, attempt: int, back: Sequence[Joined]) -> None:
        self._record(RoundReturned(task, attempt, "; ".join(f"{each.task}: {each.why}" for each in back)))
        for each in back:
            self._return(each.task, each.why)
        self._work.frontier.changed(task)

    def _fail(self, task: str, attempt: int, result: AttemptResult) -> None:
        failure = result.failure or Failure(Cause.LOST, result.lost or "it was stopped, and nobody had asked for that")
        work, spec = self._work, self._work.task(task)
        again = after_failure(spec.retries, len(work.state.tasks[task].failures) + 1)
        if isinstance(again, Again) and not work.draining:
            self._record(AttemptFailed(task, attempt, failure, result.usage, again.delay))
            work.frontier.changed(task)
            return
        measured = work.rounds.of_instrument(task, work.state)
        self.settle(TaskFailed(task, attempt, failure, result.usage, tolerated=spec.continue_on_error))
        if not (
            work.keep_going or spec.continue_on_error or measured
        ):  # the round handles what an instrument says of a hand-in
            self._cancel_rest(task)

    def _cancel_rest(self, culprit: str) -> None:
        """Start nothing more. Running tasks can finish."""
        self._work.draining = True
        for task, record in list(self._work.state.tasks.items()):
            if record.status in OPEN:
                self._record(TaskCancelled(task, f"{culprit} failed, and the run stops at the first failure"))
                self._count(task)
        self._work.frontier.clear()

    def _count(self, task: str) -> None:
        """Report progress whenever a group completes."""
        group = self._work.group(task)
        self._work.left[group] -= 1
        if self._work.left[group] == 0:
            self._record(self.progress())


def _measured(result: AttemptResult) -> tuple[Measurement, ...]:
    """What the attempt had recorded that does not stand."""
    return (*result.evidence.measurements, *(result.failure.measured if result.failure else ()))
