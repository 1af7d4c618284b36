"""A small local server: the list of runs, each run's page, and server-sent events when a run changes.

It shows runs, and takes people's answers. It serves only requests that name a loopback host, so no other site's page
can read from it (DNS rebinding). A person's answer must also come from our own page: with its token, from its origin,
by a process of our own user.
"""

import json
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from hmac import compare_digest
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from itertools import chain
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Final
from urllib.parse import parse_qs, quote, unquote, urlsplit

from orchestrator.answers import Answer, Pages, parts_of
from orchestrator.errors import OrchestratorError
from orchestrator.peers import is_ours

HOSTS: Final = frozenset({"127.0.0.1", "localhost", "::1"})
LOOK_EVERY: Final = 0.5
"""Seconds between two looks at the journal while somebody follows a run."""
KEEP_ALIVE: Final = 15.0
PATIENCE: Final = 30.0
"""Seconds that a client may stand still in the middle of a request or of an answer."""
AT_ONCE: Final = 64
POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
LONGEST_ANSWER: Final = 1 << 18
"""Bytes of a form."""


def _local(host: str) -> bool:
    """Whether a request's Host names this machine; one that is no name of a host does not."""
    try:
        return urlsplit(f"//{host}").hostname in HOSTS
    except ValueError:
        return False


class _Handler(BaseHTTPRequestHandler):
    pages: Pages
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE

    def do_GET(self) -> None:
        if not _local(self.headers.get("Host", "")):
            self._send(Answer(HTTPStatus.FORBIDDEN, "<p>This server answers to local names only.</p>"))
            return
        parts = parts_of(self.path)
        if len(parts) == 3 and parts[0] == "runs" and parts[2] == "events":
            self._follow(unquote(parts[1]))
        else:
            self._send(self.pages.answer(self.path, ours=is_ours(self.connection)))

    def do_POST(self) -> None:
        parts = parts_of(self.path)
        if len(parts) != 3 or parts[0] != "runs" or parts[2] != "answer":
            self.close_connection = True
            self._send(Answer(HTTPStatus.NOT_FOUND, "<p>There is nothing here.</p>"))
            return
        form = self._form()
        if form is None or not compare_digest(form.get("token", "").encode(), self.pages.token.encode()):
            self.close_connection = True
            self._send(Answer(HTTPStatus.FORBIDDEN, "<p>An answer is taken from a page of this server only.</p>"))
            return
        self._send(self.pages.take(unquote(parts[1]), form))

    def _form(self) -> dict[str, str] | None:
        """What a form of ours holds; None for anything else: another host, origin, user or kind of body."""
        host, length = self.headers.get("Host", ""), self.headers.get("Content-Length", "")
        kind = self.headers.get("Content-Type", "").split(";")[0].strip()
        ours = _local(host) and self.headers.get("Origin") == f"http://{host}" and is_ours(self.connection)
        if not ours or kind != "application/x-www-form-urlencoded":
            return None
        if not length.isdecimal() or int(length) > LONGEST_ANSWER:
            return None
        body = self.rfile.read(int(length)).decode("utf-8", "replace")
        return {name: values[-1] for name, values in parse_qs(body, keep_blank_values=True).items()}

    do_HEAD = do_GET  # noqa: N815 - the base class's way of naming

    def _send(self, answer: Answer) -> None:
        page = answer.body
        with BytesIO(page.encode("utf-8", "backslashreplace")) if isinstance(page, str) else page as body:
            size = body.seek(0, 2)
            body.seek(0)
            saved = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(answer.name)}"} if answer.name else {}
            saved |= {"Location": answer.location} if answer.location else {}
            self.send_response(answer.status)
            self._headers({"Content-Type": answer.kind, "Content-Length": str(size), **saved})
            if self.command != "HEAD":
                shutil.copyfileobj(body, self.wfile)

    def _headers(self, headers: Mapping[str, str]) -> None:
        always = {"Cache-Control": "no-store", "Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff"}
        for name, value in {**headers, **always}.items():
            self.send_header(name, value)
        self.end_headers()

    def _follow(self, run: str) -> None:
        self.close_connection = True
        changes = _changes(self.pages.follow(run))
        try:
            first = next(changes)
        except OrchestratorError:
            self._send(Answer(HTTPStatus.NOT_FOUND, "<p>There is no such run.</p>"))
            return
        self.send_response(HTTPStatus.OK)
        self._headers({"Content-Type": "text/event-stream", "Connection": "close"})
        if self.command == "HEAD":
            return
        with suppress(OSError, OrchestratorError):  # the page was closed, or the journal went away
            for text in chain([first], changes):
                self.wfile.write(text.encode())
                self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's signature
        """Say nothing: the command's output is one line."""


def _changes(looks: Iterator[tuple[int, bool]]) -> Iterator[str]:
    """Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): "changed", at the end
    "finished".
    """
    seen, silent = -1, 0.0
    for last, finished in looks:
        if finished:
            yield _event("finished", last)
            return
        if last != seen:
            yield _event("changed", last)
            seen, silent = last, 0.0
        elif silent >= KEEP_ALIVE:
            yield ": still here\n\n"
            silent = 0.0
        time.sleep(LOOK_EVERY)
        silent += LOOK_EVERY


def _event(name: str, last: int) -> str:
    return f"event: {name}\nid: {last}\ndata: {json.dumps({'last': last})}\n\n"


class _Server(ThreadingHTTPServer):
    """Answers so many at once; whoever comes then is told to come again. A client that goes away is no fault, and
    not told.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], handler: type[_Handler]) -> None:
        super().__init__(address, handler)
        self._places = BoundedSemaphore(AT_ONCE)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - the base class's signature
        """In a thread of its own, while there is a place for it."""
        if not self._places.acquire(blocking=False):
            with suppress(OSError):
                request.setblocking(False)  # a client that reads nothing is not waited for
                request.send(
                    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: "
                    b"close\r\n\r\n"
                )
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._places.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as above
        """Give the place back at the end."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401, ARG002 - as above
        """Nothing for a connection that broke or stood still; one line for a fault of ours."""
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, OSError):
            print(f"a request failed: {type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201 - as the base class does


def make_server(state: Path, port: int) -> ThreadingHTTPServer:
    """A server on the loopback interface, not yet serving; port 0 for any that is free. Raises OSError."""
    handler = type("Handler", (_Handler,), {"pages": Pages(state)})
    return _Server(("127.0.0.1", port), handler)
