"""Which of an order's kinds of work is to be done, and by what."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from orchestrator.agents.merging import carry_instrument, carry_merge
from orchestrator.agents.meter.providers import provider_of
from orchestrator.agents.turn import Meter, carry_turn
from orchestrator.executors.carry_out import carry_out
from orchestrator.executors.order import AttemptResult, StopSignal, Told, WorkOrder
from orchestrator.plan.model import Plan


@dataclass(frozen=True, slots=True)
class Carry:
    """Carries out any order: an agent's turn, a merge, the measurement of a hand-in, or a runner or program as ever.

    meter: the proxy of the run, None where no agent of the plan calls a model by it.
    """

    meter: Meter | None = None

    def __call__(self, order: WorkOrder, stop: StopSignal, listener: Callable[[Told], None]) -> AttemptResult:
        """Carry out one order and say how it ended."""
        if order.turn is not None:
            return carry_turn(order, stop, listener, self.meter)
        if order.merge is not None:
            return carry_merge(order, stop, listener)
        if order.checkout is not None:
            return carry_instrument(order, stop, listener)
        return carry_out(order, stop, listener)


@contextmanager
def carrying(plan: Plan, environment: Mapping[str, str]) -> Iterator[Carry]:
    """What carries out the plan's orders, with a metering proxy where an agent's `env` names a provider's key."""
    if not any(provider_of(name) for agent in plan.agents.values() for name in agent.env):
        yield Carry()
        return
    from orchestrator.agents.meter.proxy import MeteringProxy, upstreams  # noqa: PLC0415 - heavy, and an extra

    with MeteringProxy(upstreams(environment)) as proxy:
        yield Carry(proxy)
