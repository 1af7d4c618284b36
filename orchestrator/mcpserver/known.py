"""The current state of a folder's runs, followed through their journal. An update costs only what happened since the
last one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TypeVar

from orchestrator.engine.runs import open_journal
from orchestrator.errors import OrchestratorError
from orchestrator.graph.load import LoadedPlan, load_text
from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.state.events import Envelope
from orchestrator.state.fold import apply
from orchestrator.state.run import RunState

T = TypeVar("T")


class NoRun(OrchestratorError):  # noqa: N818 - named after what was found
    """There is no such run."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Look:
    """A run as it is now. The state goes on with the journal: what is made of it is made while nobody else looks
    (`Known.seen`).
    """

    run: str
    state: RunState
    loaded: LoadedPlan


class Known:
    """Reads the journal; any thread may look, one at a time."""

    def __init__(self, state: Path) -> None:
        self.folder = state
        self._lock = Lock()
        self._journal: SqliteJournal | None = None
        self._states: dict[str, RunState] = {}
        self._plans: dict[tuple[str, int], LoadedPlan] = {}

    def seen(self, run: str, view: Callable[[Look], T]) -> T:
        """What somebody makes of the run, or for "" of the latest one that is not finished, else the latest.

        Raises NoRun, UnknownRun, JournalError, PlanError.
        """
        with self._lock:
            return view(self._look(run))

    def _look(self, run: str) -> Look:
        chosen = run or self._latest()
        state = self._states.get(chosen) or RunState()
        for envelope in self._opened().read(chosen, after=state.seq):
            state = apply(state, envelope)
        self._states[chosen] = state
        return Look(chosen, state, self._plan(chosen, state))

    def events(self, run: str) -> tuple[Envelope, ...]:
        """All that happened in the run."""
        with self._lock:
            return self._opened().read(run)

    def folder_of(self, run: str) -> Path:
        """Where the run's own files are."""
        return self.folder / "runs" / run

    def close(self) -> None:
        """Let go of the file."""
        if self._journal is not None:
            self._journal.close()

    def _opened(self) -> SqliteJournal:
        if self._journal is not None and self._journal.stands_still:
            self._journal.close()  # it was opened in a moment in which only a copy could be read
            self._journal = None
        if self._journal is None:
            self._journal = open_journal(self.folder, readonly=True)
        return self._journal

    def _latest(self) -> str:
        runs = self._opened().runs()
        if not runs:
            raise NoRun("nothing has run in this state folder\n  mend: start with `orchestrate run PLAN`")
        return next((each.run for each in reversed(runs) if not each.finished), runs[-1].run)

    def _plan(self, run: str, state: RunState) -> LoadedPlan:
        key = (run, len(state.turns))
        if key not in self._plans:
            self._plans[key] = load_text(state.plan_text, state.plan_source, state.settings)
        return self._plans[key]
