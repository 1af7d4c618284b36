"""Parameters of the verbs about agents. Their implementations are imported on use, so `--help` stays fast."""

# ruff: noqa: PLC0415 - see above

from pathlib import Path
from typing import Annotated

from orchestrator.cli.declared import Argument, Option
from orchestrator.cli.options import STATE, Json, State


def agent_script(
    script: Annotated[
        Path,
        Argument(metavar="SCRIPT", help="A script in YAML (docs/reference/agent-scripts.md).", show_default=False),
    ],
    *,
    json: Json = False,  # noqa: ARG001 - what it prints is the protocol in any case
) -> None:
    """Play an agent that follows a script.

    It speaks the Agent Client Protocol on its standard streams.

    Name it as an agent's `program` to try a plan without a model.
    """
    from orchestrator.agents.script import play

    play(script)


def mcp(
    agent: Annotated[str, Argument(metavar="AGENT", help="The agent's name in the plan.", show_default=False)],
    *,
    json: Json = False,  # noqa: ARG001 - what it prints is the protocol in any case
    state: State = STATE,
) -> None:
    """Let an agent take tasks by itself (driver pull).

    It serves the Model Context Protocol on its standard streams. Name it in the agent's own configuration.
    """
    from orchestrator.cli.mcp import serve_agent

    serve_agent(state, agent)


def workspaces(
    run: Annotated[
        str | None,
        Argument(metavar="RUN", help="A run's id, or its beginning. Default: all runs.", show_default=False),
    ] = None,
    *,
    prune: Annotated[bool, Option("--prune", help="Remove what is merged or empty, and nothing else.")] = False,
    json: Json = False,
    state: State = STATE,
) -> None:
    """List agents' worktrees and branches, and what they hold.

    dirty: it has files that no commit has. unmerged: it has a commit that no target branch has. merged, empty: you lose
    nothing with it.
    """
    from orchestrator.cli.workspaces import show_workspaces

    show_workspaces(state, run, prune=prune, as_data=json)
