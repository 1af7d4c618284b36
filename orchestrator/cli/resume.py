"""`orchestrate resume`: carry on a run that was interrupted, or whose orchestrator died."""

from dataclasses import replace
from pathlib import Path

from orchestrator.api import Manner, explain_loaded, load, origin_of, plan_of, resume_loaded
from orchestrator.cli.explain import show_explanation
from orchestrator.cli.faults import UsageError
from orchestrator.cli.output import notice, tell
from orchestrator.cli.places import find_run, opened_journal
from orchestrator.cli.progress import Telling, listening
from orchestrator.cli.run import check_manner, conclude
from orchestrator.executors.strays import adopt_orphans
from orchestrator.graph.load import LoadedPlan
from orchestrator.journal.port import RunSummary
from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.registry import Registry, load_registry


def resume(name: str | None, manner: Manner, telling: Telling, *, junit: Path | None = None) -> int:
    """Carry it on with the plan file as it is now, or as it was where the file is gone; the exit code."""
    check_manner(manner)
    registry = load_registry()
    with opened_journal(manner.state) as journal:
        summary = find_run(journal, name) if name else _latest_unfinished(journal)
        loaded = _plan_now(journal, summary.run, registry, manner.state, aloud=not telling.as_json)
    if loaded.plan.id != summary.plan_id:
        raise UsageError(f"{loaded.source} now holds plan {loaded.plan.id!r}; run {summary.run} is of {summary.plan_id!r}\n"
                         "  mend: put the plan back, or start a run of the new one with `orchestrate run`")  # fmt: skip
    if telling.explain and not telling.as_json:
        show_explanation(explain_loaded(loaded, registry, run=summary.run, manner=manner))
    if manner.executor == "processes":
        adopt_orphans()
    with listening(loaded, registry, telling) as listener:
        telling_of = replace(manner, listener=listener, told=tell, notice=notice)
        outcome = resume_loaded(summary.run, loaded, registry, manner=telling_of)
    conclude(outcome, manner, telling, junit)
    return outcome.exit_code


def _latest_unfinished(journal: SqliteJournal) -> RunSummary:
    unfinished = [run for run in journal.runs() if not run.finished]
    if not unfinished:
        raise UsageError("no run here is unfinished\n  mend: name one to give its failed tasks another chance, "
                         "or start one with `orchestrate run PLAN`")  # fmt: skip
    return unfinished[-1]


def _plan_now(journal: SqliteJournal, run: str, registry: Registry, state: Path, *, aloud: bool) -> LoadedPlan:
    source, settings = origin_of(journal, run)
    if not Path(source).is_file():
        if aloud:
            tell(f"{source} is gone; going on with the plan as the journal has it")
        return plan_of(journal, run, registry)
    return load(Path(source), settings, registry, state)
