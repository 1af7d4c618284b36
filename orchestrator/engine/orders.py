"""Work orders: all that an executor needs to know of one attempt, from plan and state."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from orchestrator.engine.judging import metrics_of
from orchestrator.executors.order import LateInputs, WorkOrder
from orchestrator.graph.model import TaskGraph, TaskNode
from orchestrator.plan.model import Plan
from orchestrator.registry import Registry
from orchestrator.runner import Runner, TaskInput
from orchestrator.state.run import RunState, TaskRecord
from orchestrator.state.transitions import Status

GRACE = 5.0


@dataclass(frozen=True, slots=True)
class Places:
    """Where a run happens. state: the state folder; project: where the command was started; both absolute."""

    state: Path
    project: Path

    @property
    def cache(self) -> Path:
        """Caches that attempts share."""
        return _below(self.state, "cache")

    def run_folder(self, run: str) -> Path:
        """What the paths of artifacts are relative to."""
        return _below(self.state, "runs", run)

    def attempt_folder(self, run: str, task: str, attempt: int) -> Path:
        """An attempt's own folder."""
        return self.run_folder(run).joinpath(task, str(attempt))


@lru_cache(maxsize=16)
def _below(folder: Path, *names: str) -> Path:
    """A folder that is asked for with every attempt: putting a path together takes longer than most else here."""
    return folder.joinpath(*names)


@dataclass(frozen=True, slots=True)
class Orders:
    """Writes work orders for one run. order: each task's place in the graph's order."""

    plan: Plan
    graph: TaskGraph
    runners: Mapping[str, Runner]
    places: Places
    order: Mapping[str, int]

    def write(self, state: RunState, task: str, attempt: int) -> WorkOrder:
        """The order for an attempt that is about to start. Pure: the folder is made by who carries it out."""
        node = self.graph.nodes[task]
        folder = self.places.attempt_folder(state.run, task, attempt)
        values, references = self.plan.variables(node.task)
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
            env=filled(values, known),
            env_from=references,
            timeout=node.task.timeout,
            grace=GRACE,
            seed=seed(state.plan_digest, task, attempt),
            metrics=metrics_of(node.task, self.runners),
            artifacts=promised(self.plan, node),
            inputs=LateInputs(lambda: tuple(self._inputs(state, task))),
            offer=_offer(self.runners, node.task.run),
        )

    def _inputs(self, state: RunState, task: str) -> Iterator[TaskInput]:
        """What every task above this one that succeeded left, in the graph's order."""
        for above in sorted(self.graph.ancestors[task], key=self.order.__getitem__):
            record = state.tasks[above]
            if record.status is Status.SUCCEEDED:
                yield self._input(state.run, self.graph.nodes[above], record)

    def _input(self, run: str, node: TaskNode, record: TaskRecord) -> TaskInput:
        root = self.places.run_folder(run)
        series = self.places.attempt_folder(run, node.id, record.attempt) / "series.csv"
        evidence = record.evidence
        return TaskInput(
            task=node.id,
            group=node.group,
            title=node.task.title,
            agent=node.agent,
            artifacts={each.name: root / each.path for each in evidence.artifacts} if evidence else {},
            measurements=evidence.measurements if evidence else (),
            usage=record.usage,
            series=series if record.usage is not None and record.usage.samples else None,
        )


def filled(part: Any, known: Mapping[str, object]) -> Any:  # noqa: ANN401 - whatever a plan's value may be
    """${state}, ${project} and ${folder} in a text, or in each text of a sequence or mapping, replaced; other dollars stay.

    $${folder} is the text ${folder}. What a value holds is not looked at again.
    """
    if not part:
        return part
    if isinstance(part, str):
        return _LATE.sub(lambda found: _value(found, known), part) if "${" in part else part
    if isinstance(part, dict):
        return {key: filled(value, known) for key, value in part.items()}
    return type(part)(filled(each, known) for each in part) if isinstance(part, list | tuple) else part


_LATE = re.compile(r"(?P<escape>\$)?\$\{(?P<name>state|project|folder)\}")


def _value(found: re.Match[str], known: Mapping[str, object]) -> str:
    if found["escape"]:
        return found[0][1:]
    return str(known[found["name"]]) if found["name"] in known else found[0]


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
