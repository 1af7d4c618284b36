"""A provider of models on loopback: a real HTTP server that answers as it is told to, and keeps what it was asked."""

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class BrokenOffError(Exception):
    """Raised among an answer's pieces: the connection is broken off there."""


@dataclass(frozen=True)
class Asked:
    """One request. body: its JSON, {} where it is none."""

    method: str
    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        try:
            said = json.loads(self.raw)
        except ValueError:
            return {}
        return said if isinstance(said, dict) else {}


@dataclass(frozen=True)
class Answered:
    """pieces: sent one after another as they come, as a stream of events unless `kind` says otherwise."""

    pieces: Iterable[bytes]
    status: int = 200
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def as_json(said: object, status: int = 200, **headers: str) -> Answered:
    """An answer that is one JSON document."""
    return Answered(
        [json.dumps(said).encode()], status, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


def as_events(events: Iterable[dict[str, Any]], *, done: bool = False) -> Answered:
    """An answer that is a stream of events. done: whether OpenAI's last line follows."""

    def pieces() -> Iterator[bytes]:
        for event in events:
            name = f"event: {event['type']}\n" if "type" in event else ""
            yield f"{name}data: {json.dumps(event)}\n\n".encode()
        if done:
            yield b"data: [DONE]\n\n"

    return Answered(pieces(), kind="text/event-stream")


class ProviderDouble(ThreadingHTTPServer):
    """Use it in a `with`. behave: what it answers; asked: all that came."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, behave: Callable[[Asked], Answered]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behave = behave
        self.asked: list[Asked] = []
        self.broken = 0
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: who hangs up is counted."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ProviderDouble
    wbufsize = 0
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        asked = Asked(self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, raw)
        self.server.asked.append(asked)
        answered = self.server.behave(asked)
        head = {"content-type": answered.kind, "transfer-encoding": "chunked", **answered.headers}
        self.send_response(answered.status)
        for name, value in head.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            for piece in answered.pieces:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.write(b"0\r\n\r\n")
        except (BrokenOffError, OSError) as error:
            self.server.broken += not isinstance(error, BrokenOffError)
            self.close_connection = True

    do_GET = do_POST  # noqa: N815 - the name that the server looks for
