"""The proxy itself: a server on loopback. It passes calls on without buffering, and has the cost of each call reserved
and settled.

An agent calls it with its attempt's token. The provider's key is added here, and no other process has it. It uses
aiohttp on both sides, in a loop of its own; docs/decisions/0070-metering-proxy.md says why. Each connection is one
task, and there is one pool of connections to providers.
"""

import asyncio
import contextlib
import logging
import os
import socket
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Self

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, web

from orchestrator.agents.meter.accounts import Account
from orchestrator.agents.meter.call import Call, Route, refusal
from orchestrator.agents.meter.gate import Gate
from orchestrator.agents.meter.prices import load_prices
from orchestrator.agents.meter.providers import PROVIDERS, Kind, kind_of
from orchestrator.agents.meter.upstream import Upstream

LARGEST: Final = 32 * 2**20
"""Bytes of a request."""
PAUSE: Final = 600.0
"""Seconds that a provider may say nothing."""
CONNECT: Final = 30.0
HEADER: Final = 64 * 2**10
"""Bytes of one header, either way."""
SILENT: Final = logging.getLogger("orchestrator.meter")
"""A broken connection is reported where it matters: to the caller, and in the ledger."""
SILENT.addHandler(logging.NullHandler())
SILENT.propagate = False


class MeteringProxy:
    """The server, in a thread of its own. Use it in a `with`; `open_account` before an agent starts,
    `close_account` after.
    """

    def __init__(self, upstream: Mapping[str, Upstream]) -> None:
        self._upstream = upstream
        self._accounts: dict[str, Account] = {}
        self._calls: dict[str, set[asyncio.Task[Any]]] = {}
        self._routes: dict[str, Route] = {}
        self._folder = tempfile.mkdtemp(prefix="orch-")
        self.socket = Path(self._folder) / "meter"
        self._sockets = [_loopback(), _unix(self.socket)]
        self.port = int(self._sockets[0].getsockname()[1])
        self._loop = asyncio.new_event_loop()
        self._over, self._priced = asyncio.Event(), asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="meter", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        threading.Thread(target=self._load_prices, name="prices", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._in_loop(self._over.set)
        self._thread.join(10)
        for each in self._sockets:
            each.close()
        with contextlib.suppress(OSError):
            self.socket.unlink(missing_ok=True)
            os.rmdir(self._folder)  # noqa: PTH106 - it is empty, or stays

    def open_account(self, account: Account) -> None:
        """Let an attempt call."""
        self._accounts[account.token] = account

    def close_account(self, account: Account) -> None:
        """Let it call no more, break off what is under way, and wait until that is settled."""
        self._accounts.pop(account.token, None)
        self._in_loop(self._break_off, account.token)
        account.close()

    def settings(self, account: Account, names: tuple[str, ...]) -> dict[str, str]:
        """What an agent's environment has instead of the keys among `names`: the token and the proxy's address."""
        given: dict[str, str] = {}
        for provider in PROVIDERS.values():
            wanted = [name for name in names if name in provider.keys]
            if wanted and provider.name in self._upstream:
                given |= dict.fromkeys(wanted, account.token)
                given |= dict.fromkeys(provider.bases, f"http://127.0.0.1:{self.port}/{provider.name}{provider.suffix}")
        return given

    def _load_prices(self) -> None:
        """Load the prices in a thread. It takes a second or two, which would block the event loop. Only calls wait for
        it.
        """
        try:
            load_prices()
        finally:
            self._in_loop(self._priced.set)

    def _in_loop(self, what: Any, *given: object) -> None:  # noqa: ANN401 - as call_soon_threadsafe
        with contextlib.suppress(RuntimeError):  # the loop is closed: nothing is under way
            self._loop.call_soon_threadsafe(what, *given)

    def _run(self) -> None:
        self._loop.set_exception_handler(lambda *_: None)  # a connection that broke is told where it matters
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        async with _client() as client:
            self._routes = {
                name: Route(PROVIDERS[name], upstream, Gate(), client) for name, upstream in self._upstream.items()
            }
            server = web.Server(
                self._handle, handler_cancellation=True, access_log=None, logger=SILENT, keepalive_timeout=60,
                lingering_time=1,
                max_field_size=HEADER, max_line_size=HEADER, auto_decompress=False,
            )  # fmt: skip
            runner = web.ServerRunner(server, handle_signals=False, shutdown_timeout=1)
            await runner.setup()
            for each in self._sockets:
                await web.SockSite(runner, each).start()
            await self._over.wait()
            self._break_off(*self._calls)
            await runner.cleanup()

    def _break_off(self, *tokens: str) -> None:
        for token in tokens:
            for task in self._calls.pop(token, ()):
                task.cancel()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        token, task = _token(request), asyncio.current_task()
        assert task is not None, "a server's call is a task"
        calls = self._calls.setdefault(token, set()) if token in self._accounts else set()
        calls.add(task)
        try:
            return await self._answer(request, token)
        finally:
            calls.discard(task)

    async def _answer(self, request: web.BaseRequest, token: str) -> web.StreamResponse:
        _, name, path = ("/" + request.rel_url.raw_path.lstrip("/") + "/").split("/", 2)
        route, account, path = self._routes.get(name), self._accounts.get(token), path.removesuffix("/")
        if route is None:
            return refusal(404, "no such provider, or no key for it")
        if account is None:
            return refusal(401, "no attempt has this token")
        if "upgrade" in request.headers:
            return refusal(426, "only plain HTTP is metered")
        kind = kind_of(route.provider, request.method, path)
        if kind is None:
            return refusal(404, f"{request.method} {path} cannot be metered")
        body = await _body(request)
        if body is None:
            return refusal(413, f"the request is larger than {LARGEST >> 20} MiB")
        await self._priced.wait()
        call = Call(route, account, request, path, body)
        return await (call.metered() if kind is Kind.METERED else call.plain())


def _client() -> ClientSession:
    """The one pool of connections to all providers; it keeps nothing of one agent for another."""
    return ClientSession(
        connector=TCPConnector(limit=0, keepalive_timeout=30),
        cookie_jar=DummyCookieJar(),
        timeout=ClientTimeout(total=None, sock_connect=CONNECT, sock_read=PAUSE),
        skip_auto_headers=("accept", "accept-encoding", "content-type", "user-agent"),
        auto_decompress=False,
        max_line_size=HEADER,
        max_field_size=HEADER,
    )


def _loopback() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0), backlog=128)


def _unix(path: Path) -> socket.socket:
    door = socket.socket(socket.AF_UNIX)
    door.bind(str(path))
    path.chmod(0o600)
    door.listen(128)
    return door


def _token(request: web.BaseRequest) -> str:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return (
        (given.strip() if scheme.lower() == "bearer" else "")
        or request.headers.get("x-api-key")
        or request.headers.get("x-goog-api-key")
        or request.query.get("key", "")
    )


async def _body(request: web.BaseRequest) -> bytes | None:
    """The whole body, None where it is too large."""
    told = request.content_length
    if told is not None and told > LARGEST:
        return None
    parts, size = [], 0
    async for part in request.content.iter_any():
        size += len(part)
        if size > LARGEST:
            return None
        parts.append(part)
    return b"".join(parts)
