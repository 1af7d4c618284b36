"""The driver `acp`: any program that speaks the Agent Client Protocol on its standard streams.

https://agentclientprotocol.com. Only this module imports the SDK. We offer no file or terminal capability, because the
agent works in the worktree itself. Its stop reason is reported, and never counts as success.
"""

import asyncio
import contextlib
import logging
import os
import sys
import time
from pathlib import Path
from typing import Any, Final

import acp
from acp import schema

from orchestrator.agents.driver import SAID_LIMIT, DriverError, Going, Hatch
from orchestrator.agents.permission import OUR_TOOLS, Calls, answer
from orchestrator.agents.process import AgentProcess, missing
from orchestrator.state.rounds import SILENT, Talk

SERVER: Final = "orchestrate"
"""The name of our server, as an agent knows it."""
RELAY: Final = str(Path(__file__).with_name("mcp_relay.py"))
HELLO: Final = 60.0
"""Seconds that an agent may take to answer `initialize`, and to open or load a session."""
CANCELLING: Final = 10.0
"""Seconds that a turn may take to end once it is cancelled."""
NOT_LOGGED_IN: Final = -32000
"""By the protocol, of an error: authentication is required."""
ENDING: Final = 2.0
"""Seconds after which a program that closed its streams is taken to live on."""
LOOK: Final = 0.05
LONGEST_LINE: Final = 16 * 2**20
NOTES_LIMIT: Final = 500
REFUSED_LIMIT: Final = 50
_QUIET: Final = logging.NullHandler()


class AcpDriver:
    """Takes turns with a program that speaks the Agent Client Protocol."""

    name = "acp"

    def problem(self, program: tuple[str, ...]) -> str | None:
        """Why it could not work with this program; None where it could."""
        return missing(program)

    def take_turn(self, going: Going) -> Talk:
        """One prompt, from start to end. Raises DriverError where the turn could not begin."""
        logging.getLogger().addHandler(_QUIET)  # what the SDK logs of a broken connection is told in `Talk.stop`
        with AgentProcess(going) as process:
            return asyncio.run(_Conversation(going, process).turn())


class _Client:
    """What the agent may ask of us, and tell us."""

    def __init__(self, going: Going) -> None:
        self._going = going
        self._calls = Calls()
        self._notes = 0
        self.said = ""
        self.refused: list[str] = []
        self.heard_at = time.monotonic()

    async def request_permission(
        self,
        session_id: str,  # noqa: ARG002 - the protocol's signature, here and below
        tool_call: Any,  # noqa: ANN401 - the SDK's own
        options: list[Any],
        **_: Any,  # noqa: ANN401
    ) -> schema.RequestPermissionResponse:
        """Answer by the plan, at once."""
        self.heard_at = time.monotonic()
        turn = self._going.turn
        call = self._calls.heard(_plain(tool_call))
        servers = {} if self._going.hatch is None else {SERVER: OUR_TOOLS}
        found = answer(call, turn.workspace, turn.run, network=turn.network, servers=servers)
        wanted = "allow_once" if found.allowed else "reject_once"
        choice = next((option for option in options if option.kind == wanted), None)
        if not found.allowed:
            self.refused = [*self.refused, f"{found.asked}: {found.why}"][-REFUSED_LIMIT:]
            self.note(f"refused: {found.asked} ({found.why})")
        if choice is None:
            return schema.RequestPermissionResponse(outcome=schema.DeniedOutcome(outcome="cancelled"))
        return schema.RequestPermissionResponse(
            outcome=schema.AllowedOutcome(outcome="selected", option_id=choice.option_id)
        )

    async def session_update(self, session_id: str, update: Any, **_: Any) -> None:  # noqa: ANN401, ARG002 - the SDK's own
        """Take what it tells: its words, its plan, its calls."""
        self.heard_at = time.monotonic()
        if isinstance(update, schema.AgentMessageChunk):
            self.said = (self.said + str(getattr(update.content, "text", "")))[-SAID_LIMIT:]
        elif isinstance(update, schema.AgentPlanUpdate):
            done = sum(entry.status == "completed" for entry in update.entries)
            self.note(f"plan: {done} of {len(update.entries)} done")
        elif isinstance(update, schema.ToolCallStart | schema.ToolCallProgress):
            call = self._calls.heard(_plain(update))
            if update.status in {"completed", "failed"} or isinstance(update, schema.ToolCallStart):
                self.note(f"{update.status or 'begins'}: {call.get('title', '')}"[:200])

    def note(self, text: str) -> None:
        """Pass a note on, as long as there are not too many."""
        self._notes += 1
        if self._notes <= NOTES_LIMIT:
            self._going.tell(text, None)


class _Conversation:
    """One turn: start, greet, open or load the session, prompt, and end in any case."""

    def __init__(self, going: Going, process: AgentProcess) -> None:
        self._going = going
        self._process = process
        self._client = _Client(going)
        self._name = ""
        self._session = ""
        self._ends: list[asyncio.BaseTransport] = []

    async def turn(self) -> Talk:
        stop = ""
        try:
            agent = await self._connected()
            await self._opened(agent)
            stop = await self._prompted(agent)
        except (acp.RequestError, ConnectionError, ValueError, asyncio.IncompleteReadError) as error:
            if not self._session and isinstance(error, ConnectionError) and await self._has_ended():
                raise DriverError(f"its program ended before it could be asked: {_last_words(self._going)}") from error
            stop = f"error: {error} {getattr(error, 'data', None) or ''}".strip()[:500]
        except TimeoutError:
            stop = "stuck: it did not answer in time"
        finally:
            for each in self._ends:
                each.close()
            await asyncio.sleep(0)  # only then are their descriptors closed
        turn = self._going.turn
        return Talk(
            self.driver, self._name, self._session, stop, turn.sandbox, self._client.said, tuple(self._client.refused)
        )

    driver = "acp"

    async def _connected(self) -> Any:  # noqa: ANN401 - the SDK's own
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=LONGEST_LINE)
        source, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), _file(self._process.stdout, "rb")
        )
        self._ends.append(source)
        transport, protocol = await loop.connect_write_pipe(
            asyncio.streams.FlowControlMixin, _file(self._process.stdin, "wb")
        )
        self._ends.append(transport)
        writer = asyncio.StreamWriter(transport, protocol, None, loop)
        return acp.connect_to_agent(self._client, writer, reader)  # type: ignore[arg-type]  # a client of what we offer

    async def _opened(self, agent: Any) -> None:  # noqa: ANN401 - the SDK's own
        hello = await self._while_alive(agent.initialize(acp.PROTOCOL_VERSION, schema.ClientCapabilities()), HELLO)
        if hello.agent_info is not None:
            self._name = f"{hello.agent_info.name} {hello.agent_info.version or ''}".strip()
        if hello.protocol_version != acp.PROTOCOL_VERSION:
            raise DriverError(
                f"{self._called} speaks version {hello.protocol_version} of the Agent Client Protocol, and we speak "
                f"{acp.PROTOCOL_VERSION}\n  mend: install a version of it that speaks {acp.PROTOCOL_VERSION}"
            )
        turn, loads = self._going.turn, bool(hello.agent_capabilities and hello.agent_capabilities.load_session)
        servers, opened = _servers(self._going.hatch), None
        if turn.session and loads:
            with contextlib.suppress(acp.RequestError):  # it has forgotten it: the brief tells the story
                opened = await self._while_alive(agent.load_session(str(turn.workspace), turn.session, servers), HELLO)
                self._session = turn.session
        if not self._session:
            try:
                opened = await self._while_alive(agent.new_session(str(turn.workspace), None, servers), HELLO)
            except acp.RequestError as error:
                raise DriverError(_no_session(self._called, error)) from error
            self._session = opened.session_id
        if turn.mode:
            await self._in_mode(agent, turn.mode, opened)
        self._client.said = ""  # what a loaded session says again was said before

    @property
    def _called(self) -> str:
        return self._name or self._going.turn.program[0]

    async def _in_mode(self, agent: Any, mode: str, opened: Any) -> None:  # noqa: ANN401 - the SDK's own
        """Ask for the plan's mode. A program that tells its modes is not asked for another."""
        modes = getattr(opened, "modes", None)
        known = [each.id for each in modes.available_modes] if modes is not None else []
        try:
            if not known or mode in known:
                await self._while_alive(agent.set_session_mode(self._session, mode), HELLO)
                return
            said = ""
        except acp.RequestError as error:
            said = f": {error}"
        mend = (
            f"write one of its own: {', '.join(known)}" if known else "take `mode` out of the agent, or see its manual"
        )
        raise DriverError(f"{self._called} has no mode {mode!r}{said}\n  mend: {mend}")

    async def _prompted(self, agent: Any) -> str:  # noqa: ANN401 - the SDK's own
        turn = self._going.turn
        prompt = asyncio.ensure_future(agent.prompt(self._session, [acp.text_block(turn.brief)]))
        deadline = None if turn.limits.seconds is None else time.monotonic() + turn.limits.seconds
        why, told_silent = "", False
        while not prompt.done() and not why:
            await asyncio.wait({prompt}, timeout=LOOK)
            quiet = time.monotonic() - self._client.heard_at
            if quiet > turn.silent and not told_silent:
                told_silent = True
                self._client.note(f"{SILENT}{quiet:.0f} s")
            if told_silent and quiet <= turn.silent:
                told_silent = False
                self._client.note("it speaks again")
            why = self._reason_to_end(deadline)
        if why and not prompt.done():
            with contextlib.suppress(acp.RequestError, ConnectionError):
                await agent.cancel(self._session)
        answered = await asyncio.wait_for(prompt, CANCELLING)
        return why or str(answered.stop_reason)

    async def _has_ended(self) -> bool:
        """Whether the program is gone, as its end of the connection is; it may take a moment to be seen."""
        deadline = time.monotonic() + ENDING
        while self._process.look() is None and time.monotonic() < deadline:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(LOOK)
        return self._process.look() is not None

    def _reason_to_end(self, deadline: float | None) -> str:
        if self._going.stop.is_set():
            return "stopped"
        if deadline is not None and time.monotonic() > deadline:
            return "out of time"
        if self._process.look() is not None:
            raise ConnectionResetError("its program ended in the middle of the turn")
        return ""

    async def _while_alive(self, asked: Any, seconds: float) -> Any:  # noqa: ANN401 - whatever is awaited
        """Wait for an answer, as long as the program lives and nobody stops it."""
        waiting = asyncio.ensure_future(asked)
        deadline = time.monotonic() + seconds
        while not waiting.done():
            await asyncio.wait({waiting}, timeout=LOOK)
            if self._process.look() is not None and not waiting.done():
                waiting.cancel()
                raise DriverError(f"its program ended before it could be asked: {_last_words(self._going)}")
            if self._going.stop.is_set() or time.monotonic() > deadline:
                waiting.cancel()
                raise TimeoutError
        return waiting.result()


def _no_session(called: str, error: acp.RequestError) -> str:
    """Why it opened none, with the mend where it is known."""
    if error.code == NOT_LOGGED_IN:
        return (
            f"{called} wants to be logged in: {error}\n  mend: name its provider's key in the agent's `env`, or "
            "have its settings in the agent's `home` choose a key"
        )
    return f"{called} opened no session: {error} {getattr(error, 'data', None) or ''}".strip()


def _servers(hatch: Hatch | None) -> list[Any]:
    """Our own server, by which the agent can ask about its task; a small relay that is ready at once leads to it."""
    if hatch is None:
        return []
    words = ["-I", "-S", RELAY, str(hatch.socket)]
    token = schema.EnvVariable(name="ORCHESTRATE_MCP_TOKEN", value=hatch.token)
    return [schema.McpServerStdio(name=SERVER, command=sys.executable, args=words, env=[token])]


def _file(descriptor: int, mode: str) -> Any:  # noqa: ANN401 - a file object of either kind
    return os.fdopen(os.dup(descriptor), mode, buffering=0)


def _plain(model: Any) -> dict[str, Any]:  # noqa: ANN401 - any part of the protocol
    return dict(model.model_dump(by_alias=True, exclude_none=True, mode="json"))


def _last_words(going: Going) -> str:
    try:
        text = (going.folder / "stderr.log").read_bytes()[-400:].decode("utf-8", "replace").strip()
    except OSError:
        text = ""
    return text.splitlines()[-1] if text else "it said nothing on standard error"
