"""Which of an order's kinds of work is to be done, and by what."""

from collections.abc import Callable

from orchestrator.agents.merging import carry_instrument, carry_merge
from orchestrator.agents.turn import carry_turn
from orchestrator.executors.carry_out import carry_out
from orchestrator.executors.order import AttemptResult, StopSignal, Told, WorkOrder


def carry(order: WorkOrder, stop: StopSignal, listener: Callable[[Told], None]) -> AttemptResult:
    """Carry out any order: an agent's turn, a merge, the measurement of a hand-in, or a runner or program as ever."""
    if order.turn is not None:
        return carry_turn(order, stop, listener)
    if order.merge is not None:
        return carry_merge(order, stop, listener)
    if order.checkout is not None:
        return carry_instrument(order, stop, listener)
    return carry_out(order, stop, listener)
