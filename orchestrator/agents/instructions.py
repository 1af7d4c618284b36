"""Read the agent files that a plan names."""

from pathlib import Path

from orchestrator.engine.briefs import Agents
from orchestrator.plan.agentfile import SIZE_LIMIT, AgentFile, AgentFileError, parse_agent_file
from orchestrator.plan.model import Plan


def read_agents(plan: Plan, project: Path) -> Agents:
    """Every agent file of the plan, by agent. Paths are relative to the project. Raises AgentFileError."""
    return Agents({name: read_agent_file(project / agent.from_) for name, agent in plan.agents.items() if agent.from_})


def read_agent_file(path: Path) -> AgentFile:
    """One agent file. Raises AgentFileError with the mend."""
    try:
        if not path.is_file():
            raise AgentFileError(
                f"{path}: there is no such file\n  mend: check the agent's `from`; it is relative to the project"
            )
        with path.open("rb") as file:
            content = file.read(4 * SIZE_LIMIT + 1)
        return parse_agent_file(content.decode("utf-8-sig"), str(path))
    except UnicodeDecodeError as error:
        raise AgentFileError(f"{path}: byte {error.start} is not UTF-8\n  mend: save it as UTF-8 text") from error
    except OSError as error:
        raise AgentFileError(f"{path}: {error.strerror or error}\n  mend: check its permissions") from error
