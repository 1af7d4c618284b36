"""The server's answer for each path: pages of runs, logs, evidence and files. They are made on request."""

import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from http import HTTPStatus
from pathlib import Path
from threading import Lock
from typing import BinaryIO, Final
from urllib.parse import parse_qs, quote, unquote, urlsplit

from orchestrator.api.stored import plan_of, report_of
from orchestrator.beneath import open_below
from orchestrator.desk import Desk, Said
from orchestrator.engine.runs import open_journal
from orchestrator.errors import OrchestratorError
from orchestrator.evidence.verdict import Verdict
from orchestrator.graph.load import LoadedPlan
from orchestrator.journal.condition import condition
from orchestrator.journal.errors import UnknownRun
from orchestrator.journal.port import JournalPort, RunSummary
from orchestrator.pages import Served, compare_page, index_page, read_traces, render_page
from orchestrator.pages.downloads import evidence_text
from orchestrator.pages.page import RUNNING
from orchestrator.registry import load_registry
from orchestrator.report.compare import compare_runs
from orchestrator.report.early import Early
from orchestrator.state.events import Envelope, RunFinished, RunResumed, RunStarted
from orchestrator.state.fold import fold
from orchestrator.state.people import Word
from orchestrator.state.run import RunState
from orchestrator.tasklogs import NoSuchAttempt, read_log

MOST_OTHERS: Final = 200
MOST_LINES: Final = 20_000  # of each stream of a log


@dataclass(frozen=True, slots=True)
class Answer:
    """What a path is answered with. body: a page, or an open file; name: what a browser saves it as, "" for what it
    shows.
    """

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
        self._registry = load_registry()
        self._known: dict[tuple[str, int, int], dict[str, Verdict]] = {}
        self._looking = Lock()

    def answer(self, path: str, *, ours: bool = False) -> Answer:
        """The page of a path, on which our own user can answer questions; 404 for what is not there, 500 with the
        reason for a journal that cannot be read.
        """
        try:
            found = self._found([unquote(part) for part in parts_of(path)], _chosen(path), ours=ours)
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
            self._put_down(run, form)
        except (KeyError, ValueError):
            return Answer(HTTPStatus.BAD_REQUEST, "<p>That is not an answer.</p>")
        except UnknownRun:
            return Answer(HTTPStatus.NOT_FOUND, "<p>There is no such run.</p>")
        except OrchestratorError as error:
            back = f"<a href='/runs/{quote(run, safe='')}'>back to the run</a>"
            return Answer(HTTPStatus.CONFLICT, f"<pre>{escape(str(error))}</pre><p>{back}</p>")
        return Answer(HTTPStatus.SEE_OTHER, "", location=f"/runs/{quote(run, safe='')}#people")

    def _put_down(self, run: str, form: Mapping[str, str]) -> None:
        """An answer to what a task waits for, or, where the form has a `number`, to what its agent asked. Raises
        KeyError, ValueError where it is neither.
        """
        by = form.get("by", "")
        if "number" in form:
            if not form["text"].strip():
                raise ValueError
            self._desk.reply(run, form["task"], int(form["number"]), form["text"], "page", by)
        else:
            word, shown = Word(form["word"]), int(form.get("attempt", "0"))
            self._desk.answer(run, form["task"], Said(word, "page", form.get("comment", ""), by, shown))

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
        state, loaded = fold(events), self._plan(run, _planned(events))
        attempts = [(name, record.attempt) for name, record in state.tasks.items()]
        traces = read_traces(self.state / "runs" / run, attempts)
        now = time.time()
        mono = events[-1].mono + max(0.0, now - events[-1].at)
        word = condition(summary, owner)
        early = self._early(loaded, state) if word == RUNNING else {}
        served = Served(word, now, mono, tuple(others[:MOST_OTHERS]), early)
        token = self.token if ours and not isinstance(events[-1].event, RunFinished) else ""
        return render_page(loaded, events, traces, served, token)

    def _early(self, loaded: LoadedPlan, state: RunState) -> Mapping[str, Verdict]:
        """The verdicts that nothing later in this turn of the run can change. What is known is not judged again."""
        key = (state.run, len(state.turns), sum(len(record.rounds) for record in state.tasks.values()))
        with self._looking:
            if key not in self._known:
                self._known = {key: {}}
            known = self._known[key]
            try:
                known |= {
                    one.criterion: one for one in Early(loaded.plan, loaded.graph, self._registry).decided(state, known)
                }
            except OrchestratorError:  # packages of runners that clash: then nothing tells what tasks promise
                return {}
            return dict(known)

    def follow(self, run: str) -> Iterator[tuple[int, bool]]:
        """The number of the run's last event so far and whether that ended it, each time somebody asks. Raises
        UnknownRun.
        """
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


def _chosen(target: str) -> str:
    """The run that a request's query names beside the one of its path; "" where it names none."""
    try:
        return parse_qs(urlsplit(target).query).get("with", [""])[-1]
    except ValueError:
        return ""


def parts_of(target: str) -> list[str]:
    """The parts of a request's path, as they were sent. An invalid address gives one that nothing has."""
    try:
        return urlsplit(target).path.strip("/").split("/")
    except ValueError:
        return [target]
