"""The loop: decide, record, commit, act, wait. One thread owns the state; others only put messages in its queue."""

from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Executor
from typing import Final

from orchestrator.engine.answers import Answers
from orchestrator.engine.decide import Frontier, Instruction, Requeue, Skip, Start
from orchestrator.engine.dispatch import LONGEST_WAIT, Dispatch, Done, Interrupt, Message
from orchestrator.engine.door import Brought
from orchestrator.engine.orders import Orders
from orchestrator.engine.people import People
from orchestrator.engine.recorder import Recorder
from orchestrator.engine.replies import Replies
from orchestrator.engine.resources import Slots, capacities, demands
from orchestrator.engine.rounds import Rounds
from orchestrator.engine.sampling import Sampling
from orchestrator.engine.settling import Settling
from orchestrator.engine.work import Work
from orchestrator.executors.order import Asking, AttemptResult, Launched, Note, Offered, Spent, Told, WorkOrder
from orchestrator.executors.spec import CarryOut
from orchestrator.plan.drivers import Driver
from orchestrator.state.events import AttemptLaunched, SpendSettled, TaskNoted, TaskRequeued, TaskSkipped, TaskStarted
from orchestrator.state.failure import Cause, Failure

ELSEWHERE: Final = frozenset({Driver.HUMAN, Driver.PULL})
"""Drivers of agents who work somewhere else."""


class Engine:
    """Carries one run from its current state until every task is settled, or until an interrupt.

    carry: does one attempt, called by the executor. programs_here: the engine's thread starts programs (see
    `Dispatch`). kill: ends every process of the run at once, for the second interrupt.
    """

    def __init__(  # noqa: PLR0913 - what it acts on and by
        self,
        orders: Orders,
        recorder: Recorder,
        executor: Executor,
        *,
        carry: CarryOut,
        programs_here: bool = False,
        jobs: int | None,
        keep_going: bool,
        excluded: Collection[str],
        kill: Callable[[], object],
        rounds: Rounds,
        people: People,
    ) -> None:
        full = capacities(orders.plan, jobs)
        elsewhere = {name for name, agent in orders.plan.agents.items() if agent.driver in ELSEWHERE}
        asked = demands(orders.graph, full, elsewhere)
        self._work = work = Work(
            orders,
            recorder,
            Frontier(orders.graph, recorder.state, asked, excluded, rounds.instruments),
            Slots(dict(full)),
            asked,
            rounds,
            people,
            Sampling(orders.plan, orders.graph, orders.runners),
            keep_going,
        )
        self._recorder = recorder
        self._kill = kill
        self._dispatch = Dispatch(executor, carry, work.stop, programs_here=programs_here)
        self._settling = Settling(work)
        self._answers = Answers(work, self._settling)
        self._replies = Replies(work, self._answers)
        self._every = orders.plan.progress_reports.every if orders.plan.progress_reports else None
        self._next_report = self._every
        self._settling.judge_rounds()
        self._answers.attend()

    @property
    def interrupted(self) -> str | None:
        """Why it stopped before the end, None if it did not."""
        return self._work.interrupted

    @property
    def faulty(self) -> bool:
        """Whether the executor broke. False if somebody asked to stop."""
        return self._work.faulty

    @property
    def waits(self) -> tuple[str, ...]:
        """The tasks that wait for people."""
        return self._recorder.state.asking

    @property
    def idle(self) -> bool:
        """Whether nothing is under way, and nothing will be by itself."""
        return not self._work.running and self._next_due() is None

    def run(self) -> bool:
        """Work until every task is settled or waits for people (True), or the run was interrupted (False). Raises
        JournalError.

        Whatever is raised, no attempt outlives it.
        """
        try:
            while True:
                if self.advance() or not self.idle:
                    self.take(self.wait())
                elif not self._last_look():
                    break
                self._answers.attend()
                self._replies.pulls.lapse(self._recorder.now())
                self._report_progress()
        finally:
            self._dispatch.end(self._kill)
        return self.interrupted is None

    def hear(self, message: Message) -> None:
        """Take a message of an attempt, or a request; safe from any thread. The sender of a request gets one reply,
        once what it asks is durable.
        """
        self._dispatch.tell(message)

    def interrupt(self, name: str) -> None:
        """Ask the run to stop. Safe in a signal handler and from any thread. A second call stops it at once."""
        self._dispatch.tell(Interrupt(name))

    def advance(self) -> bool:
        """Carry out the decisions with one commit for all of them. Returns whether anything was started."""
        started: list[WorkOrder] = []
        if self.interrupted is None:
            while instructions := self._work.frontier.decide(self._work.slots, self._recorder.now()):
                for instruction in instructions:
                    started += self._carry(instruction)
        self._recorder.commit()
        self._replies.give()
        for order in started:
            self._dispatch.submit(order)
        return bool(started)

    def wait(self) -> list[Message]:
        """Everything that has come in; sleeps until something does, or until a retry or report is due."""
        lapse, expiry = self._replies.pulls.next_lapse(), self._answers.next_expiry()
        due = [time for time in (self._next_due(), self._next_report, expiry, lapse) if time is not None]
        return self._dispatch.receive(min(due) - self._recorder.now() if due else LONGEST_WAIT)

    def take(self, messages: Iterable[Message]) -> None:
        """Act on what has come in."""
        for message in messages:
            if isinstance(message, Interrupt):
                self._interrupted(message.name)
            elif isinstance(message, Brought):
                self._replies.let_in(message)
            elif self._work.running.get(message.task) == message.attempt:
                self._hear(message)
            elif isinstance(message, Asking):
                message.reply("its attempt has ended")
            # Other messages are refused: a note after its attempt ended, or the late result of an attempt that was
            # given up.

    def _last_look(self) -> bool:
        """Take what stands at the door though nothing is left to do; whether anything did. A signal alone comes too
        late.
        """
        messages = self._dispatch.arrived()
        brought = any(isinstance(each, Brought) for each in messages)
        if brought:
            self.take(messages)
        return brought

    def _carry(self, instruction: Instruction) -> Iterable[WorkOrder]:
        task = instruction.task
        match instruction:
            case Start() if self._spent_out(task):
                pass
            case Start(attempt=attempt) if task in self._answers.tasks:
                self._answers.ask(task, attempt)
            case Start(attempt=attempt):
                self._recorder.record(TaskStarted(task, attempt))
                self._work.slots.take(self._work.demands[task])
                self._work.running[task] = attempt
                return (self._work.orders.write(self._recorder.state, task, attempt),)
            case Skip(reason=reason, culprit=culprit):
                self._settling.settle(TaskSkipped(task, reason, culprit))
            case Requeue():
                self._recorder.record(TaskRequeued(task))
                self._work.frontier.changed(task)
        return ()

    def _spent_out(self, task: str) -> bool:
        """Whether a turn cannot begin because a budget is used up. If so, the task has failed."""
        if not self._work.rounds.leaves_hand_in(task):
            return False
        reason = self._work.orders.hand_ins.left(self._recorder.state, task).reason
        if reason:
            self._settling.refuse(task, Failure(Cause.BUDGET, reason))
        return bool(reason)

    def _hear(self, message: Done | AttemptResult | Told) -> None:
        """Handle a message from an attempt under way."""
        match message:
            case Launched(task=task, attempt=attempt, launch=launch):
                self._recorder.record(AttemptLaunched(task, attempt, launch))
            case Note(task=task, attempt=attempt, text=text, claim=claim):
                self._recorder.record(TaskNoted(task, attempt, text, claim))
            case Asking():
                self._replies.ask(message)
            case Offered():
                self._replies.pulls.offer(message)
            case Spent(task=task, attempt=attempt, settled=settled):
                self._recorder.record(SpendSettled(task, attempt, settled))
            case AttemptResult():
                self._end(message.task, message.attempt, message)
            case Done():
                self._end(message.task, message.attempt, message.result())

    def _end(self, task: str, attempt: int, result: AttemptResult) -> None:
        self._settling.end(task, attempt, result)
        self._replies.turn_is_over(task)

    def _interrupted(self, name: str) -> None:
        if self.interrupted is not None:
            self._kill()
        self._work.interrupt(f"{name} received")

    def _next_due(self) -> float | None:
        return self._work.frontier.next_due() if self.interrupted is None else None

    def _report_progress(self) -> None:
        now = self._recorder.now()
        if self._every is not None and self._next_report is not None and now >= self._next_report:
            self._recorder.record(self._settling.progress())
            self._next_report = now + self._every
