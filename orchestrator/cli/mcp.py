"""`orchestrate mcp`, and the part of `serve` for agents."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from orchestrator.cli.faults import UsageError
from orchestrator.environment import install_extra

MISSING = f"this needs the extra agents\n  mend: {install_extra('agents')}"


def serve_agent(state: Path, agent: str) -> None:
    """Serve on the standard streams until they end. Raises UsageError where the extra is missing."""
    try:
        from orchestrator.mcpserver.streams import serve_streams  # noqa: PLC0415 - the SDK is slow to load, and an extra
    except ImportError as error:
        raise UsageError(MISSING) from error
    serve_streams(state.absolute(), agent)


@contextmanager
def serving_agents(state: Path, agents: Sequence[str]) -> Iterator[dict[str, object]]:
    """Serve over HTTP within: where, and each agent's token. Nothing where there is no agent to serve. Raises
    UsageError.
    """
    if not agents:
        yield {}
        return
    try:
        from orchestrator.mcpserver.known import Known  # noqa: PLC0415 - as above
        from orchestrator.mcpserver.web import McpHttp  # noqa: PLC0415
    except ImportError as error:
        raise UsageError(MISSING) from error
    known = Known(state.absolute())
    with McpHttp(known, agents) as served:
        yield {"url": served.url, "tokens": dict(served.tokens)}
    known.close()
