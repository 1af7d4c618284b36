"""What a run would do, why, and how long it would take. Nothing is written."""

from dataclasses import replace
from pathlib import Path

from orchestrator.api.journals import journal_if_any
from orchestrator.api.running import to_continue
from orchestrator.engine.adoption import intact
from orchestrator.engine.expecting import expect
from orchestrator.engine.explain import Explanation, explain
from orchestrator.engine.finding import earlier_runs
from orchestrator.engine.options import RunOptions
from orchestrator.engine.prepared import Prepared
from orchestrator.engine.reuse import reused
from orchestrator.environment import capture
from orchestrator.graph.load import LoadedPlan
from orchestrator.journal.port import JournalPort
from orchestrator.state.events import RunExpected
from orchestrator.state.fold import fold
from orchestrator.state.run import RunState


def explain_prepared(prepared: Prepared, *, run: str | None = None, new: bool = False) -> tuple[Explanation, ...]:
    """What `run_prepared` would do with each task, or `resume_prepared` with the given run, and why."""
    loaded = prepared.loaded
    with journal_if_any(prepared.options) as journal:
        state = None if new or journal is None else _state_to_continue(journal, loaded, run)
        wish = prepared.wish if state is None else replace(prepared.wish, asked="none")
        earlier = () if journal is None else earlier_runs(journal, loaded.plan.id, wish)
    kept = intact(prepared.places.state / "runs")
    standing = reused(loaded.graph, prepared.fingerprints, earlier, wish, kept)
    change = prepared.change(RunState() if state is None else state)
    return tuple(explain(loaded.graph, state, change, {event.task: event.source for event in standing}))


def expectation(loaded: LoadedPlan, options: RunOptions) -> RunExpected | None:
    """How long a new run of the plan would take here, and by what that is known; None where nothing tells."""
    with journal_if_any(options) as journal:
        return expect(loaded, journal, capture(Path.cwd()), options.jobs)


def _state_to_continue(journal: JournalPort, loaded: LoadedPlan, run: str | None) -> RunState | None:
    chosen = run or to_continue(journal, loaded)
    return None if chosen is None else fold(journal.read(chosen))
