"""The brief: an agent's prompt. Pure; the words are in `brief.md.j2`."""

from collections.abc import Mapping
from dataclasses import field
from functools import cache
from typing import TYPE_CHECKING, Final

from orchestrator.graph.model import TaskNode
from orchestrator.plan.handins import full_id, instruments
from orchestrator.plan.model import Plan
from orchestrator.records import dataclass
from orchestrator.state.rounds import Round
from orchestrator.state.run import RunState

if TYPE_CHECKING:
    from jinja2 import Template

    from orchestrator.plan.agentfile import AgentFile


@dataclass(frozen=True, slots=True)
class Agents:
    """Instructions to the plan's agents besides their tasks. files: by agent, for those that have one."""

    files: "Mapping[str, AgentFile]" = field(default_factory=dict)

    def digest(self, agent: str) -> str:
        """The digest of the agent's file, "" if it has none."""
        return self.files[agent].digest if agent in self.files else ""


NO_AGENTS: Final = Agents()


def render_brief(plan: Plan, node: TaskNode, agents: Agents, state: RunState) -> str:
    """The prompt for the next round of a task: the work, its criteria, and the results of the rounds before."""
    group = plan.groups[node.group]
    agent = plan.agents[node.agent]
    given = agents.files.get(node.agent)
    record = state.tasks[node.id]
    return _template().render(
        plan=plan,
        group=group,
        task=node.task,
        agent=node.agent,
        specialty=agent.specialty or (given.description if given else ""),
        instructions=given.instructions if given else "",
        criteria=[(full, plan.criteria[full]) for full in (full_id(node.group, each) for each in node.task.until)],
        deliverables=[each for each in group.deliverables if each.from_ == node.task.id],
        measured_by=list(instruments(plan).get(node.id, ())),
        inputs=[(each, state.tasks[each].hand_in) for each in node.task.needs or () if each in state.tasks],
        number=len(record.rounds) + 1,
        rounds=record.rounds,
        answers=[each for each in record.questions if each.reply is not None],
    )


def judged(one: Round) -> str:
    """A round in one line."""
    return f"round {one.number}: " + ("accepted" if one.passed else one.why)


@cache
def _template() -> "Template":
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - most runs have no agents

    environment = Environment(
        loader=PackageLoader("orchestrator.engine", "."),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - it is Markdown for an agent, not HTML
    )
    return environment.get_template("brief.md.j2")
