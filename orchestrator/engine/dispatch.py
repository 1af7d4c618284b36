"""Hand attempts to the executor and gather their messages: the engine's queue, in which any thread can put messages."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Event as Flag
from typing import Final

from orchestrator.engine.door import Brought
from orchestrator.evidence.measurement import Evidence, Usage
from orchestrator.executors.carry_out import go_on
from orchestrator.executors.foreground import Foreground
from orchestrator.executors.order import AttemptResult, Told, WorkOrder
from orchestrator.executors.spec import CarryOut
from orchestrator.executors.supervision import Supervision
from orchestrator.records import dataclass
from orchestrator.state.failure import Cause, Failure

LONGEST_WAIT: Final = 3600.0
NOTHING_USED: Final = Usage(0.0, 0.0, 0, 0)


@dataclass(frozen=True, slots=True)
class Done:
    """An executor has finished an attempt."""

    task: str
    attempt: int
    future: "Future[AttemptResult]"

    def result(self) -> AttemptResult:
        """The executor's answer. If the executor breaks, that is a failed attempt of the task, not the end of the
        run.
        """
        try:
            return self.future.result(timeout=0)
        except BaseException as error:  # noqa: BLE001 - whatever another executor raises, cancellation included
            failure = Failure(Cause.SPAWN, f"the executor broke: {type(error).__name__}: {error}")
            return AttemptResult(self.task, self.attempt, Evidence(), NOTHING_USED, failure)


@dataclass(frozen=True, slots=True)
class Interrupt:
    """A request to stop the run. name: of the signal."""

    name: str


Message = Done | AttemptResult | Told | Interrupt | Brought


class Dispatch:
    """The attempts that an executor has now. Everything except `tell` is for one thread, the engine's.

    stop: tells every attempt to end. carry: does one attempt, called by the executor. programs_here: the engine's
    thread starts programs and waits for them in their first moments. That needs `carry_out`, which alone can continue
    from there.
    """

    def __init__(self, executor: Executor, carry: CarryOut, stop: Flag, *, programs_here: bool = False) -> None:
        self.messages: SimpleQueue[Message] = SimpleQueue()
        self._stop = stop
        self._executor = executor
        self._carry_out = carry
        self._foreground = self._in_foreground() if programs_here else None
        self._handed_out: set[tuple[str, int]] = set()

    def tell(self, message: Message) -> None:
        """Put a message in the queue. Safe from any thread and in a signal handler."""
        self.messages.put(message)
        if self._foreground is not None:
            self._foreground.wake()

    def submit(self, order: WorkOrder) -> None:
        """Have an attempt carried out. Its result arrives as a message, even after an error."""
        self._handed_out.add((order.task, order.attempt))
        if self._foreground is None or order.command is None:
            self._hand_over(order, self._carry_out, order)
            return
        try:
            self._foreground.start(order)
        except Exception as error:  # noqa: BLE001 - our fault in one attempt must not end the others
            self._broke(order, error)

    def receive(self, timeout: float) -> list[Message]:
        """The messages that have arrived, once one has or the timeout is over.

        Meanwhile this thread attends to the programs in the foreground.
        """
        messages: list[Message] = []
        timeout = min(LONGEST_WAIT, max(0.0, timeout))
        if self._foreground is not None:
            self._foreground.attend(timeout if self.messages.empty() else 0.0)
            timeout = 0.0
        with suppress(Empty):
            messages.append(self.messages.get(timeout=timeout))
        messages += self.arrived()
        self._handed_out -= {(each.task, each.attempt) for each in messages if isinstance(each, Done | AttemptResult)}
        return messages

    def arrived(self) -> list[Message]:
        """What has come in already; of attempts only what is told while they go on."""
        messages: list[Message] = []
        while not self.messages.empty():  # nobody else takes from it
            messages.append(self.messages.get_nowait())
        return messages

    def end(self, kill: Callable[[], object]) -> None:
        """End all attempts. One whose start could not be committed was never started. kill: for another interrupt."""
        self._stop.set()
        try:
            while self._handed_out:
                for message in self.receive(LONGEST_WAIT):
                    if isinstance(message, Interrupt):
                        kill()
        finally:
            if self._foreground is not None:
                self._foreground.close()

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
            future = self._executor.submit(what, begun, self._stop, self.tell)
        except Exception as error:  # noqa: BLE001 - a pool that is broken or cannot start a thread
            future = Future()
            future.set_exception(error)
        future.add_done_callback(lambda done: self.tell(Done(order.task, order.attempt, done)))
