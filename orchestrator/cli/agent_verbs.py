"""What the verbs about agents take. What they do is imported when they are used, so that `--help` stays fast."""

# ruff: noqa: PLC0415 - see above

from pathlib import Path
from typing import Annotated

import typer

from orchestrator.cli.options import Json


def agent_script(
    script: Annotated[
        Path, typer.Argument(metavar="SCRIPT", help="A script in YAML (docs/agent-scripts.md).", show_default=False)
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
