"""The proxy itself: a server on loopback that passes calls on, streams unbuffered, and has each call reserved and settled.

An agent calls it with its attempt's token; the provider's key is put in here, and is in no other process. Starlette, uvicorn, httpx.
"""

import asyncio
import contextlib
import json
import os
import socket
import tempfile
import threading
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from orchestrator.agents.meter.accounts import Account
from orchestrator.agents.meter.gate import Gate, retry_after
from orchestrator.agents.meter.prices import price
from orchestrator.agents.meter.providers import PROVIDERS, Provider, model_of, most_tokens
from orchestrator.agents.meter.usage import Reader
from orchestrator.state.spending import Settled

LARGEST: Final = 64 * 2**20
"""Bytes of a request."""
TIMES: Final = 12
"""How often one call is tried while the provider says that it is asked too often."""
BUSY: Final = frozenset({429, 503, 529})
OURS: Final = frozenset(
    {"host", "authorization", "x-api-key", "x-goog-api-key", "content-length", "accept-encoding", "connection"}
)
HOP: Final = frozenset({"content-length", "transfer-encoding", "connection", "content-encoding", "keep-alive"})
PAUSE: Final = 600.0


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where a provider is, and the key to it."""

    base: str
    key: str


def upstreams(environment: Mapping[str, str]) -> dict[str, Upstream]:
    """Every provider whose key is set."""
    found = {}
    for name, each in PROVIDERS.items():
        key = next((environment[variable] for variable in each.keys if environment.get(variable)), None)
        base = next((environment[variable] for variable in each.bases if environment.get(variable)), each.upstream)
        if key is not None:
            found[name] = Upstream(base.rstrip("/"), key)
    return found


class MeteringProxy:
    """The server, in a thread of its own. Use it in a `with`; `open_account` before an agent starts, `Account.close` after."""

    def __init__(self, upstream: Mapping[str, Upstream]) -> None:
        self._upstream = upstream
        self._accounts: dict[str, Account] = {}
        self._gates = {name: Gate() for name in PROVIDERS}
        self._folder = tempfile.mkdtemp(prefix="orch-")
        self.socket = Path(self._folder) / "meter"
        app = Starlette(routes=[Route("/{provider}/{path:path}", self._call, methods=["GET", "POST"])])
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", timeout_keep_alive=60, timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # signals are the engine's
        self._sockets = [socket.create_server(("127.0.0.1", 0)), _unix(self.socket)]
        self.port = int(self._sockets[0].getsockname()[1])
        self._thread = threading.Thread(target=self._serve, name="meter", daemon=True)
        self._client: httpx.AsyncClient | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
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
        """Let it call no more, and wait for what is under way."""
        account.close()
        self._accounts.pop(account.token, None)

    def settings(self, account: Account, names: tuple[str, ...]) -> dict[str, str]:
        """What stands in an agent's environment in place of the keys among `names`: the token, and where the proxy is."""
        given: dict[str, str] = {}
        for provider in PROVIDERS.values():
            wanted = [name for name in names if name in provider.keys]
            if wanted and provider.name in self._upstream:
                given |= dict.fromkeys(wanted, account.token)
                given |= dict.fromkeys(provider.bases, f"http://127.0.0.1:{self.port}/{provider.name}{provider.suffix}")
        return given

    def _serve(self) -> None:
        async def run() -> None:
            limits = httpx.Limits(max_connections=None, max_keepalive_connections=64)
            async with httpx.AsyncClient(
                timeout=httpx.Timeout(PAUSE, connect=30.0), limits=limits, trust_env=False
            ) as client:
                self._client = client
                await self._server.serve(sockets=self._sockets)

        asyncio.run(run())

    async def _call(self, request: Request) -> Response:
        provider = PROVIDERS.get(request.path_params["provider"])
        account = self._accounts.get(_token(request))
        if provider is None or provider.name not in self._upstream:
            return _error(404, "no such provider, or no key for it")
        if account is None:
            return _error(401, "no attempt has this token")
        try:
            body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=499)
        if body is None:
            return _error(413, f"the request is larger than {LARGEST >> 20} MiB")
        call = _Call(self, provider, account, request, body)
        return await (call.metered() if request.method == "POST" else call.plain())

    def target(self, provider: Provider, path: str, query: str) -> str:
        """The address at the provider."""
        below = path.removeprefix(provider.suffix.lstrip("/")).lstrip("/") if provider.suffix else path
        return f"{self._upstream[provider.name].base}/{below}" + (f"?{query}" if query else "")

    def headers(self, provider: Provider, request: Request) -> dict[str, str]:
        """The agent's headers with the key in place of its token."""
        kept = {name: value for name, value in request.headers.items() if name not in OURS}
        return {
            **kept,
            provider.header: provider.prefix + self._upstream[provider.name].key,
            "accept-encoding": "identity",
        }

    @property
    def client(self) -> httpx.AsyncClient:
        """The way out."""
        assert self._client is not None, "the server is up"
        return self._client

    def gate(self, provider: Provider) -> Gate:
        """The provider's gate."""
        return self._gates[provider.name]


class _Call:
    """One call, from reservation to settlement."""

    def __init__(
        self, proxy: MeteringProxy, provider: Provider, account: Account, request: Request, body: bytes
    ) -> None:
        self._proxy, self._provider, self._account = proxy, provider, account
        self._request, self._body = request, body
        self._said = _json(body)
        self._model = model_of(request.path_params["path"], self._said)
        self._number = 0

    async def plain(self) -> Response:
        """A call that costs nothing, such as a list of models."""
        try:
            answer = await self._send()
        except httpx.HTTPError as error:
            return _error(502, f"{type(error).__name__}: {error}")
        content = await answer.aread()
        await answer.aclose()
        return Response(content, answer.status_code, _passed(answer))

    async def metered(self) -> Response:
        """Reserve, pass on, settle."""
        if reason := await self._reserved():
            self._account.refused(self._number)
            return _error(402, reason)
        try:
            answer = await self._send()
        except httpx.HTTPError as error:
            self._settle(Reader(stream=False), made=False)
            return _error(502, f"{type(error).__name__}: {error}")
        except BaseException:
            self._settle(Reader(stream=False), made=True)
            raise
        return StreamingResponse(self._through(answer), answer.status_code, _passed(answer))

    async def _reserved(self) -> str:
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[str] = loop.create_future()

        def reply(reason: str) -> None:
            loop.call_soon_threadsafe(_answer, answered, reason)

        tokens = most_tokens(self._said, len(self._body))
        read = len(self._body) // 3
        cost = price(self._provider.name, self._model, read, tokens - read)
        self._number = self._account.reserve(self._provider.name, self._model, tokens, cost, reply)
        return await answered

    async def _send(self) -> httpx.Response:
        """Pass it on; where the provider is asked too often, wait with all others and try again."""
        proxy, gate = self._proxy, self._proxy.gate(self._provider)
        url = proxy.target(self._provider, self._request.path_params["path"], self._request.url.query)
        for attempt in range(1, TIMES + 1):
            first = await gate.passed()
            try:
                asked = proxy.client.build_request(
                    self._request.method,
                    url,
                    headers=proxy.headers(self._provider, self._request),
                    content=_counting(self._said, self._body, url),
                )
                answer = await proxy.client.send(asked, stream=True)
            except BaseException:
                gate.given_up(first=first)
                raise
            if answer.status_code not in BUSY or attempt == TIMES:
                gate.opened(first=first)
                return answer
            await answer.aclose()
            gate.closed(retry_after(answer.headers), first=first)
        raise AssertionError("the last try is returned")

    async def _through(self, answer: httpx.Response) -> AsyncIterator[bytes]:
        """The answer as it comes, looked at on its way."""
        reader = Reader(stream="event-stream" in answer.headers.get("content-type", ""))
        try:
            async for chunk in answer.aiter_raw():
                reader.take(chunk)
                yield chunk
        except httpx.HTTPError:
            return  # the provider broke off: so do we
        finally:
            self._settle(reader, made=answer.status_code < 400)
            await answer.aclose()

    def _settle(self, reader: Reader, *, made: bool) -> None:
        """made: the provider began to answer. What it refused costs nothing."""
        counted = reader.end()
        if not made and not counted.known:
            self._account.settle(Settled(self._number, 0, 0, 0, 0.0))
            return
        read, written = counted.read or 0, counted.written or 0
        cost = price(self._provider.name, self._model, read, written, counted.cached) if counted.known else None
        self._account.settle(Settled(self._number, read, written, counted.cached, cost, counted.known))


def _answer(waiting: "asyncio.Future[str]", reason: str) -> None:
    if not waiting.done():
        waiting.set_result(reason)


def _unix(path: Path) -> socket.socket:
    door = socket.socket(socket.AF_UNIX)
    door.bind(str(path))
    path.chmod(0o600)
    door.listen(128)
    return door


def _token(request: Request) -> str:
    given = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    return (
        given
        or request.headers.get("x-api-key")
        or request.headers.get("x-goog-api-key")
        or request.query_params.get("key", "")
    )


async def _body(request: Request) -> bytes | None:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST:
            return None
        parts.append(part)
    return b"".join(parts)


def _json(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _counting(said: Mapping[str, Any], body: bytes, url: str) -> bytes:
    """The body, with usage asked for where a stream of OpenAI's chat would not tell it."""
    if not (said.get("stream") is True and "/chat/completions" in url):
        return body
    options = said.get("stream_options") if isinstance(said.get("stream_options"), dict) else {}
    return json.dumps({**said, "stream_options": {**(options or {}), "include_usage": True}}).encode()


def _passed(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.lower() not in HOP}


def _error(code: int, reason: str) -> JSONResponse:
    """In a shape that every provider's clients read."""
    kind = "budget_exhausted" if code == 402 else "proxy_error"
    return JSONResponse({"type": "error", "error": {"type": kind, "code": str(code), "message": reason}}, code)
