"""Work orders: all that an executor needs to know of one attempt, from plan and state."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from orchestrator.engine.briefs import NO_AGENTS, Agents, render_brief
from orchestrator.engine.judging import declared_metrics, demand_at, metrics_of
from orchestrator.executors.agentwork import Checkout, Limits, Merge, ToJoin, Turn
from orchestrator.executors.order import LateInputs, WorkOrder
from orchestrator.graph.model import TaskGraph, TaskNode
from orchestrator.plan.handins import briefed, full_id, instruments
from orchestrator.plan.model import Plan
from orchestrator.registry import Registry
from orchestrator.runner import Runner, TaskInput
from orchestrator.state.ledger import Left, left_of, spent_by, spent_in, spent_on
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

    def work_folder(self, run: str, task: str, attempt: int) -> Path:
        """Where an agent's workspace, its home or a checkout is: beside the runs, so that no attempt's folder holds a copy."""
        return _below(self.state, "work", run).joinpath(task, str(attempt))

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
    agents: Agents = NO_AGENTS

    def write(self, state: RunState, task: str, attempt: int) -> WorkOrder:
        """The order for an attempt that is about to start. Pure: the folder is made by who carries it out."""
        node = self.graph.nodes[task]
        folder = self.places.attempt_folder(state.run, task, attempt)
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
            env=filled({**self.plan.env, **node.task.env}, known),
            timeout=node.task.timeout,
            grace=GRACE,
            seed=seed(state.plan_digest, task, attempt),
            metrics=metrics_of(node.task, self.runners),
            artifacts=promised(self.plan, node),
            inputs=LateInputs(lambda: tuple(self._inputs(state, task))),
            offer=_offer(self.runners, node.task.run),
            turn=self._turn(state, node, attempt, known) if node.task.brief is not None else None,
            checkout=self._checkout(state, node, attempt) if node.task.measures is not None else None,
            merge=self._merge(state, node) if node.task.merge is not None else None,
        )

    def _turn(self, state: RunState, node: TaskNode, attempt: int, known: Mapping[str, object]) -> Turn:
        """The next round of an agent's task: in the session of the round before, and from what that handed in."""
        task, record, agent = node.task, state.tasks[node.id], self.plan.agents[node.agent]
        last = record.rounds[-1] if record.rounds else None
        place = self.places.work_folder(state.run, node.id, attempt)
        return Turn(
            agent=node.agent,
            driver=str(agent.driver),
            program=filled(agent.program, known),
            env=agent.env,
            mode=agent.mode,
            brief=render_brief(self.plan, node, self.agents, state),
            session=next((one.talk.session for one in reversed(record.rounds) if one.talk and one.talk.session), ""),
            repo=self.places.project / filled(task.workspace.repo, known),
            base=task.workspace.base,
            onto=last.hand_in if last else None,
            workspace=place / "workspace",
            home=self.places.work_folder(state.run, node.id, 0) / "home",
            branch=f"orchestrate/{state.run}/{node.id}/{attempt}",
            writes=task.writes,
            pinned=task.pinned,
            run=agent.may.run,
            network=agent.may.network,
            sandbox=agent.sandbox.value,
            silent=agent.silent,
            number=len(record.rounds) + 1,
            limits=self._limits(state, node),
        )

    def _limits(self, state: RunState, node: TaskNode) -> Limits:
        """What the turn may use: what the tightest budget leaves, and the task's own timeout."""
        left = self.left(state, node.id)
        seconds = [each for each in (left.seconds, node.task.timeout) if each is not None]
        return Limits(min(seconds, default=None), left.tokens, left.cost)

    def left(self, state: RunState, task: str) -> Left:
        """What the budgets of a task, of its agent and of the run leave for a turn of it."""
        node = self.graph.nodes[task]
        doers = {name: self.graph.nodes[name].agent for name in briefed(self.plan)}
        return left_of(
            (
                (task, node.task.budget, spent_on(state.tasks[task])),
                (f"agent {node.agent}", self.plan.agents[node.agent].budget, spent_by(state, doers, node.agent)),
                ("the run", self.plan.budget, spent_in(state, doers)),
            )
        )

    def _checkout(self, state: RunState, node: TaskNode, attempt: int) -> Checkout | None:
        """What an instrument measures: the hand-in of the round that is open, or of the last one."""
        measured = full_id(node.group, node.task.measures or "")
        given = state.tasks[measured].hand_in
        if given is None:
            return None
        folder = self.places.work_folder(state.run, node.id, attempt) / "checkout"
        return Checkout(Path(given.repo), given.commit, given.base, self.graph.nodes[measured].task.pinned, folder)

    def _merge(self, state: RunState, node: TaskNode) -> Merge:
        """The hand-ins that wait to be joined, and what measures each of them."""
        names = [full_id(node.group, each) for each in node.task.merge or ()]
        queue = tuple(self._to_join(state, name) for name in names if state.tasks[name].hand_in is not None)
        first = self.graph.nodes[names[0]].task.workspace
        repo = queue[0].hand_in.repo if queue else str(self.places.project)
        return Merge(Path(repo), node.task.into or first.base, queue)

    def _to_join(self, state: RunState, name: str) -> ToJoin:
        """A hand-in with its instruments' orders, as they stand; who joins puts the joined commit in their place."""
        given = state.tasks[name].hand_in
        assert given is not None, "only hand-ins are joined"
        metrics = declared_metrics(self.graph, self.runners)
        until = [full_id(name.split(".", maxsplit=1)[0], each) for each in self.graph.nodes[name].task.until]
        demands = [demand_at(self.plan, each, metrics[self.plan.criteria[each].metric]) for each in until]
        orders = [self.write(state, each, state.tasks[each].attempt) for each in instruments(self.plan).get(name, ())]
        return ToJoin(name, given, tuple(orders), tuple(demands))

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
