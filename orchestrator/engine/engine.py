"""The loop: decide, record, commit, act, wait. One thread owns the state; others only put messages in its queue."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from queue import Empty, SimpleQueue
from threading import Event as Flag
from typing import Final

from orchestrator.engine.decide import Frontier, Instruction, Requeue, Skip, Start
from orchestrator.engine.door import Brought
from orchestrator.engine.orders import Orders
from orchestrator.engine.people import (
    People,
    expired,
    is_taken,
    next_expiry,
    refusal,
    reply_is_taken,
    reply_refused,
)
from orchestrator.engine.pulling import Pulls
from orchestrator.engine.recorder import Recorder
from orchestrator.engine.requests import Answering, Claiming, Replying, Saying, refused
from orchestrator.engine.resources import Slots, capacities, demands
from orchestrator.engine.retry import Again, after_failure
from orchestrator.engine.rounds import Rounds
from orchestrator.engine.sampling import Sampling
from orchestrator.evidence.measurement import Evidence, Measurement, Usage
from orchestrator.executors.carry_out import Supervision, carry_out, go_on
from orchestrator.executors.foreground import Foreground
from orchestrator.executors.order import (
    Asking,
    AttemptResult,
    Launched,
    Note,
    Offered,
    Spent,
    StopSignal,
    Told,
    WorkOrder,
)
from orchestrator.plan.drivers import Driver
from orchestrator.state.events import (
    AttemptFailed,
    AttemptLaunched,
    Cause,
    Failure,
    HandedIn,
    HandInJoined,
    PersonAnswered,
    PersonAsked,
    ProgressReported,
    QuestionAnswered,
    RoundJudged,
    RoundReturned,
    SpendReserved,
    SpendSettled,
    TaskCancelled,
    TaskFailed,
    TaskInterrupted,
    TaskNoted,
    TaskRequeued,
    TaskSampled,
    TaskSkipped,
    TaskStarted,
    TaskSucceeded,
    TurnClaimed,
)
from orchestrator.state.people import Word
from orchestrator.state.rounds import Round
from orchestrator.state.transitions import Status

ELSEWHERE: Final = frozenset({Driver.HUMAN, Driver.PULL})
"""Drivers of agents who work somewhere else."""
LONGEST_WAIT: Final = 3600.0
OPEN: Final = frozenset({Status.PENDING, Status.WAITING, Status.HANDED_IN, Status.ASKED, Status.ANSWERED})
"""Where nothing of a task is under way, and it is not done."""
LOSSES_BORNE: Final = 3
"""How often in this turn a task can lose its machine before a loss counts as its own failure.

Some tasks break machines.
"""

NOTHING_USED: Final = Usage(0.0, 0.0, 0, 0)


@dataclass(frozen=True, slots=True)
class Done:
    """An executor has finished an attempt."""

    task: str
    attempt: int
    future: "Future[AttemptResult]"


@dataclass(frozen=True, slots=True)
class Interrupt:
    """A request to stop the run. name: of the signal."""

    name: str


Message = Done | AttemptResult | Told | Interrupt | Brought
CarryOut = Callable[[WorkOrder, StopSignal, Callable[[Told], None]], AttemptResult]


class Engine:
    """Carries one run from its current state until every task is settled, or until an interrupt.

    carry: does one attempt, called by the executor. programs_here: the engine's thread starts programs and waits for
    them in their first moments. That needs `carry_out`, which alone can continue from there. kill: ends every process
    of the run at once, for the second interrupt.
    """

    def __init__(  # noqa: PLR0913 - what it acts on and by
        self,
        orders: Orders,
        recorder: Recorder,
        executor: Executor,
        *,
        carry: CarryOut = carry_out,
        programs_here: bool = False,
        jobs: int | None,
        keep_going: bool,
        excluded: Collection[str],
        kill: Callable[[], object],
        rounds: Rounds,
        people: People,
    ) -> None:
        self.messages: SimpleQueue[Message] = SimpleQueue()
        self._orders = orders
        self._recorder = recorder
        self._executor = executor
        self._carry_out = carry
        self._foreground = self._in_foreground() if programs_here else None
        self._keep_going = keep_going
        self._kill = kill
        full = capacities(orders.plan, jobs)
        self._slots = Slots(dict(full))
        elsewhere = {name for name, agent in orders.plan.agents.items() if agent.driver in ELSEWHERE}
        self._demands = demands(orders.graph, full, elsewhere)
        self._rounds = rounds
        self._people = people
        self._for_people = frozenset(people.tasks())
        self._pulls = Pulls()
        self._frontier = Frontier(orders.graph, recorder.state, self._demands, excluded, rounds.instruments)
        self._sampling = Sampling(orders.plan, orders.graph, orders.runners)
        self._stop = Flag()
        self._draining = False
        self._granted: list[Callable[[], object]] = []
        self._handed_out: set[tuple[str, int]] = set()
        self._running: dict[str, int] = {}
        self._losses: Counter[str] = Counter()
        self._left = _left_in_groups(orders, recorder)
        self._every = orders.plan.progress_reports.every if orders.plan.progress_reports else None
        self._next_report = self._every
        self.interrupted: str | None = None
        self.faulty = False
        """Whether the executor broke. False if somebody asked to stop."""
        self._judge_rounds()
        self._attend_people()

    @property
    def waits(self) -> tuple[str, ...]:
        """The tasks that wait for people."""
        return self._recorder.state.asking

    def run(self) -> bool:
        """Work until every task is settled or waits for people (True), or the run was interrupted (False). Raises JournalError.

        Whatever is raised, no attempt outlives it.
        """
        try:
            while self._advance() or self._running or self._next_due() is not None:
                self._take(self._wait())
                self._attend_people()
                self._pulls.lapse(self._recorder.now())
                self._report_progress()
        finally:
            self._end_attempts()
            if self._foreground is not None:
                self._foreground.close()
        return self.interrupted is None

    def hear(self, brought: Brought) -> None:
        """Take what somebody asks; safe from any thread. They are told once what came of it is durable."""
        self._tell(brought)

    def interrupt(self, name: str) -> None:
        """Ask the run to stop. Safe in a signal handler and from any thread. A second call stops it at once."""
        self._tell(Interrupt(name))

    def _advance(self) -> bool:
        """Carry out the decisions with one commit for all of them. Returns whether anything was started."""
        started: list[WorkOrder] = []
        if self.interrupted is None:
            while instructions := self._frontier.decide(self._slots, self._recorder.now()):
                for instruction in instructions:
                    started += self._carry(instruction)
        self._recorder.commit()
        while self._granted:
            self._granted.pop()()
        for order in started:
            self._submit(order)
        return bool(started)

    def _carry(self, instruction: Instruction) -> Iterable[WorkOrder]:
        task = instruction.task
        match instruction:
            case Start() if self._spent_out(task):
                pass
            case Start(attempt=attempt) if task in self._for_people:
                state = self._recorder.state
                self._recorder.record(
                    PersonAsked(task, attempt, self._people.question(state, task, self._recorder.wall()))
                )
            case Start(attempt=attempt):
                self._recorder.record(TaskStarted(task, attempt))
                self._slots.take(self._demands[task])
                self._running[task] = attempt
                return (self._orders.write(self._recorder.state, task, attempt),)
            case Skip(reason=reason, culprit=culprit):
                self._settle(TaskSkipped(task, reason, culprit))
            case Requeue():
                self._recorder.record(TaskRequeued(task))
                self._frontier.changed(task)
        return ()

    def _spent_out(self, task: str) -> bool:
        """Whether a turn cannot begin because a budget is used up. If so, the task has failed."""
        if not self._rounds.leaves_hand_in(task):
            return False
        reason = self._orders.hand_ins.left(self._recorder.state, task).reason
        if reason:
            record, spec = self._recorder.state.tasks[task], self._orders.graph.nodes[task].task
            failure = Failure(Cause.BUDGET, reason)
            self._settle(TaskFailed(task, record.attempt, failure, NOTHING_USED, tolerated=spec.continue_on_error))
            if not (self._keep_going or spec.continue_on_error):
                self._cancel_rest(task)
        return bool(reason)

    def _ask(self, asked: Asking) -> None:
        """Allow a call of a model once its reservation is durable, or reply why it is not allowed."""
        left = self._orders.hand_ins.left(self._recorder.state, asked.task)
        none_left = (left.tokens is not None and left.tokens <= 0) or (left.cost is not None and left.cost <= 0)
        if (left.reason and not left.only_turns) or none_left:
            asked.reply(left.reason or "all that is left of a budget is reserved for calls under way")
            return
        self._recorder.record(SpendReserved(asked.task, asked.attempt, asked.reserved))
        self._granted.append(partial(asked.reply, ""))

    def _submit(self, order: WorkOrder) -> None:
        self._handed_out.add((order.task, order.attempt))
        if self._foreground is None or order.command is None:
            self._hand_over(order, self._carry_out, order)
            return
        try:
            self._foreground.start(order)
        except Exception as error:  # noqa: BLE001 - our fault in one attempt must not end the others
            self._broke(order, error)

    def _in_foreground(self) -> Foreground:
        return Foreground(self.messages.put, self._go_on, self._broke, self._postponed)

    def _postponed(self, order: WorkOrder) -> None:
        """Let a thread wait until there is room for the attempt."""
        self._hand_over(order, self._carry_out, order)

    def _go_on(self, attempt: Supervision) -> None:
        """Let a thread watch an attempt that this thread began."""
        self._hand_over(attempt.order, go_on, attempt)

    def _broke(self, order: WorkOrder, error: Exception) -> None:
        future: Future[AttemptResult] = Future()
        future.set_exception(error)
        self.messages.put(Done(order.task, order.attempt, future))

    def _hand_over(self, order: WorkOrder, what: Callable[..., AttemptResult], begun: WorkOrder | Supervision) -> None:
        future: Future[AttemptResult]
        try:
            future = self._executor.submit(what, begun, self._stop, self._tell)
        except Exception as error:  # noqa: BLE001 - a pool that is broken or cannot start a thread
            future = Future()
            future.set_exception(error)
        future.add_done_callback(lambda done: self._tell(Done(order.task, order.attempt, done)))

    def _tell(self, message: Message) -> None:
        """Put a message in the queue. Safe from any thread and in a signal handler."""
        self.messages.put(message)
        if self._foreground is not None:
            self._foreground.wake()

    def _wait(self) -> list[Message]:
        """Everything that has come in; sleeps until something does, or until a retry or report is due."""
        times = (self._next_due(), self._next_report, self._next_expiry(), self._pulls.next_lapse())
        due = [time for time in times if time is not None]
        messages = self._receive(min(LONGEST_WAIT, max(0.0, min(due, default=LONGEST_WAIT) - self._recorder.now())))
        self._handed_out -= {(each.task, each.attempt) for each in messages if isinstance(each, Done | AttemptResult)}
        return messages

    def _receive(self, timeout: float) -> list[Message]:
        """The messages that have arrived, once one has or the timeout is over.

        Meanwhile this thread attends to the programs in the foreground.
        """
        messages: list[Message] = []
        if self._foreground is not None:
            self._foreground.attend(timeout if self.messages.empty() else 0.0)
            timeout = 0.0
        with suppress(Empty):
            messages.append(self.messages.get(timeout=timeout))
            while not self.messages.empty():  # nobody else takes from it
                messages.append(self.messages.get_nowait())
        return messages

    def _next_expiry(self) -> float | None:
        """When the next question to a person is over, on the clock of the run; only a run that does something else waits for that."""
        until = next_expiry(self._recorder.state) if self._for_people else None
        return None if until is None else self._recorder.now() + max(0.0, until - self._recorder.wall())

    def _next_due(self) -> float | None:
        return self._frontier.next_due() if self.interrupted is None else None

    def _take(self, messages: Iterable[Message]) -> None:
        for message in messages:
            if isinstance(message, Interrupt):
                self._interrupted(message.name)
            elif isinstance(message, Brought):
                self._let_in(message)
            elif self._running.get(message.task) == message.attempt:
                self._hear(message)
            elif isinstance(message, Asking):
                message.reply("its attempt has ended")
            # Other messages are refused: a note after its attempt ended, or the late result of an attempt that was
            # given up.

    def _hear(self, message: Done | AttemptResult | Told) -> None:
        """Handle a message from an attempt under way."""
        match message:
            case Launched(task=task, attempt=attempt, launch=launch):
                self._recorder.record(AttemptLaunched(task, attempt, launch))
            case Note(task=task, attempt=attempt, text=text, claim=claim):
                self._recorder.record(TaskNoted(task, attempt, text, claim))
            case Asking():
                self._ask(message)
            case Offered():
                self._pulls.offer(message)
            case Spent(task=task, attempt=attempt, settled=settled):
                self._recorder.record(SpendSettled(task, attempt, settled))
            case AttemptResult():
                self._end(message.task, message.attempt, message)
            case Done():
                self._end(message.task, message.attempt, _result(message))

    def _let_in(self, brought: Brought) -> None:
        """Do what somebody asks, or say why not."""
        asked, now = brought.request, self._recorder.now()
        match asked:
            case Answering():
                self._answered(asked, brought)
            case Replying():
                self._replied(asked, brought)
            case Claiming():
                claim, reply = self._pulls.claim(asked, now)
                if claim is not None:
                    self._recorder.record(TurnClaimed(asked.task, reply["attempt"], claim))
                self._granted.append(partial(brought.reply, reply))
            case Saying():
                said = self._pulls.hear(asked, now, brought.reply)
                if not said and asked.text:
                    self._recorder.record(TaskNoted(asked.task, asked.attempt, asked.text, asked.claim))
                self._granted.append(partial(brought.reply, refused(said)))
            case _:
                if said := self._pulls.hear(asked, now, brought.reply):
                    brought.reply(refused(said))

    def _answered(self, asked: Answering, brought: Brought) -> None:
        """Record what a person says, or say why not."""
        state = self._recorder.state
        said = refusal(state, asked.task, asked.answer, self._recorder.wall())
        if not said and not is_taken(state, asked.task, asked.answer):
            self._recorder.record(PersonAnswered(asked.task, asked.answer.attempt, asked.answer))
        self._granted.append(partial(brought.reply, refused(said)))

    def _replied(self, asked: Replying, brought: Brought) -> None:
        """Record what a person answers to an agent's question, or say why not."""
        state = self._recorder.state
        said = reply_refused(state, asked.task, asked.number, asked.reply)
        if not said and not reply_is_taken(state, asked.task, asked.number):
            self._recorder.record(QuestionAnswered(asked.task, asked.number, asked.reply))
        self._granted.append(partial(brought.reply, refused(said)))

    def _turn_is_over(self, task: str) -> None:
        """Tell who handed in, or gave back, what came of it, once that is durable."""
        reply = self._pulls.ended(task)
        if reply is None:
            return
        record = self._recorder.state.tasks[task]
        last = record.rounds[-1] if record.rounds else None
        lost = last is not None and last.attempt == record.attempt and record.hand_in is None
        commit = record.hand_in.commit if record.hand_in else ""
        why = last.why if lost and last is not None else ""
        self._granted.append(partial(reply, {**refused(""), "commit": commit, "round_lost": why}))

    def _attend_people(self) -> None:
        """Do what follows from answers, and give up questions whose time is over."""
        if not self._for_people:
            return
        for task in list(expired(self._recorder.state, self._recorder.wall())):
            self._refuse(task, Failure(Cause.EXPIRED, "nobody answered in time"))
        for task in self._people.tasks():
            if self._recorder.state.tasks[task].status is Status.ANSWERED:
                self._follow(task)

    def _follow(self, task: str) -> None:
        """What follows from a person's answer: the task is done, or its agents have another round, or it has failed."""
        state = self._recorder.state
        record = state.tasks[task]
        answer = record.answer
        if answer is None or answer.word is not Word.REJECTED:
            self._settle(TaskSucceeded(task, record.attempt, Evidence(), NOTHING_USED))
            return
        why = f"{task} was rejected by {answer.by}" + (f": {answer.comment}" if answer.comment else "")
        back = self._people.to_return(task, state)
        used_up = [each for each in back if self._rounds.left(each, state) < 2]  # this refusal is a round itself
        if used_up or not back or self._draining:
            told = f"; {', '.join(used_up)} has no round left" if used_up else ""
            self._refuse(task, Failure(Cause.REJECTED, why + told))
        else:
            self._send_back(back, why)

    def _send_back(self, back: tuple[str, ...], why: str) -> None:
        """Give agents another round, and open all that rests on what they handed in; once nothing of that is under way."""
        state, again = self._recorder.state, self._people.below(back)
        if any(state.tasks[each].status in {Status.RUNNING, Status.WAITING} for each in again):
            return
        for each in back:
            record = state.tasks[each]
            lost = self._rounds.lost(each, state, why, None, record.hand_in)
            self._recorder.record(RoundJudged(each, record.attempt, lost))
        for each in again:
            record = state.tasks[each]
            if record.status is Status.PENDING:
                continue
            self._left[self._orders.graph.nodes[each].group] += record.settled
            self._recorder.record(RoundReturned(each, record.attempt, why))
        for each in again:
            self._frontier.reopened(each)

    def _refuse(self, task: str, failure: Failure) -> None:
        spec = self._orders.graph.nodes[task].task
        attempt = self._recorder.state.tasks[task].attempt
        self._settle(TaskFailed(task, attempt, failure, NOTHING_USED, tolerated=spec.continue_on_error))
        if not (self._keep_going or spec.continue_on_error):
            self._cancel_rest(task)

    def _interrupted(self, name: str) -> None:
        if self.interrupted is not None:
            self._kill()
        self.interrupted = self.interrupted or f"{name} received"
        self._stop.set()

    def _end(self, task: str, attempt: int, result: AttemptResult) -> None:
        self._running.pop(task, None)
        self._slots.give(self._demands[task])
        if result.fault and self.interrupted is None:
            self.interrupted, self.faulty = result.fault, True
            self._stop.set()
        if self.interrupted is not None and (
            result.fault or result.stopped or result.lost or result.failure is not None
        ):
            # A failure while the processes are being ended says nothing about the task.
            self._recorder.record(TaskInterrupted(task, attempt, self.interrupted, _measured(result)))
        elif result.lost and not self._draining and (result.outage or self._losses[task] < LOSSES_BORNE):
            self._losses[task] += not result.outage
            self._recorder.record(TaskInterrupted(task, attempt, result.lost, _measured(result)))
            self._frontier.changed(task)
        elif result.failure is not None or result.stopped or result.lost:
            self._fail(task, attempt, result)
        elif self._rounds.leaves_hand_in(task):
            self._handed_over(task, attempt, result)
        elif result.joined:
            self._joined(task, attempt, result)
        else:
            self._succeed(task, attempt, result)
        self._turn_is_over(task)

    def _succeed(self, task: str, attempt: int, result: AttemptResult) -> None:
        """Settle the task, unless a criterion asks for more samples."""
        before = self._recorder.state.tasks[task].batches
        asking = self._sampling.asking(task, (*before, (attempt, result.evidence)))
        if asking and not self._draining:
            self._recorder.record(TaskSampled(task, attempt, result.evidence, result.usage, asking))
            self._frontier.changed(task)
        else:
            self._settle(TaskSucceeded(task, attempt, result.evidence, result.usage))

    def _handed_over(self, task: str, attempt: int, result: AttemptResult) -> None:
        """An agent's turn is over. Its hand-in is measured next, or the round is lost."""
        if result.hand_in is not None and not result.fruitless:
            self._recorder.record(HandedIn(task, attempt, result.hand_in, result.usage))
            self._frontier.changed(task)
            self._judge_rounds()
        else:
            state = self._recorder.state
            lost = self._rounds.lost(task, state, result.fruitless, result.talk, result.hand_in)
            self._after(lost, task, result.usage)

    def _judge_rounds(self) -> None:
        """Judge every hand-in that all its instruments have measured."""
        for task in list(self._rounds.due(self._recorder.state)):
            usage = self._recorder.state.tasks[task].usage or NOTHING_USED
            self._after(self._rounds.judge(task, self._recorder.state), task, usage)

    def _after(self, judged: Round, task: str, usage: Usage) -> None:
        """What follows from a round: the task is done, goes back to its agent, or has failed."""
        attempt = judged.attempt
        self._recorder.record(RoundJudged(task, attempt, judged))
        if judged.passed:
            self._settle(TaskSucceeded(task, attempt, Evidence(), usage))
        elif (ending := self._why_last(task)) is None:
            of = self._orders.graph.nodes[task].task.rounds
            self._return(task, attempt, f"round {judged.number} of {of}: {judged.why}")
        else:
            spec = self._orders.graph.nodes[task].task
            failure = Failure(
                Cause.ROUNDS, f"round {judged.number} of {spec.rounds} was the last{ending}: {judged.why}"
            )
            self._settle(TaskFailed(task, attempt, failure, usage, tolerated=spec.continue_on_error))
            if not (self._keep_going or spec.continue_on_error):
                self._cancel_rest(task)

    def _why_last(self, task: str) -> str | None:
        """Why a refused round is the last one, None if another follows."""
        if self._rounds.left(task, self._recorder.state) <= 0 or self._draining:
            return ""
        spent = self._orders.hand_ins.left(self._recorder.state, task).reason
        return f", since {spent}" if spent else None

    def _return(self, task: str, attempt: int, reason: str) -> None:
        """Return a hand-in to its agent, and reopen its instruments for the next one."""
        was_settled = self._recorder.state.tasks[task].settled
        self._recorder.record(RoundReturned(task, attempt, reason))
        if was_settled:
            self._left[self._orders.graph.nodes[task].group] += 1
        self._frontier.reopened(task)
        for each in self._rounds.instruments.get(task, ()):
            if self._recorder.state.tasks[each].settled:
                attempt = self._recorder.state.tasks[each].attempt
                self._recorder.record(RoundReturned(each, attempt, f"{task} has another round"))
                self._left[self._orders.graph.nodes[each].group] += 1
                self._frontier.reopened(each)

    def _joined(self, task: str, attempt: int, result: AttemptResult) -> None:
        """A merge is over. A hand-in that it could not join goes back to its agent, and the merge waits for it."""
        state = self._recorder.state
        for each in result.joined:
            self._recorder.record(HandInJoined(task, attempt, each))
        back = [each for each in result.joined if not each.commit]
        for each in back:
            record = state.tasks[each.task]
            lost = self._rounds.lost(each.task, state, each.why, None, record.hand_in)
            self._recorder.record(RoundJudged(each.task, record.attempt, lost))
        stuck = [each for each in back if self._rounds.left(each.task, state) <= 0]
        if not back:
            self._succeed(task, attempt, result)
        elif stuck or self._draining:
            told = "; ".join(f"{each.task} was not joined: {each.why}" for each in back)
            self._fail(task, attempt, replace(result, failure=Failure(Cause.MERGE, told)))
        else:
            self._recorder.record(RoundReturned(task, attempt, "; ".join(f"{each.task}: {each.why}" for each in back)))
            for each in back:
                self._return(each.task, state.tasks[each.task].attempt, each.why)
            self._frontier.changed(task)

    def _fail(self, task: str, attempt: int, result: AttemptResult) -> None:
        failure = result.failure or Failure(Cause.LOST, result.lost or "it was stopped, and nobody had asked for that")
        spec = self._orders.graph.nodes[task].task
        again = after_failure(spec.retries, len(self._recorder.state.tasks[task].failures) + 1)
        if isinstance(again, Again) and not self._draining:
            self._recorder.record(AttemptFailed(task, attempt, failure, result.usage, again.delay))
            self._frontier.changed(task)
            return
        measured = self._rounds.of_instrument(task, self._recorder.state)
        self._settle(TaskFailed(task, attempt, failure, result.usage, tolerated=spec.continue_on_error))
        if not (
            self._keep_going or spec.continue_on_error or measured
        ):  # the round handles what an instrument says of a hand-in
            self._cancel_rest(task)

    def _cancel_rest(self, culprit: str) -> None:
        """Start nothing more. Running tasks can finish."""
        self._draining = True
        for task, record in list(self._recorder.state.tasks.items()):
            if record.status in OPEN:
                self._recorder.record(TaskCancelled(task, f"{culprit} failed, and the run stops at the first failure"))
                self._count(task)
        self._frontier.clear()

    def _settle(self, event: TaskSucceeded | TaskFailed | TaskSkipped) -> None:
        self._recorder.record(event)
        self._frontier.changed(event.task)
        self._count(event.task)
        if event.task in self._rounds.measured:
            self._judge_rounds()

    def _count(self, task: str) -> None:
        """Report progress whenever a group completes."""
        group = self._orders.graph.nodes[task].group
        self._left[group] -= 1
        if self._left[group] == 0:
            self._recorder.record(self._progress())

    def _report_progress(self) -> None:
        now = self._recorder.now()
        if self._every is not None and self._next_report is not None and now >= self._next_report:
            self._recorder.record(self._progress())
            self._next_report = now + self._every

    def _progress(self) -> ProgressReported:
        state = self._recorder.state
        return ProgressReported(state.settled, len(state.tasks), tuple(sorted(self._running)))

    def _end_attempts(self) -> None:
        """End all attempts when the engine stops. An attempt whose start could not be committed was never started."""
        self._stop.set()
        while self._handed_out:
            for message in self._receive(LONGEST_WAIT):
                if isinstance(message, Done | AttemptResult):
                    self._handed_out.discard((message.task, message.attempt))
                elif isinstance(message, Interrupt):
                    self._kill()


def _left_in_groups(orders: Orders, recorder: Recorder) -> dict[str, int]:
    left = dict.fromkeys(orders.plan.groups, 0)
    for node in orders.graph.nodes.values():
        left[node.group] += not recorder.state.tasks[node.id].settled
    return left


def _measured(result: AttemptResult) -> tuple[Measurement, ...]:
    """What the attempt had recorded that does not stand."""
    return (*result.evidence.measurements, *(result.failure.measured if result.failure else ()))


def _result(done: Done) -> AttemptResult:
    """The executor's answer. If the executor breaks, that is a failed attempt of the task, not the end of the run."""
    try:
        return done.future.result(timeout=0)
    except BaseException as error:  # noqa: BLE001 - whatever another executor raises, cancellation included
        failure = Failure(Cause.SPAWN, f"the executor broke: {type(error).__name__}: {error}")
        return AttemptResult(done.task, done.attempt, Evidence(), NOTHING_USED, failure)
