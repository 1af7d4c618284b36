"""`orchestrate resume`: carry on a run that was interrupted, or whose orchestrator died."""

from pathlib import Path

from orchestrator.api.explaining import explain_prepared
from orchestrator.api.loading import load
from orchestrator.api.prepare import prepare
from orchestrator.api.running import report_loaded, resume_prepared
from orchestrator.api.stored import origin_of, plan_of
from orchestrator.cli.explain import show_explanation
from orchestrator.cli.faults import UsageError
from orchestrator.cli.output import tell
from orchestrator.cli.places import find_run, opened_journal
from orchestrator.cli.progress import Telling
from orchestrator.cli.run import check_options, conclude, shown
from orchestrator.engine.finding import left_behind
from orchestrator.engine.options import RunOptions
from orchestrator.graph.load import LoadedPlan
from orchestrator.journal.port import RunSummary
from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.registry import Registry, load_registry


def resume(name: str | None, options: RunOptions, telling: Telling, *, junit: Path | None = None) -> int:
    """Carry it on with the plan file as it is now, or as it was where the file is gone; the exit code."""
    check_options(options, junit)
    registry = load_registry()
    with opened_journal(options.state) as journal:
        summary = find_run(journal, name) if name else _latest_unfinished(journal)
        if summary.finished and not name:
            loaded = plan_of(journal, summary.run, registry)
        else:
            loaded = _plan_now(journal, summary.run, registry, aloud=not telling.as_json)
    if loaded.plan.id != summary.plan_id:
        raise UsageError(f"{loaded.source} now holds plan {loaded.plan.id!r}; run {summary.run} is of "
                         f"{summary.plan_id!r}\n"
                         "  mend: put the plan back, or start a run of the new one with `orchestrate run`")  # fmt: skip
    prepared = prepare(loaded, registry, options)
    if telling.explain and not telling.as_json:
        show_explanation(explain_prepared(prepared, run=summary.run))
    with shown(prepared, telling) as told:
        if summary.finished and not name:
            outcome = report_loaded(summary.run, loaded, options=told.options)
        else:
            outcome = resume_prepared(summary.run, told)
    return conclude(outcome, options, telling, junit)


def _latest_unfinished(journal: SqliteJournal) -> RunSummary:
    unfinished = [run for run in journal.runs() if not run.finished]
    if not unfinished and (runs := journal.runs()) and left_behind(journal, runs[-1].run):
        return runs[-1]  # its report was not written yet
    if not unfinished:
        raise UsageError("no run here is unfinished\n  mend: name one to give its failed tasks another chance, "
                         "or start one with `orchestrate run PLAN`")  # fmt: skip
    return unfinished[-1]


def _plan_now(journal: SqliteJournal, run: str, registry: Registry, *, aloud: bool) -> LoadedPlan:
    source, settings = origin_of(journal, run)
    if not Path(source).is_file():
        if aloud:
            tell(f"{source} is gone; going on with the plan as the journal has it")
        return plan_of(journal, run, registry)
    return load(Path(source), settings, registry)
