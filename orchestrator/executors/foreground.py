"""Take programs through their first moments in the caller's thread, several at once.

A thread for each attempt costs more than many short programs: threads of one interpreter take turns, and every
hand-over waits for a turn. So a program is started and waited for here. It goes on in a thread (`carry_on`) if it is
not over within `FIRST_LOOK`, or if it leaves something that takes time to gather. That thread alone knows timeouts,
stops and samples.
"""

import time
import weakref
from collections.abc import Callable
from typing import Final

from orchestrator.executors.carry_out import begin
from orchestrator.executors.order import AttemptResult, Told, WorkOrder
from orchestrator.executors.output import CappedLog
from orchestrator.executors.room import NoRoom
from orchestrator.executors.supervision import FIRST_LOOK, Supervision
from orchestrator.kernel import waking

LONGEST: Final = 3600.0


class Foreground:
    """Attempts in their first moments. Everything except `wake` is for one thread, the one that calls `attend`.

    tell: gets the result of an attempt, and its notes. go_on: has a thread watch the attempt to its end. postpone: has
    a thread begin it once there is room for it. broke: called with an attempt in which this code itself failed.
    """

    def __init__(
        self,
        tell: Callable[[AttemptResult | Told], None],
        go_on: Callable[[Supervision], None],
        broke: Callable[[WorkOrder, Exception], None],
        postpone: Callable[[WorkOrder], None],
    ) -> None:
        self._tell = tell
        self._go_on = go_on
        self._postpone = postpone
        self._broke = broke
        self._poll = waking.Watch()
        self._bell = waking.Bell()
        weakref.finalize(self, self._bell.close)  # a wake-up can come late, when another file already has the number
        self._poll.register(self._bell.fileno())
        self._begun: dict[int, Supervision] = {}
        self._logs: dict[int, CappedLog] = {}

    def start(self, order: WorkOrder) -> None:
        """Begin an attempt. Raises only for a fault of ours."""
        try:
            begun = begin(order)
        except NoRoom:
            self._postpone(order)
            return
        if isinstance(begun, AttemptResult):
            self._tell(begun)
            return
        ended = begun.fileno()
        self._begun[ended] = begun
        self._poll.register(ended)
        for log in begun.logs:
            self._logs[log.pipe] = log
            self._poll.register(log.pipe)

    def attend(self, timeout: float) -> None:
        """Wait at most so many seconds until something happens, and handle it."""
        due = min((each.start for each in self._begun.values()), default=LONGEST) + FIRST_LOOK - time.monotonic()
        for descriptor, _ in self._poll.poll(max(0.0, min(timeout, due)) if self._begun else timeout):
            if descriptor in self._begun:
                self._look(self._begun[descriptor])
            elif descriptor in self._logs:
                self._pump(self._logs[descriptor])
            elif descriptor == self._bell.fileno():
                self._bell.hush()
        begun = time.monotonic() - FIRST_LOOK
        for each in [each for each in self._begun.values() if each.start <= begun]:
            self._let_go(each)
            self._go_on(each)

    def wake(self) -> None:
        """Make `attend` return. Safe from any thread, and from a signal handler."""
        self._bell.ring()

    def close(self) -> None:
        """Release everything. No attempt is under way any more, and none will be."""
        self._poll.close()

    def _look(self, attempt: Supervision) -> None:
        self._let_go(attempt)
        try:
            result = attempt.result_now(self._tell)
            if result is not None:
                attempt.close()
        except NoRoom:
            attempt.close()
            self._postpone(attempt.order)
            return
        except Exception as error:  # noqa: BLE001 - our fault concerns this attempt, not the others
            attempt.close()
            self._broke(attempt.order, error)
            return
        if result is None:
            self._go_on(attempt)
        else:
            self._tell(result)

    def _pump(self, log: CappedLog) -> None:
        if not log.pump():
            self._poll.unregister(log.pipe)
            del self._logs[log.pipe]

    def _let_go(self, attempt: Supervision) -> None:
        ended = attempt.fileno()
        del self._begun[ended]
        self._poll.unregister(ended)
        for log in attempt.logs:
            if self._logs.pop(log.pipe, None) is not None:
                self._poll.unregister(log.pipe)
