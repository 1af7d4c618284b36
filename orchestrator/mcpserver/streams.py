"""The server over standard streams: `orchestrate mcp`, for an agent's own configuration."""

from pathlib import Path

import anyio

from orchestrator.mcpserver.caller import Caller
from orchestrator.mcpserver.known import Known
from orchestrator.mcpserver.tools import make_mcp


def serve_streams(state: Path, agent: str) -> None:
    """Serve until standard input ends. agent: the name in the plan, on whose behalf every call is made."""
    known = Known(state)
    caller = Caller(known, agent, "mcp stdio")
    try:
        anyio.run(make_mcp(lambda _ctx: caller).run_stdio_async)
    finally:
        known.close()
