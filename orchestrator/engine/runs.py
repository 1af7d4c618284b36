"""Start a run, and resume one."""

import os
import secrets
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from orchestrator.engine.adoption import into
from orchestrator.engine.finding import earlier_runs, plan_file
from orchestrator.engine.history import earlier_values
from orchestrator.engine.prepared import Prepared
from orchestrator.engine.promises import metrics_of
from orchestrator.engine.reconcile import Left, reconcile
from orchestrator.engine.reuse import reused
from orchestrator.engine.secrecy import journalled_settings, journalled_text, require_variables
from orchestrator.engine.session import Effects, RunResult, run_session
from orchestrator.evidence.measurement import Measurement
from orchestrator.executors.collect import left_measured
from orchestrator.executors.folder import EVIDENCE
from orchestrator.executors.leftovers import reap
from orchestrator.graph.load import LoadedPlan
from orchestrator.journal.errors import UnknownRun
from orchestrator.journal.opening import Durability
from orchestrator.journal.port import JournalPort
from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.keys import unfinished_evidence
from orchestrator.runner import Runner
from orchestrator.state.events import Event, RunResumed, RunStarted
from orchestrator.state.run import RunState

JOURNAL_FILE: Final = "journal.sqlite"


def start_run(prepared: Prepared, effects: Effects, journal: JournalPort) -> RunResult:
    """Run a plan from its beginning, as a new run. Raises JournalError."""
    loaded, places = prepared.loaded, prepared.places
    require_variables(loaded.plan, loaded.graph, prepared.excluded, os.environ)
    run = unused_run_id(journal, loaded.plan.id, effects.wall())

    def opening(_state: RunState) -> Iterable[Event]:
        yield RunStarted(
            run,
            loaded.plan.id,
            loaded.digest,
            journalled_text(loaded),
            loaded.source,
            journalled_settings(loaded),
            dict(prepared.environment),
            prepared.options.command,
            dict(prepared.fingerprints),
            plan_file(loaded, places.project),
            *earlier_values(journal, loaded.plan),
        )
        wish = prepared.wish
        earlier = earlier_runs(journal, loaded.plan.id, wish)
        yield from reused(loaded.graph, prepared.fingerprints, earlier, wish, into(places.state / "runs", run))

    return run_session(journal, run, prepared, effects, opening)


def resume_run(run: str, prepared: Prepared, effects: Effects, journal: JournalPort) -> RunResult:
    """Continue a run. The plan may have been edited since.

    Finished tasks keep their results (`reconcile` says which do not). What a dead orchestrator left running is ended
    first. Raises RunOwned while another orchestrator owns the run, and UnknownRun for an id that the journal does not
    have.
    """
    loaded, places = prepared.loaded, prepared.places
    require_variables(loaded.plan, loaded.graph, prepared.excluded, os.environ)

    def opening(state: RunState) -> Iterable[Event]:
        if not state.run:
            raise UnknownRun(run)
        reap(state.run, [each.launch for each in state.tasks.values() if each.launch and not each.settled])
        change = prepared.change(state, _left(loaded, prepared.runners, places.run_folder(state.run)))
        kept = list(reconcile(loaded.graph, state, change))
        yield RunResumed(
            loaded.digest,
            journalled_text(loaded),
            journalled_settings(loaded),
            dict(prepared.environment),
            dict(prepared.fingerprints),
            prepared.options.accept_loosened,
            plan_file(loaded, places.project),
        )
        yield from kept

    return run_session(journal, run, prepared, effects, opening)


def _left(loaded: LoadedPlan, runners: Mapping[str, Runner], folder: Path) -> Left:
    """The effect: what attempts under way wrote before their orchestrator died."""

    def left(task: str, attempt: int) -> tuple[Measurement, ...]:
        metrics = metrics_of(loaded.graph.nodes[task].task, runners)
        beside = unfinished_evidence(folder.name)
        if beside is not None and (beside / f"{task}.{attempt}").is_file():
            return left_measured(beside / f"{task}.{attempt}", metrics)
        return left_measured(folder / task / str(attempt) / EVIDENCE, metrics)

    return left


def unused_run_id(journal: JournalPort, plan_id: str, at: float) -> str:
    """A new id that no run of the journal ever had: many runs in one second do meet the same digits."""
    while journal.lease(run := new_run_id(plan_id, at)) is not None:
        pass
    return run


def new_run_id(plan_id: str, at: float) -> str:
    """`<plan id>-<UTC time>-<4 hex digits>`: sorts by time, and two in one second nearly always differ."""
    return f"{plan_id}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(at))}-{secrets.token_hex(2)}"


def open_journal(state_dir: Path, durability: Durability = "process", *, readonly: bool = False) -> SqliteJournal:
    """The journal of a state folder. Raises JournalError."""
    return SqliteJournal(state_dir / JOURNAL_FILE, durability, readonly=readonly)
