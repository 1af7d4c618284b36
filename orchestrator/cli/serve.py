"""`orchestrate serve`: running and past runs in the browser, live."""

import json
from pathlib import Path

from orchestrator.cli.faults import UsageError
from orchestrator.cli.output import say
from orchestrator.cli.places import opened_journal
from orchestrator.server import make_server


def serve(state: Path, port: int, *, as_data: bool = False) -> None:
    """Serve until interrupted. Raises JournalError where there is no journal, UsageError where the port is taken."""
    with opened_journal(state) as journal:
        journal.runs()
    try:
        server = make_server(state, port)
    except OSError as error:
        raise UsageError(
            f"port {port}: {error.strerror or error}\n  mend: choose another with --port, or 0 for any"
        ) from error
    with server:
        url = f"http://127.0.0.1:{server.server_address[1]}/"
        line = json.dumps({"url": url, "state": str(state)})
        say(line if as_data else f"{url} shows the runs of {state}; Ctrl-C ends it")
        server.serve_forever()
