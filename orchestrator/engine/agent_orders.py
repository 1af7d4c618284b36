"""The part of an order that concerns agents' work: the next turn, the commit to measure, the hand-ins to join. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.engine.briefs import Agents, render_brief
from orchestrator.engine.filling import filled
from orchestrator.engine.levels import demand_at
from orchestrator.engine.places import Places
from orchestrator.engine.promises import declared_metrics
from orchestrator.executors.agentwork import Checkout, Limits, Merge, ToJoin, Turn
from orchestrator.executors.order import WorkOrder
from orchestrator.graph.model import TaskGraph, TaskNode
from orchestrator.plan.agent_model import Budget
from orchestrator.plan.drivers import Driver
from orchestrator.plan.handins import briefed, full_id, instruments
from orchestrator.plan.model import Plan
from orchestrator.runner import Runner
from orchestrator.state.ledger import Left, left_of, spent_by, spent_in, spent_on
from orchestrator.state.run import RunState
from orchestrator.state.spending import Spending


@dataclass(frozen=True, slots=True)
class AgentOrders:
    """Writes these parts of orders for one run. write: makes an order of any task, for the instruments of a merge."""

    plan: Plan
    graph: TaskGraph
    runners: Mapping[str, Runner]
    places: Places
    agents: Agents
    write: Callable[[RunState, str, int], WorkOrder]
    _doers: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_doers", {name: self.graph.nodes[name].agent for name in briefed(self.plan)})

    def turn(self, state: RunState, node: TaskNode, attempt: int, known: Mapping[str, object]) -> Turn:
        """The next round of an agent's task. It uses the session of the round before, and starts from its hand-in."""
        task, record, agent = node.task, state.tasks[node.id], self.plan.agents[node.agent]
        last = record.rounds[-1] if record.rounds else None
        place = self.places.work_folder(state.run, node.id, attempt)
        return Turn(
            agent=node.agent,
            driver=str(agent.driver),
            program=filled(agent.program, known),
            env=agent.env,
            mode=agent.mode,
            files=filled(agent.home, known),
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
            sandbox="none" if agent.driver == Driver.PULL else agent.sandbox.value,
            silent=agent.silent,
            number=len(record.rounds) + 1,
            limits=self._limits(state, node),
        )

    def _limits(self, state: RunState, node: TaskNode) -> Limits:
        """The limits of the turn: what the tightest budget leaves, and the task's own timeout."""
        left = self.left(state, node.id)
        seconds = [each for each in (left.seconds, node.task.timeout) if each is not None]
        return Limits(min(seconds, default=None), left.tokens, left.cost)

    def left(self, state: RunState, task: str) -> Left:
        """What the budgets of a task, of its agent and of the run leave for a turn of the task."""
        return left_of(self._budgets(state, self.graph.nodes[task]))

    def _budgets(self, state: RunState, node: TaskNode) -> Iterator[tuple[str, Budget, Spending]]:
        """Whose budgets have limits, with what was spent. It is asked before each call of a model."""
        agent = self.plan.agents[node.agent]
        if node.task.budget.limited:
            yield node.id, node.task.budget, spent_on(state.tasks[node.id])
        if agent.budget.limited:
            yield f"agent {node.agent}", agent.budget, spent_by(state, self._doers, node.agent)
        if self.plan.budget.limited:
            yield "the run", self.plan.budget, spent_in(state, self._doers)

    def checkout(self, state: RunState, node: TaskNode, attempt: int) -> Checkout | None:
        """What an instrument measures: the hand-in of the open round, or of the last one."""
        measured = full_id(node.group, node.task.measures or "")
        given = state.tasks[measured].hand_in
        if given is None:
            return None
        folder = self.places.work_folder(state.run, node.id, attempt) / "checkout"
        doer = self.graph.nodes[measured]
        agent = self.plan.agents[doer.agent]
        return Checkout(
            Path(given.repo), given.commit, given.base, doer.task.pinned, folder, agent.sandbox.value, agent.may.network
        )

    def merge(self, state: RunState, node: TaskNode) -> Merge:
        """The hand-ins that wait to be joined, with the instruments that measure each of them."""
        names = [full_id(node.group, each) for each in node.task.merge or ()]
        queue = tuple(self._to_join(state, name) for name in names if state.tasks[name].hand_in is not None)
        first = self.graph.nodes[names[0]].task.workspace
        repo = queue[0].hand_in.repo if queue else str(self.places.project)
        return Merge(Path(repo), node.task.into or first.base, queue)

    def _to_join(self, state: RunState, name: str) -> ToJoin:
        """A hand-in with its instruments' orders as they are. The merge replaces their commit by the joined one."""
        given = state.tasks[name].hand_in
        assert given is not None, "only hand-ins are joined"
        metrics = declared_metrics(self.graph, self.runners)
        until = [full_id(name.split(".", maxsplit=1)[0], each) for each in self.graph.nodes[name].task.until]
        demands = [demand_at(self.plan, each, metrics[self.plan.criteria[each].metric]) for each in until]
        orders = [self.write(state, each, state.tasks[each].attempt) for each in instruments(self.plan).get(name, ())]
        return ToJoin(name, given, tuple(orders), tuple(demands))
