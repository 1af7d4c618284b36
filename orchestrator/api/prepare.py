"""Prepare a plan, in one place, to run, resume or explain it."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from orchestrator.engine.briefs import NO_AGENTS, Agents
from orchestrator.engine.options import RunOptions
from orchestrator.engine.people import Tip, nobody_knows
from orchestrator.engine.prepared import Prepared, prepare_run
from orchestrator.environment import capture
from orchestrator.graph.load import LoadedPlan
from orchestrator.plan.handins import gates
from orchestrator.plan.model import Plan
from orchestrator.runner import Runner
from orchestrator.telling.others import with_targets


def prepare(loaded: LoadedPlan, runners: Mapping[str, Runner], options: RunOptions) -> Prepared:
    """What `run`, `resume` and `--explain` go by: all of it is found out here, and nowhere again.

    The current folder is the project. Raises UnknownTask, AgentFileError, and NotifierError.
    """
    loaded = with_targets(loaded, options.notify)
    project = Path.cwd()
    command = options.command or (Path(sys.argv[0]).name, *sys.argv[1:])
    return prepare_run(
        loaded,
        runners,
        replace(options, command=command),
        project=project,
        environment=capture(project, Path(loaded.source)),
        agents=_agents(loaded.plan, project),
        tip=_tip(loaded.plan),
    )


def _agents(plan: Plan, project: Path) -> Agents:
    """What the agents' files say. Raises AgentFileError."""
    if not any(agent.from_ for agent in plan.agents.values()):
        return NO_AGENTS
    from orchestrator.agents.instructions import read_agents  # noqa: PLC0415 - most plans need none of it

    return read_agents(plan, project)


def _tip(plan: Plan) -> Tip:
    """Where branches of repositories are, for plans in which people approve what agents did."""
    if not gates(plan):
        return nobody_knows
    from orchestrator.agents.git import tip  # noqa: PLC0415 - as above

    return tip
