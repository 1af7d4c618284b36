"""Work orders: all that an executor needs to know about one attempt, from plan and state."""

import hashlib
from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from orchestrator.attempts import working_folder
from orchestrator.engine.above import Above
from orchestrator.engine.briefs import NO_AGENTS, Agents
from orchestrator.engine.filling import filled
from orchestrator.engine.places import Places
from orchestrator.engine.promises import metrics_of
from orchestrator.executors.order import WorkOrder
from orchestrator.graph.model import TaskGraph, TaskNode
from orchestrator.plan.model import Plan
from orchestrator.records import dataclass
from orchestrator.registry import Registry
from orchestrator.runner import Runner
from orchestrator.state.run import RunState

if TYPE_CHECKING:
    from orchestrator.engine.agent_orders import AgentOrders

GRACE = 5.0


@dataclass(frozen=True, slots=True)
class Orders:
    """Writes work orders for one run.

    order: each task's place in the graph's order. secret: the run's, which names folders.
    """

    plan: Plan
    graph: TaskGraph
    runners: Mapping[str, Runner]
    places: Places
    order: Mapping[str, int]
    secret: bytes
    agents: Agents = NO_AGENTS
    above: Above = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "above", Above(self.graph, self.places, self.order))

    @property
    def hand_ins(self) -> "AgentOrders":
        """Writes the parts that concern agents' work."""
        from orchestrator.engine.agent_orders import AgentOrders  # noqa: PLC0415 - most plans have none

        return AgentOrders(self.plan, self.graph, self.runners, self.places, self.agents, self.write)

    def write(self, state: RunState, task: str, attempt: int) -> WorkOrder:
        """The order for an attempt that is about to start. Pure: the executor makes the folder."""
        node = self.graph.nodes[task]
        kept = self.places.attempt_folder(state.run, task, attempt)
        agents = node.task.brief is not None or node.task.merge is not None  # no evidence is taken from their folders
        folder = kept if agents else working_folder(self.places.run_folder(state.run), task, attempt, self.secret)
        values, references = self.plan.variables(node.task)
        known: dict[str, object] = {"state": self.places.state, "project": self.places.project, "folder": folder}
        if node.task.measures is not None:
            known["checkout"] = self.places.work_folder(state.run, task, attempt) / "checkout"
        return WorkOrder(
            run=state.run,
            task=task,
            attempt=attempt,
            folder=folder,
            project=self.places.project,
            cache=self.places.cache,
            runner=node.task.run,
            command=filled(node.task.command, known),
            params=filled(node.task.with_, known),
            env=filled(values, known),
            env_from=references,
            secret=self.plan.addresses,
            timeout=node.task.timeout,
            grace=GRACE,
            seed=seed(state.plan_digest, task, attempt),
            metrics=metrics_of(node.task, self.runners),
            artifacts=promised(self.plan, node),
            inputs=self.above.inputs(state, task),
            offer=_offer(self.runners, node.task.run),
            turn=self.hand_ins.turn(state, node, attempt, known) if node.task.brief is not None else None,
            checkout=self.hand_ins.checkout(state, node, attempt) if node.task.measures is not None else None,
            merge=self.hand_ins.merge(state, node) if node.task.merge is not None else None,
            kept=None if agents else kept,
        )


def promised(plan: Plan, node: TaskNode) -> tuple[str, ...]:
    """The files that must exist when the attempt ends: the task's `artifacts`, and its group's deliverables from it."""
    promises = plan.groups[node.group].deliverables
    if not (promises or node.task.artifacts):
        return ()
    delivered = [each.artifact for each in promises if each.from_ == node.task.id]
    return tuple(dict.fromkeys((*node.task.artifacts, *delivered)))


def seed(plan_digest: str, task: str, attempt: int) -> int:
    """63 bits of sha256 over plan, task and attempt. The same three give the same seed."""
    digest = hashlib.sha256(f"{plan_digest}/{task}/{attempt}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def _offer(runners: Mapping[str, Runner], name: str | None) -> str | None:
    return runners.offer(name) if name is not None and isinstance(runners, Registry) else None
