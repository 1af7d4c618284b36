"""One call of a model, from reservation to settlement. Its answer is read and passed on piece by piece, as it arrives.

It is one task of the proxy's event loop. It is cancelled when the caller hangs up or the attempt ends.
"""

import asyncio
import contextlib
import io
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import ClientConnectorError, ClientError, ClientResponse, ClientSession, InvalidURL, web
from multidict import CIMultiDict
from yarl import URL

from orchestrator.agents.meter.accounts import Account
from orchestrator.agents.meter.gate import Gate, retry_after
from orchestrator.agents.meter.prices import at_most, price
from orchestrator.agents.meter.providers import Provider, model_of, most_tokens
from orchestrator.agents.meter.upstream import Upstream, address, body_out, headers_back, headers_out, json_object
from orchestrator.agents.meter.usage import Counted, Reader
from orchestrator.state.spending import Settled

TIMES: Final = 100
"""How often one call is tried while the provider says that it is asked too often."""
BUSY: Final = frozenset({429, 503, 529})
NOT_MADE: Final = (ClientConnectorError, InvalidURL)
"""The provider was never asked, so nothing is charged. The first includes names, certificates and patience."""
UNANSWERED: Final = (ClientError, TimeoutError)
LARGE: Final = 2**20
"""Bytes from which on a body is sent in parts, so that nobody else has to wait for it."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where calls to one provider go out."""

    provider: Provider
    upstream: Upstream
    gate: Gate
    client: ClientSession


@dataclass(slots=True)
class Call:
    """One request of an agent. path: below the provider's name; body: all of it."""

    route: Route
    account: Account
    request: web.BaseRequest
    path: str
    body: bytes
    said: dict[str, Any] = field(init=False)
    _model: str = field(init=False)
    _number: int = 0
    _made: bool = False

    def __post_init__(self) -> None:
        self.said = json_object(self.body)
        self._model = model_of(self.path, self.said)

    async def plain(self) -> web.StreamResponse:
        """Pass on what costs nothing, such as a list of models."""
        try:
            answer = await self._send()
        except UNANSWERED as error:
            return refusal(502, _named(error))
        response = response_to(answer)
        await pass_on(answer, response, self.request, Reader(stream=False))
        return response

    async def metered(self) -> web.StreamResponse:
        """Reserve, pass on, settle."""
        if reason := await self._asked():
            self.account.refused(self._number)
            return refusal(402, reason)
        try:
            answer = await self._send()
        except UNANSWERED as error:
            self._made = self._made and not isinstance(error, NOT_MADE)
            self._settle(Counted())
            return refusal(502, _named(error))
        except BaseException:
            self._settle(Counted())
            raise
        self._made = answer.status < 400
        reader, whole = Reader(stream="event-stream" in answer.headers.get("content-type", "")), False
        try:
            response = response_to(answer)
            whole = await pass_on(answer, response, self.request, reader)
        finally:
            self._settle(reader.end(broken=not whole))
        return response

    async def _asked(self) -> str:
        """Why the call may not be made; "" once it is reserved. Who journals that is another thread, so that the
        loop goes on meanwhile.
        """
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[str] = loop.create_future()

        def reply(reason: str) -> None:
            with contextlib.suppress(RuntimeError):  # the proxy has closed: nobody waits
                loop.call_soon_threadsafe(_tell, answered, reason)

        tokens = most_tokens(self.said, len(self.body))
        read = len(self.body) // 3
        cost = at_most(self.route.provider.name, self._model, read, tokens - read)
        self._number = self.account.reserve(self.route.provider.name, self._model, tokens, cost, reply)
        try:
            return await answered
        except asyncio.CancelledError:
            self._settle(Counted())  # it may be reserved already, and was never made
            raise

    async def _send(self) -> ClientResponse:
        """Pass it on; where the provider is asked too often, wait with all others and try again."""
        for attempt in range(1, TIMES + 1):
            await self.route.gate.passed()
            try:
                self._made = True
                answer = await self._once()
            except BaseException:
                self.route.gate.given_up()
                raise
            if answer.status not in BUSY or attempt == TIMES:
                self.route.gate.opened()
                return answer
            self._made = False
            self.route.gate.closed(retry_after(answer.headers))
            answer.close()
        raise AssertionError("the last try is returned")

    async def _once(self) -> ClientResponse:
        route, request = self.route, self.request
        url = URL(
            address(route.provider, route.upstream.base, self.path, request.rel_url.raw_query_string), encoded=True
        )
        content = body_out(self.said, self.body, self.path)
        return await route.client.request(
            request.method,
            url,
            headers=headers_out(route.provider, route.upstream.key, request.headers),
            data=content if len(content) < LARGE else io.BytesIO(content),
            allow_redirects=False,
        )

    def _settle(self, counted: Counted) -> None:
        """What the provider refused, or was never asked, costs nothing; what it began and did not tell is unknown."""
        if not self._made and not counted.known:
            self.account.settle(Settled(self._number, 0, 0, 0, 0.0))
            return
        read, written = counted.read or 0, counted.written or 0
        cost = price(self.route.provider.name, self._model, read, written, counted.cached) if counted.known else None
        self.account.settle(Settled(self._number, read, written, counted.cached, cost, counted.known))


def response_to(answer: ClientResponse) -> web.StreamResponse:
    """What who called gets: status and headers as the provider's."""
    return web.StreamResponse(
        status=answer.status, reason=answer.reason, headers=CIMultiDict(headers_back(answer.raw_headers))
    )


async def pass_on(
    answer: ClientResponse, response: web.StreamResponse, request: web.BaseRequest, reader: Reader
) -> bool:
    """Each piece at once, as it comes; whether all came. Where the provider broke off, so do we: the connection is
    ended, not the answer.
    """
    whole = False
    try:
        await response.prepare(request)
        async for piece in answer.content.iter_any():
            reader.take(piece)
            await response.write(piece)
        whole = True
        await response.write_eof()
    except UNANSWERED:
        if request.transport is not None:
            request.transport.close()
    finally:
        answer.close()
    return whole


def refusal(code: int, reason: str) -> web.Response:
    """A refusal in a form that the clients of every provider can read."""
    kind = "budget_exhausted" if code == 402 else "proxy_error"
    said = {"type": "error", "error": {"type": kind, "code": str(code), "message": reason}}
    return web.json_response(said, status=code)


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _tell(waiting: "asyncio.Future[str]", reason: str) -> None:
    if not waiting.done():
        waiting.set_result(reason)
