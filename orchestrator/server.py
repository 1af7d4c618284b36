"""A small local server: the list of runs, each run's page, and server-sent events that tell when it changed.

It reads, and takes people's answers; only from requests that name a loopback host, so that no other site's page can read through it (DNS
rebinding). An answer also has to come from a page of ours: with its token, from its origin, by a process of our own user.
"""

import json
import secrets
import shutil
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from hmac import compare_digest
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from itertools import chain
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, BinaryIO, Final
from urllib.parse import parse_qs, quote, unquote, urlsplit

from orchestrator.api import plan_of, report_of
from orchestrator.beneath import open_below
from orchestrator.desk import Desk, Said
from orchestrator.engine.runs import open_journal
from orchestrator.errors import OrchestratorError
from orchestrator.graph.load import LoadedPlan
from orchestrator.journal.condition import condition
from orchestrator.journal.errors import UnknownRun
from orchestrator.journal.port import JournalPort, RunSummary
from orchestrator.pages import Served, compare_page, index_page, read_traces, render_page
from orchestrator.pages.downloads import evidence_text
from orchestrator.peers import is_ours
from orchestrator.report.compare import compare_runs
from orchestrator.state.events import Envelope, RunFinished, RunResumed, RunStarted
from orchestrator.state.fold import fold
from orchestrator.state.people import Word
from orchestrator.tasklogs import NoSuchAttempt, read_log

HOSTS: Final = frozenset({"127.0.0.1", "localhost", "::1"})
LOOK_EVERY: Final = 0.5
"""Seconds between two looks at the journal while somebody follows a run."""
KEEP_ALIVE: Final = 15.0
PATIENCE: Final = 30.0
"""Seconds that a client may stand still in the middle of a request or of an answer."""
AT_ONCE: Final = 64
MOST_OTHERS: Final = 200
MOST_LINES: Final = 20_000  # of each stream of a log
POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
LONGEST_ANSWER: Final = 1 << 18
"""Bytes of a form."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a path is answered with. body: a page, or an open file; name: what a browser saves it as, "" for what it shows."""

    status: HTTPStatus
    body: str | BinaryIO
    kind: str = "text/html; charset=utf-8"
    name: str = ""
    location: str = ""


class Pages:
    """The pages of a state folder, made from its journal when they are asked for."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.token = secrets.token_urlsafe(32)
        self._desk = Desk(state, Path.cwd())
        self._plan = lru_cache(maxsize=16)(self._read_plan)

    def answer(self, path: str, *, ours: bool = False) -> Answer:
        """The page of a path, on which our own user can answer questions; 404 for what is not there, 500 with the reason for a journal that cannot be read."""
        try:
            found = self._found([unquote(part) for part in _parts(path)], _chosen(path), ours=ours)
        except (UnknownRun, NoSuchAttempt, NoSuchFile):
            found = None
        except OrchestratorError as error:
            return Answer(HTTPStatus.INTERNAL_SERVER_ERROR, f"<pre>{escape(str(error))}</pre>")
        except Exception as error:  # noqa: BLE001 - one page that cannot be made is told there, and the others are served
            told = escape(f"{type(error).__name__}: {error}")
            return Answer(HTTPStatus.INTERNAL_SERVER_ERROR, f"<pre>this page cannot be made: {told}</pre>")
        return found or Answer(HTTPStatus.NOT_FOUND, "<p>There is nothing here. <a href='/'>All runs</a></p>")

    def _found(self, parts: list[str], other: str, *, ours: bool) -> Answer | None:
        match parts:
            case [""]:
                return Answer(HTTPStatus.OK, index_page(self.standing()))
            case ["runs", run]:
                return Answer(HTTPStatus.OK, self.page(run, ours=ours))
            case ["runs", run, "compare"] if other:
                return Answer(HTTPStatus.OK, self.compared(run, other))
            case ["runs", run, kind, *names] if names:
                return self._left(run, kind, names)
        return None

    def _left(self, run: str, kind: str, names: list[str]) -> Answer | None:
        """What a run left: a task's log or evidence, or a file."""
        match kind, names:
            case "logs", [task, *attempt]:
                return Answer(HTTPStatus.OK, self.log(run, task, *attempt[:1]), "text/plain; charset=utf-8")
            case "evidence", [task]:
                return Answer(HTTPStatus.OK, self.evidence(run, task), "application/json", f"{task}.json")
            case "files", _:
                return Answer(HTTPStatus.OK, self.file(run, "/".join(names)), "application/octet-stream", names[-1])
        return None

    def take(self, run: str, form: Mapping[str, str]) -> Answer:
        """Take a person's answer from a page, and lead back to it."""
        try:
            said = Said(
                Word(form["word"]), "page", form.get("comment", ""), form.get("by", ""), int(form.get("attempt", "0"))
            )
            self._desk.answer(run, form["task"], said)
        except (KeyError, ValueError):
            return Answer(HTTPStatus.BAD_REQUEST, "<p>That is no answer.</p>")
        except UnknownRun:
            return Answer(HTTPStatus.NOT_FOUND, "<p>There is no such run.</p>")
        except OrchestratorError as error:
            back = f"<a href='/runs/{quote(run, safe='')}'>back to the run</a>"
            return Answer(HTTPStatus.CONFLICT, f"<pre>{escape(str(error))}</pre><p>{back}</p>")
        return Answer(HTTPStatus.SEE_OTHER, "", location=f"/runs/{quote(run, safe='')}#people")

    def standing(self) -> list[tuple[RunSummary, str]]:
        """All runs, each with how it stands."""
        with self._journal() as journal:
            return [(run, condition(run, None if run.finished else journal.owned(run.run))) for run in journal.runs()]

    def log(self, run: str, task: str, attempt: str = "") -> str:
        """What an attempt printed, or the latest. Raises UnknownRun, NoSuchAttempt."""
        with self._journal() as journal:
            state = fold(journal.read(run))
        found = read_log(self.state, state, task, int(attempt) if attempt.isdecimal() else None, MOST_LINES)
        return "\n".join(line for name in ("stdout", "stderr") for line in (f"== {name}", *getattr(found, name), ""))

    def compared(self, run: str, other: str) -> str:
        """What differs from another run to this one. Raises UnknownRun."""
        with self._journal() as journal:
            return compare_page(compare_runs(report_of(journal, other), report_of(journal, run)))

    def evidence(self, run: str, task: str) -> str:
        """What a task measured, as JSON. Raises UnknownRun, NoSuchFile."""
        with self._journal() as journal:
            report = report_of(journal, run)
        found = [one for group in report.groups for one in group.tasks if one.id == task]
        if not found:
            raise NoSuchFile(task)
        return evidence_text(report, found[0])

    def file(self, run: str, path: str) -> BinaryIO:
        """An artifact of the run, open: one that its journal names, and nothing else. Raises UnknownRun, NoSuchFile."""
        with self._journal() as journal:
            tasks = fold(journal.read(run)).tasks.values()
        known = {each.path for task in tasks if task.evidence for each in task.evidence.artifacts}
        if path not in known:
            raise NoSuchFile(path)
        try:
            return open_below(self.state, f"runs/{run}/{path}", sole=True)
        except OSError as error:
            raise NoSuchFile(path) from error

    @contextmanager
    def _journal(self) -> Iterator[JournalPort]:
        journal = open_journal(self.state, readonly=True)
        try:
            yield journal
        finally:
            journal.close()

    def page(self, run: str, *, ours: bool = False) -> str:
        """A run's page, as far as the run got. ours: who reads it may answer questions there."""
        with self._journal() as journal:
            events, owner = journal.read(run), journal.owned(run)
            runs = journal.runs()
        summary = next(each for each in runs if each.run == run)
        others = [each.run for each in reversed(runs) if each.plan_id == summary.plan_id and each.run != run]
        attempts = [(name, record.attempt) for name, record in fold(events).tasks.items()]
        traces = read_traces(self.state / "runs" / run, attempts)
        now = time.time()
        mono = events[-1].mono + max(0.0, now - events[-1].at)
        served = Served(condition(summary, owner), now, mono, tuple(others[:MOST_OTHERS]))
        token = self.token if ours and not isinstance(events[-1].event, RunFinished) else ""
        return render_page(self._plan(run, _planned(events)), events, traces, served, token)

    def follow(self, run: str) -> Iterator[tuple[int, bool]]:
        """The number of the run's last event so far and whether that ended it, each time somebody asks. Raises UnknownRun."""
        last, finished = 0, False
        journal = open_journal(self.state, readonly=True)
        try:
            while True:
                if journal.stands_still:
                    journal.close()
                    journal = open_journal(self.state, readonly=True)
                for envelope in journal.read(run, after=last):
                    last, finished = envelope.seq, isinstance(envelope.event, RunFinished)
                yield last, finished
        finally:
            journal.close()

    def _read_plan(self, run: str, _version: int) -> LoadedPlan:
        journal = open_journal(self.state, readonly=True)
        try:
            return plan_of(journal, run)
        finally:
            journal.close()


class NoSuchFile(OrchestratorError):  # noqa: N818 - as UnknownRun
    """The run left no such file."""


def _planned(events: Iterable[Envelope]) -> int:
    """The number of the event that gave the run the plan that it has: a resume may bring another."""
    return max(each.seq for each in events if isinstance(each.event, RunStarted | RunResumed))


def _local(host: str) -> bool:
    """Whether a request's Host names this machine; one that is no name of a host does not."""
    try:
        return urlsplit(f"//{host}").hostname in HOSTS
    except ValueError:
        return False


def _chosen(target: str) -> str:
    """The run that a request's query names beside the one of its path; "" where it names none."""
    try:
        return parse_qs(urlsplit(target).query).get("with", [""])[-1]
    except ValueError:
        return ""


def _parts(target: str) -> list[str]:
    """The parts of a request's path, as they were sent; of what is no address, one that nothing has."""
    try:
        return urlsplit(target).path.strip("/").split("/")
    except ValueError:
        return [target]


class _Handler(BaseHTTPRequestHandler):
    pages: Pages
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE

    def do_GET(self) -> None:
        if not _local(self.headers.get("Host", "")):
            self._send(Answer(HTTPStatus.FORBIDDEN, "<p>This server answers to local names only.</p>"))
            return
        parts = _parts(self.path)
        if len(parts) == 3 and parts[0] == "runs" and parts[2] == "events":
            self._follow(unquote(parts[1]))
        else:
            self._send(self.pages.answer(self.path, ours=is_ours(self.connection)))

    def do_POST(self) -> None:
        parts = _parts(self.path)
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
    """Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): "changed", at the end "finished"."""
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
    """Answers so many at once; whoever comes then is told to come again. A client that goes away is no fault, and not told."""

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
                    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
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
