"""What carries out a prepared run: its executor, the function that it calls, and how many tasks run at once."""

import os
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

from orchestrator.engine.options import RunOptions
from orchestrator.engine.prepared import Prepared
from orchestrator.engine.session import Effects
from orchestrator.executors.room import make_room
from orchestrator.executors.spec import CarryOut, ExecutorSpec, Site, find_executor
from orchestrator.plan.drivers import Driver
from orchestrator.plan.handins import briefed, joined

if TYPE_CHECKING:
    from orchestrator.agents.turn import Counter


def executor_of(options: RunOptions) -> ExecutorSpec:
    """The executor that the options name. Raises ExecutorError."""
    return find_executor(options.executor, options.executor_settings)


@contextmanager
def carried(prepared: Prepared) -> Iterator[tuple[Prepared, Effects]]:
    """The same with the room that there is, and by what it is done. Raises ExecutorError, and what the executor
    raises.
    """
    spec = executor_of(prepared.options)
    site = Site(prepared.loaded, prepared.runners, prepared.options.state, prepared.options.executor_settings)
    agents = bool(briefed(prepared.loaded.plan) or joined(prepared.loaded.plan))
    with spec.make(site) as executor, _carrying(prepared, spec, agents=agents) as carry:
        jobs, limits = _room(prepared, spec, executor)
        if limits:
            prepared.options.told(limits)
        yield prepared.within(jobs, limits), Effects(executor, carry, programs_here=spec.processes_here and not agents)


def _room(prepared: Prepared, spec: ExecutorSpec, executor: Executor) -> tuple[int | None, str]:
    """How many tasks at once: if nobody says it, as many as a cluster has room for; and why not as many as that,
    where this machine has less.
    """
    jobs = prepared.options.jobs or spec.slots(executor)
    if not spec.processes_here:
        return jobs, ""
    room = make_room(jobs or prepared.loaded.plan.resources.get("cpu") or os.cpu_count() or 1)
    return (room.jobs, room.said) if room.said else (jobs, "")


@contextmanager
def _carrying(prepared: Prepared, spec: ExecutorSpec, *, agents: bool) -> Iterator[CarryOut]:
    """What does an attempt: with agents' work in the plan, something that can do that too."""
    if not agents:
        yield spec.carry(prepared.runners)
        return
    from orchestrator.agents.carry import carrying, require_drivers  # noqa: PLC0415 - most plans need none of it

    plan, graph, places = prepared.loaded.plan, prepared.loaded.graph, prepared.places
    asked = dict.fromkeys(graph.nodes[task].agent for task in briefed(plan) if task not in prepared.excluded)
    require_drivers(plan, asked, {"project": places.project, "state": places.state})
    with _counter(prepared) as counter, carrying(plan, os.environ, counter) as carry:
        yield carry


def _counter(prepared: Prepared) -> AbstractContextManager["Counter | None"]:
    """Where agents that speak a protocol of agents ask about their tasks; nowhere without the SDK, which is an
    extra.
    """
    plan = prepared.loaded.plan
    doers = {task.agent or plan.groups[name.split(".")[0]].lead for name, task in briefed(plan).items()}
    if not any(plan.agents[name].driver == Driver.ACP for name in doers):
        return nullcontext()
    try:
        from orchestrator.mcpserver.own import OwnServer  # noqa: PLC0415 - as above
    except ImportError:
        return nullcontext()
    return OwnServer(prepared.places.state)
