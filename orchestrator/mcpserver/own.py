"""The server for agents that we start, over a socket into their sandbox. Each can ask only about its own task."""

import asyncio
import contextlib
import os
import secrets
import shutil
import tempfile
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from hmac import compare_digest
from pathlib import Path
from typing import Any, Final, Self

from mcp.server.mcpserver import MCPServer
from mcp.server.stdio import stdio_server

from orchestrator.agents.driver import Hatch, Tell
from orchestrator.mcpserver.known import Known
from orchestrator.mcpserver.tools import reading, said
from orchestrator.mcpserver.views import answers_view, offers_view, plan_view, verdicts_view
from orchestrator.mcpserver.words import figure, kept
from orchestrator.state.questions import ASKS

GREETING: Final = 5.0
"""Seconds within which a client must send its token."""
INSTRUCTIONS: Final = (
    "You have a task that is measured after your turn. `brief` says it again with what it must PASS, `verdicts` why "
    "earlier rounds were "
    "refused, `progress` tells people what you do. What you say is kept as a claim and never counts as evidence."
)


@dataclass(frozen=True, slots=True)
class Own:
    """An attempt's own view, on whose behalf it asks. tell: passes a note on."""

    known: Known
    run: str
    task: str
    brief: str
    tell: Tell

    def plan(self, run: str = "") -> dict[str, Any]:  # noqa: ARG002 - as of who claims
        """The plan with how it stands; of the attempt's own run, whatever is asked for."""
        return self.known.seen(self.run, lambda look: plan_view(look.loaded, look.state))

    def next_tasks(self, run: str = "") -> list[dict[str, Any]]:  # noqa: ARG002 - as above
        """Nothing: it has a task."""
        return self.known.seen(self.run, lambda look: offers_view(look.loaded, look.state, ""))

    def verdicts(self, task: str, run: str = "") -> dict[str, Any]:  # noqa: ARG002 - as above
        """What became of the rounds of a task of its run."""
        return self.known.seen(
            self.run, lambda look: verdicts_view(look.state, task if task in look.state.tasks else self.task)
        )

    def answers(self) -> list[dict[str, Any]]:
        """What was asked of people in its task, and what they answered."""
        return self.known.seen(self.run, lambda look: answers_view(look.state, self.task))


class OwnServer:
    """Listens from `with` to its end; a thread of its own is begun with the first attempt that may ask. state: the
    state folder.
    """

    def __init__(self, state: Path) -> None:
        self._known = Known(state)
        self._owns: dict[str, Own] = {}
        self._folder = tempfile.mkdtemp(prefix="orch-")
        self._socket = Path(self._folder) / "mcp"
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over = asyncio.Event()
        self._ready = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._over.set)
            self._thread.join(10)
        self._known.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    @contextlib.contextmanager
    def hatch(self, run: str, task: str, brief: str, tell: Tell) -> Any:  # noqa: ANN401 - a generator
        """An attempt may ask within."""
        self._begin()
        token = secrets.token_urlsafe(32)
        self._owns[token] = Own(self._known, run, task, brief, tell)
        try:
            yield Hatch(self._socket, token)
        finally:
            del self._owns[token]

    def _begin(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="mcp", daemon=True)
                self._thread.start()
        self._ready.wait(10)

    def _serve(self) -> None:
        asyncio.run(self._until_over())

    async def _until_over(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_unix_server(self._visited, self._socket)
        os.chmod(self._socket, 0o600)  # noqa: PTH101 - one call
        self._ready.set()
        await self._over.wait()
        server.close()

    async def _visited(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, TimeoutError, ValueError, asyncio.IncompleteReadError):
            given = (await asyncio.wait_for(reader.readline(), GREETING)).strip()
            own = next((one for token, one in list(self._owns.items()) if compare_digest(token.encode(), given)), None)
            if own is not None:
                await _converse(make_own(own), reader, writer)
        writer.close()


def make_own(own: Own) -> MCPServer[Any]:
    """The server of one attempt."""
    server: MCPServer[Any] = MCPServer(
        "orchestrate", instructions=INSTRUCTIONS, log_level="CRITICAL", subscriptions=False
    )
    reading(server, lambda _ctx: own)
    _working(server, own)
    _asking(server, own)
    return server


def _working(server: MCPServer[Any], own: Own) -> None:
    """The tools by which an agent knows of its turn and tells of it."""

    @server.tool()
    def brief() -> dict[str, Any]:
        """Your task: what it is, what it must PASS, and the rounds so far."""
        return said(lambda: {"brief": own.brief, **own.verdicts(own.task)})

    @server.tool()
    def progress(text: str) -> dict[str, Any]:
        """Say what you are doing; people see it."""
        own.tell(kept(text), None)
        return {"noted": True}

    @server.tool()
    def submit_figure(metric: str, value: float, unit: str, text: str = "") -> dict[str, Any]:
        """Say a figure that you measured. It is kept as your claim, beside what is measured of your hand-in."""
        claim = said(lambda: figure(metric, value, unit))
        own.tell(kept(text or f"{metric}: {value:g} {unit}"), claim)
        return {"noted": True, "counts": False}


def _asking(server: MCPServer[Any], own: Own) -> None:
    """The tools by which it asks people."""

    @server.tool()
    def ask_person(question: str) -> dict[str, Any]:
        """Put a question to people. Nobody is waited for: go on as well as you can. `answers` has what they say."""
        own.tell(kept(f"{ASKS}{question}"), None)
        return {"noted": True, "waits": False}

    @server.tool()
    def answers() -> dict[str, Any]:
        """What you asked people about your task, and what they answered so far."""
        return said(lambda: {"answers": own.answers()})


class _Lines:
    """A connection as the SDK's text streams for standard input and output."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def __aiter__(self) -> AsyncIterator[str]:
        while line := await self._reader.readline():
            yield line.decode("utf-8", "replace")

    async def write(self, text: str) -> None:
        self._writer.write(text.encode())

    async def flush(self) -> None:
        await self._writer.drain()


async def _converse(server: MCPServer[Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve one connection to its end. The SDK has no public way to serve other streams than the process's own."""
    lines: Any = _Lines(reader, writer)
    inner = server._lowlevel_server  # noqa: SLF001 - see above
    async with stdio_server(lines, lines) as (read, write):
        await inner.run(read, write, inner.create_initialization_options())
