"""The server over streamable HTTP on loopback: each agent needs its bearer token. Requests with another host name or
from a web page are refused.
"""

import contextlib
import os
import secrets
import socket
import threading
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from hmac import compare_digest
from typing import Any, Final, Self

import uvicorn
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings

from orchestrator.mcpserver.caller import Caller
from orchestrator.mcpserver.known import Known
from orchestrator.mcpserver.tools import make_mcp
from orchestrator.peers import user_between

PATH: Final = "/mcp"
NAMES: Final = ("127.0.0.1", "localhost", "[::1]")
OTHERS: Final = (
    b"this server answers to processes of its own user only, as /proc/net/tcp tells; where that cannot be read, use "
    b"`orchestrate mcp`"
)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class McpHttp:
    """Serves in a thread of its own, from `with` to its end. tokens: of each agent; they are in no file."""

    def __init__(self, known: Known, agents: Sequence[str], port: int = 0) -> None:
        self.tokens = {name: secrets.token_urlsafe(32) for name in agents}
        self._known = known
        self._socket = socket.socket(
            socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP
        )  # by which asyncio knows it needs no Nagle
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self._socket.listen(128)  # who comes before the thread has begun waits
        self.port = int(self._socket.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}{PATH}"
        hosts = [f"{name}:{self.port}" for name in NAMES]
        allowed = TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=[f"http://{each}" for each in hosts])
        app = make_mcp(self._who).streamable_http_app(
            streamable_http_path=PATH, json_response=False, stateless_http=True, transport_security=allowed
        )
        config = uvicorn.Config(
            guarded(app, self.tokens, hosts), log_config=None, log_level="critical", access_log=False, lifespan="on",
            ws="none",
            timeout_graceful_shutdown=1, server_header=False, proxy_headers=False,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # signals are the command's
        self._thread = threading.Thread(target=self._serve, name="mcp", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            self._server.run([self._socket])

    def _who(self, ctx: Context[Any, Any]) -> Caller:
        agent = agent_of((ctx.headers or {}).get("authorization", ""), self.tokens)
        if agent is None:
            raise ToolError("this needs the token of an agent")
        return Caller(self._known, agent, "mcp http")


def agent_of(authorization: str, tokens: Mapping[str, str]) -> str | None:
    """Whose token a request has; None where it has none. Every token is looked at, so that the time tells nothing."""
    kind, _, given = authorization.partition(" ")
    found = [name for name, token in tokens.items() if compare_digest(token.encode(), given.strip().encode())]
    return found[0] if found and kind.lower() == "bearer" else None


def guarded(app: App, tokens: Mapping[str, str], hosts: Sequence[str]) -> App:
    """The app for requests that name this server, come from no other's page, and have a token."""

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        origin = headers.get("origin")
        if headers.get("host") not in hosts or (
            origin is not None and origin not in {f"http://{each}" for each in hosts}
        ):
            await _refuse(send, 403, b"this server answers to local names and its own origin only")
        elif not _is_ours(scope):
            await _refuse(send, 403, OTHERS)
        elif agent_of(headers.get("authorization", ""), tokens) is None:
            await _refuse(send, 401, b"this needs the token of an agent")
        else:
            await app(scope, receive, send)

    return guard


def _is_ours(scope: Scope) -> bool:
    """Whether a request comes from a process of our own user."""
    client, server = scope.get("client"), scope.get("server")
    if client is None or server is None:
        return False
    return user_between(socket.AF_INET, tuple(client), tuple(server)) == os.getuid()


async def _refuse(send: Send, status: int, why: bytes) -> None:
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(why)).encode())]
    headers += [(b"www-authenticate", b"Bearer")] if status == 401 else []
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": why})
