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
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import httpx
import uvicorn
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from orchestrator.agents.meter.accounts import Account
from orchestrator.agents.meter.gate import Gate, retry_after
from orchestrator.agents.meter.prices import load_prices, price
from orchestrator.agents.meter.providers import PROVIDERS, Kind, Provider, kind_of, model_of, most_tokens
from orchestrator.agents.meter.usage import Counted, Reader
from orchestrator.state.spending import Settled

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

LARGEST: Final = 32 * 2**20
"""Bytes of a request."""
TIMES: Final = 100
"""How often one call is tried while the provider says that it is asked too often."""
BUSY: Final = frozenset({429, 503, 529})
OURS: Final = frozenset({
    "host", "authorization", "x-api-key", "x-goog-api-key", "api-key", "content-length", "accept-encoding", "connection",
    "transfer-encoding", "te", "trailer", "upgrade", "keep-alive", "expect", "proxy-authorization", "proxy-connection", "cookie", "forwarded",
})  # fmt: skip
"""Headers of an agent that are not passed on."""
HOP: Final = frozenset(
    {
        "content-length",
        "transfer-encoding",
        "connection",
        "content-encoding",
        "keep-alive",
        "set-cookie",
        "trailer",
        "upgrade",
    }
)
"""Headers of an answer that are not passed on."""
NOT_MADE: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
"""The provider was never asked, so nothing is charged."""
PAUSE: Final = 600.0


class HungUpError(Exception):
    """Who called is gone."""


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
    """The server, in a thread of its own. Use it in a `with`; `open_account` before an agent starts, `close_account` after."""

    def __init__(self, upstream: Mapping[str, Upstream]) -> None:
        self._upstream = upstream
        self._accounts: dict[str, Account] = {}
        self._calls: dict[str, set[asyncio.Task[Any]]] = {}
        self._gates = {name: Gate() for name in PROVIDERS}
        self._folder = tempfile.mkdtemp(prefix="orch-")
        self.socket = Path(self._folder) / "meter"
        config = uvicorn.Config(
            self._app, interface="asgi3", log_config=None, log_level="critical", access_log=False, lifespan="off", ws="none",
            timeout_keep_alive=60, timeout_graceful_shutdown=1, server_header=False,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # signals are the engine's
        self._sockets = [_loopback(), _unix(self.socket)]
        self.port = int(self._sockets[0].getsockname()[1])
        self._thread = threading.Thread(target=self._serve, name="meter", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._client: httpx.AsyncClient | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        threading.Thread(target=load_prices, name="prices", daemon=True).start()  # so that the first call need not
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
        """Let it call no more, break off what is under way, and wait until that is settled."""
        self._accounts.pop(account.token, None)
        if self._loop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._break_off, account.token)
        account.close()

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
            self._loop = asyncio.get_running_loop()
            self._loop.set_exception_handler(lambda *_: None)  # a connection that broke is told where it matters
            limits = httpx.Limits(max_connections=None, max_keepalive_connections=64)
            async with httpx.AsyncClient(
                timeout=httpx.Timeout(PAUSE, connect=30.0), limits=limits, trust_env=False
            ) as client:
                self._client = client
                await self._server.serve(sockets=self._sockets)

        asyncio.run(run())

    def _break_off(self, token: str) -> None:
        for task in self._calls.pop(token, ()):
            task.cancel()

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        token, task = _token(request), asyncio.current_task()
        assert task is not None, "a server's call is a task"
        calls = self._calls.setdefault(token, set()) if token in self._accounts else set()
        calls.add(task)
        try:
            answer = await self._answer(request, token)
            await answer(scope, receive, send)
        except HungUpError:
            return
        finally:
            calls.discard(task)

    async def _answer(self, request: Request, token: str) -> Response:
        _, name, path = request.url.path.split("/", 2) if request.url.path.count("/") > 1 else ("", "", "")
        provider, account = PROVIDERS.get(name), self._accounts.get(token)
        if provider is None or provider.name not in self._upstream:
            return _error(404, "no such provider, or no key for it")
        if account is None:
            return _error(401, "no attempt has this token")
        if "upgrade" in request.headers:
            return _error(426, "only plain HTTP is metered")
        kind = kind_of(provider, request.method, path)
        if kind is None:
            return _error(404, f"{request.method} {path} cannot be metered")
        body = await _body(request)
        if body is None:
            return _error(413, f"the request is larger than {LARGEST >> 20} MiB")
        call = _Call(self, provider, account, request, path, body)
        return await (call.metered() if kind is Kind.METERED else call.plain())

    def target(self, provider: Provider, path: str, query: str) -> str:
        """The address at the provider. The token is taken out where it is in the query."""
        below = path.removeprefix(provider.suffix.lstrip("/")).lstrip("/") if provider.suffix else path
        kept = "&".join(each for each in query.split("&") if each and not each.startswith("key="))
        return f"{self._upstream[provider.name].base}/{below}" + (f"?{kept}" if kept else "")

    def headers(self, provider: Provider, request: Request) -> dict[str, str]:
        """The agent's headers with the key in place of its token."""
        kept = {name: value for name, value in request.headers.items() if name not in OURS}
        key = provider.prefix + self._upstream[provider.name].key
        return {**kept, provider.header: key, "accept-encoding": "identity"}

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

    def __init__(  # noqa: PLR0913, PLR0917 - all that a call is
        self, proxy: MeteringProxy, provider: Provider, account: Account, request: Request, path: str, body: bytes
    ) -> None:
        self._proxy, self._provider, self._account = proxy, provider, account
        self._request, self._path, self._body = request, path, body
        self._said = _json(body)
        self._model = model_of(path, self._said)
        self._number = 0
        self._made = False

    async def plain(self) -> Response:
        """A call that costs nothing, such as a list of models."""
        try:
            return _Passing(await self._while_there(self._send()), lambda _: None)
        except httpx.HTTPError as error:
            return _error(502, f"{type(error).__name__}: {error}")

    async def metered(self) -> Response:
        """Reserve, pass on, settle."""
        if reason := await self._asked():
            self._account.refused(self._number)
            return _error(402, reason)
        try:
            answer = await self._while_there(self._send())
        except httpx.HTTPError as error:
            self._made = self._made and not isinstance(error, NOT_MADE)
            self._settle(Counted())
            return _error(502, f"{type(error).__name__}: {error}")
        except BaseException:
            self._settle(Counted())
            raise
        self._made = answer.status_code < 400
        return _Passing(answer, self._settle)

    async def _asked(self) -> str:
        """Why the call may not be made; "" once it is reserved."""
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[str] = loop.create_future()

        def reply(reason: str) -> None:
            with contextlib.suppress(RuntimeError):  # the proxy has closed: nobody waits
                loop.call_soon_threadsafe(_tell, answered, reason)

        tokens = most_tokens(self._said, len(self._body))
        read = len(self._body) // 3
        cost = price(self._provider.name, self._model, read, tokens - read)
        self._number = self._account.reserve(self._provider.name, self._model, tokens, cost, reply)
        try:
            return await answered
        except asyncio.CancelledError:
            self._settle(Counted())  # it may be reserved already, and was never made
            raise

    async def _while_there(self, sending: Awaitable[httpx.Response]) -> httpx.Response:
        """The answer, as long as who called waits for it. Raises HungUpError."""
        work, gone = asyncio.ensure_future(sending), asyncio.ensure_future(_gone(self._request.receive))
        try:
            await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                raise HungUpError
            return work.result()
        finally:
            await _ended(work, gone)

    async def _send(self) -> httpx.Response:
        """Pass it on; where the provider is asked too often, wait with all others and try again."""
        proxy, gate = self._proxy, self._proxy.gate(self._provider)
        url = proxy.target(self._provider, self._path, self._request.url.query)
        headers, content = proxy.headers(self._provider, self._request), _counting(self._said, self._body, self._path)
        for attempt in range(1, TIMES + 1):
            await gate.passed()
            try:
                self._made = True
                asked = proxy.client.build_request(self._request.method, url, headers=headers, content=content)
                answer = await proxy.client.send(asked, stream=True)
            except BaseException:
                gate.given_up()
                raise
            if answer.status_code not in BUSY or attempt == TIMES:
                gate.opened()
                return answer
            self._made = False
            gate.closed(retry_after(answer.headers))
            await answer.aclose()
        raise AssertionError("the last try is returned")

    def _settle(self, counted: Counted) -> None:
        """What the provider refused, or was never asked, costs nothing; what it began and did not tell is unknown."""
        if not self._made and not counted.known:
            self._account.settle(Settled(self._number, 0, 0, 0, 0.0))
            return
        read, written = counted.read or 0, counted.written or 0
        cost = price(self._provider.name, self._model, read, written, counted.cached) if counted.known else None
        self._account.settle(Settled(self._number, read, written, counted.cached, cost, counted.known))


class _Passing(Response):
    """An answer as it comes, each piece at once. over: told what was counted, once it has ended, however that was."""

    def __init__(self, answer: httpx.Response, over: Callable[[Counted], None]) -> None:
        super().__init__(status_code=answer.status_code)
        self._answer, self._over = answer, over
        self._reader = Reader(stream="event-stream" in answer.headers.get("content-type", ""))
        self._whole = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as ASGI has it
        passing, gone = asyncio.ensure_future(self._pass(send)), asyncio.ensure_future(_gone(receive))
        try:
            await asyncio.wait({passing, gone}, return_when=asyncio.FIRST_COMPLETED)
            if passing.done():
                passing.result()  # where the provider broke off, so do we: the connection is ended, not the answer
        finally:
            self._over(self._reader.end(broken=not self._whole))
            await _ended(passing, gone)
            await self._answer.aclose()

    async def _pass(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": _passed(self._answer)})
        async for piece in self._answer.aiter_bytes():
            self._reader.take(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        self._whole = True
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _gone(receive: Receive) -> None:
    """Return when who called hangs up."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _ended(*tasks: "asyncio.Future[Any]") -> None:
    """End what is still under way."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _tell(waiting: "asyncio.Future[str]", reason: str) -> None:
    if not waiting.done():
        waiting.set_result(reason)


def _loopback() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0), backlog=128)


def _unix(path: Path) -> socket.socket:
    door = socket.socket(socket.AF_UNIX)
    door.bind(str(path))
    path.chmod(0o600)
    door.listen(128)
    return door


def _token(request: Request) -> str:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return (
        (given.strip() if scheme.lower() == "bearer" else "")
        or request.headers.get("x-api-key")
        or request.headers.get("x-goog-api-key")
        or request.query_params.get("key", "")
    )


async def _body(request: Request) -> bytes | None:
    """The whole body, None where it is too large. Raises HungUpError."""
    told = request.headers.get("content-length", "")
    if told.isdigit() and int(told) > LARGEST:
        return None
    parts, size = [], 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > LARGEST:
                return None
            parts.append(part)
    except ClientDisconnect as error:
        raise HungUpError from error
    return b"".join(parts)


def _json(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _counting(said: Mapping[str, Any], body: bytes, path: str) -> bytes:
    """The body, with usage asked for where a stream of OpenAI's chat would not tell it."""
    if not (said.get("stream") is True and path.endswith("/chat/completions")):
        return body
    options = said.get("stream_options") if isinstance(said.get("stream_options"), dict) else {}
    return json.dumps({**said, "stream_options": {**(options or {}), "include_usage": True}}).encode()


def _passed(answer: httpx.Response) -> list[tuple[bytes, bytes]]:
    return [(name.lower(), value) for name, value in answer.headers.raw if name.decode("latin-1").lower() not in HOP]


def _error(code: int, reason: str) -> JSONResponse:
    """In a shape that every provider's clients read."""
    kind = "budget_exhausted" if code == 402 else "proxy_error"
    return JSONResponse({"type": "error", "error": {"type": kind, "code": str(code), "message": reason}}, code)
