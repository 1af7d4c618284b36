"""`orchestrate serve`: running and past runs in the browser, live."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from orchestrator.cli.faults import UsageError
from orchestrator.cli.mcp import serving_agents
from orchestrator.cli.output import say
from orchestrator.cli.places import opened_journal
from orchestrator.server import make_server


def serve(state: Path, port: int, agents: Sequence[str] = (), *, as_data: bool = False) -> None:
    """Serve until interrupted, agents over MCP too. Raises JournalError where there is no journal, UsageError where
    the port is taken.
    """
    with opened_journal(state) as journal:
        journal.runs()
    try:
        server = make_server(state, port)
    except OSError as error:
        raise UsageError(
            f"port {port}: {error.strerror or error}\n  mend: choose another with --port, or 0 for any"
        ) from error
    with server, serving_agents(state, agents) as served:
        url = f"http://127.0.0.1:{server.server_address[1]}/"
        facts = {"url": url, "state": str(state), **({"mcp": served} if served else {})}
        say(json.dumps(facts) if as_data else _told(url, state, served))
        server.serve_forever()


def _told(url: str, state: Path, served: Mapping[str, Any]) -> str:
    lines = [f"{url} shows the runs of {state}; Ctrl-C ends it"]
    lines += [
        f"MCP for {name}: {served['url']} with the token {token}" for name, token in served.get("tokens", {}).items()
    ]
    return "\n".join(lines)
