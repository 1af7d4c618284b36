"""Carry out one attempt from its order to its result: start it, supervise it to its end, release it.

Everything happens in the caller's thread. `processes` gives each attempt a thread. `foreground` takes programs through
their first moments without one.
"""

import time
from collections.abc import Callable

from orchestrator.evidence.measurement import Evidence, Usage
from orchestrator.executors.folder import forget, fresh, shared
from orchestrator.executors.order import AttemptResult, StopSignal, Told, WorkOrder
from orchestrator.executors.orderfile import write_order
from orchestrator.executors.output import CAP
from orchestrator.executors.room import NoRoom, Patience, is_shortage
from orchestrator.executors.starting import Lease
from orchestrator.executors.supervision import Supervision
from orchestrator.executors.temporary import make_tmp
from orchestrator.state.failure import Cause, Failure


def carry_out(
    order: WorkOrder,
    stop: StopSignal,
    listener: Callable[[Told], None],
    *,
    log_cap: int = CAP,
    lease: Lease | None = None,
) -> AttemptResult:
    """Carry out one order and say how it ended. The task never makes this raise; only a fault of ours does.

    stop: set it to end the attempt (TERM, `order.grace`, KILL); then the result has stopped=True. listener: called
    with each note while the task runs, and with its processes once it has run for FIRST_LOOK seconds. log_cap: bytes
    kept of each of stdout and stderr. lease: how long it may run, whatever happens to this process.
    """
    patience = Patience()
    while True:
        try:
            begun = begin(order, log_cap, lease)
            return begun if isinstance(begun, AttemptResult) else carry_on(begun, stop, listener)
        except NoRoom as error:
            if stop.is_set():
                return AttemptResult(order.task, order.attempt, Evidence(), Usage(0.0, 0.0, 0, 0), None, stopped=True)
            if not patience.wait():
                what = f"the attempt could not be started: {error}, and nothing else of ours runs that would make room"
                return _not_begun(order, time.monotonic(), f"{what}; raise ulimit -n, -u or -v, or free memory")


def begin(order: WorkOrder, log_cap: int = CAP, lease: Lease | None = None) -> Supervision | AttemptResult:
    """Start the attempt. If the system refuses, return the failed result.

    Raises NoRoom if the system is only short of something now.
    """
    start = time.monotonic()
    try:
        _prepare(order)
        return Supervision(order, log_cap, start, lease)
    except OSError as error:
        if is_shortage(error.errno):
            forget(order.folder)
            raise NoRoom(error.strerror) from None
        where = f" ({error.filename})" if error.filename else ""
        return _not_begun(order, start, f"the attempt could not be started: {error.strerror or error}{where}")


def _not_begun(order: WorkOrder, start: float, message: str) -> AttemptResult:
    usage = Usage(time.monotonic() - start, 0.0, 0, 0)
    return AttemptResult(order.task, order.attempt, Evidence(), usage, Failure(Cause.SPAWN, message))


def go_on(supervision: Supervision, stop: StopSignal, listener: Callable[[Told], None]) -> AttemptResult:
    """As `carry_on`. If the system had no room for the program, start it again later."""
    try:
        return carry_on(supervision, stop, listener)
    except NoRoom:
        return carry_out(supervision.order, stop, listener)


def carry_on(supervision: Supervision, stop: StopSignal, listener: Callable[[Told], None]) -> AttemptResult:
    """Watch a begun attempt to its end, and release it. Raises NoRoom if that was the reason why it did not begin."""
    try:
        return supervision.watch(stop, listener)
    finally:
        supervision.close()


def _prepare(order: WorkOrder) -> None:
    shared(order.cache)
    fresh(order.folder)
    make_tmp(order.folder)
    write_order(order)
