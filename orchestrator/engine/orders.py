"""Work orders: all that an executor needs to know of one attempt, from plan and state."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestrator.engine.above import Above
from orchestrator.engine.places import Places
from orchestrator.engine.promises import metrics_of
from orchestrator.executors.order import WorkOrder
from orchestrator.graph.model import TaskGraph, TaskNode
from orchestrator.plan.model import Plan
from orchestrator.registry import Registry
from orchestrator.runner import Runner
from orchestrator.state.run import RunState

GRACE = 5.0


@dataclass(frozen=True, slots=True)
class Orders:
    """Writes work orders for one run. order: each task's place in the graph's order."""

    plan: Plan
    graph: TaskGraph
    runners: Mapping[str, Runner]
    places: Places
    order: Mapping[str, int]
    above: Above = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "above", Above(self.graph, self.places, self.order))

    def write(self, state: RunState, task: str, attempt: int) -> WorkOrder:
        """The order for an attempt that is about to start. Pure: the folder is made by who carries it out."""
        node = self.graph.nodes[task]
        folder = self.places.attempt_folder(state.run, task, attempt)
        known = {"state": self.places.state, "project": self.places.project, "folder": folder}
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
            env=filled({**self.plan.env, **node.task.env}, known),
            timeout=node.task.timeout,
            grace=GRACE,
            seed=seed(state.plan_digest, task, attempt),
            metrics=metrics_of(node.task, self.runners),
            artifacts=promised(self.plan, node),
            inputs=self.above.inputs(state, task),
            offer=_offer(self.runners, node.task.run),
        )


def filled(part: Any, known: Mapping[str, object]) -> Any:  # noqa: ANN401 - whatever a plan's value may be
    """${state}, ${project} and ${folder} in a text, or in each text of a sequence or mapping, replaced; other dollars stay."""
    if not part:
        return part
    if isinstance(part, str):
        for name, value in known.items() if "${" in part else ():
            part = part.replace(f"${{{name}}}", str(value))
        return part
    if isinstance(part, dict):
        return {key: filled(value, known) for key, value in part.items()}
    return type(part)(filled(each, known) for each in part) if isinstance(part, list | tuple) else part


def promised(plan: Plan, node: TaskNode) -> tuple[str, ...]:
    """The files that must exist when the attempt ends: the task's `artifacts` and its group's deliverables from it."""
    promises = plan.groups[node.group].deliverables
    if not (promises or node.task.artifacts):
        return ()
    delivered = [each.artifact for each in promises if each.from_ == node.task.id]
    return tuple(dict.fromkeys((*node.task.artifacts, *delivered)))


def seed(plan_digest: str, task: str, attempt: int) -> int:
    """63 bits of sha256 over plan, task and attempt: the same for the same three."""
    digest = hashlib.sha256(f"{plan_digest}/{task}/{attempt}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def _offer(runners: Mapping[str, Runner], name: str | None) -> str | None:
    return runners.offer(name) if name is not None and isinstance(runners, Registry) else None
