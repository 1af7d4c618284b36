"""Choose the function that carries out an order, by its kind of work."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from orchestrator.agents.driver import DriverError, find_driver
from orchestrator.agents.merging import carry_instrument, carry_merge
from orchestrator.agents.meter.providers import provider_of
from orchestrator.agents.meter.upstream import upstreams
from orchestrator.agents.sandbox import choose
from orchestrator.agents.turn import Counter, Meter, carry_turn
from orchestrator.engine.filling import filled
from orchestrator.executors.carry_out import carry_out
from orchestrator.executors.order import AttemptResult, StopSignal, Told, WorkOrder
from orchestrator.plan.agent_model import Agent
from orchestrator.plan.drivers import Driver
from orchestrator.plan.model import Plan


@dataclass(frozen=True, slots=True)
class Carry:
    """Carries out any order: an agent's turn, a merge, the measurement of a hand-in, or a runner or program as ever.

    meter: the proxy of the run, None where no agent of the plan calls a model by it. counter: where agents ask about
    their tasks.
    """

    meter: Meter | None = None
    counter: Counter | None = None

    def __call__(self, order: WorkOrder, stop: StopSignal, listener: Callable[[Told], None]) -> AttemptResult:
        """Carry out one order and say how it ended."""
        if order.turn is not None:
            return carry_turn(order, stop, listener, self.meter, self.counter)
        if order.merge is not None:
            return carry_merge(order, stop, listener)
        if order.checkout is not None:
            return carry_instrument(order, stop, listener)
        return carry_out(order, stop, listener)


def require_drivers(plan: Plan, agents: Iterable[str], known: Mapping[str, object]) -> None:
    """Raise DriverError or NoSandboxError for what no agent's turn could begin with: all of it is known before anything
    is spent.

    agents: those who are asked for. known: places in a plan's texts, as `project`; a program in another is not looked
    for.
    """
    wrong = [f"agent {name}: {why}" for name in agents for why in _problems(plan.agents[name], known)]
    if wrong:
        raise DriverError("\n".join(wrong))
    for name in agents:
        if plan.agents[name].driver != Driver.PULL:  # it brings its own
            choose(plan.agents[name].sandbox.value)


def _problems(agent: Agent, known: Mapping[str, object]) -> Iterator[str]:
    program = filled(agent.program, known)
    try:
        driver = find_driver(str(agent.driver))
        if program and "${" not in program[0] and (why := driver.problem(program)):
            yield why
    except DriverError as error:
        yield str(error)
    if missing := [name for name in agent.env if name not in os.environ]:
        yield f"{', '.join(missing)} is not set\n  mend: export it, or take it out of the agent's `env`"


@contextmanager
def carrying(plan: Plan, environment: Mapping[str, str], counter: Counter | None = None) -> Iterator[Carry]:
    """What carries out the plan's orders, with a metering proxy where an agent's `env` names a provider's key."""
    if not any(provider_of(name) for agent in plan.agents.values() for name in agent.env):
        yield Carry(counter=counter)
        return
    from orchestrator.agents.meter.proxy import MeteringProxy  # noqa: PLC0415 - heavy, and an extra

    with MeteringProxy(upstreams(environment)) as proxy:
        yield Carry(proxy, counter)
