"""Run a plan, or continue its run: load, prepare, carry out, judge, write the report."""

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from orchestrator.api.ending import Ending, RunOutcome, report_path
from orchestrator.api.journals import journal_of
from orchestrator.api.loading import load_any
from orchestrator.api.means import carried
from orchestrator.api.prepare import prepare
from orchestrator.atomic_write import require_writable
from orchestrator.engine.entry import entry
from orchestrator.engine.expecting import expect
from orchestrator.engine.finding import Origin, find_interrupted, find_unreported, of_another_file
from orchestrator.engine.options import DEFAULT, RunOptions
from orchestrator.engine.prepared import Prepared
from orchestrator.engine.reconcile import NOT_ASKED_FOR
from orchestrator.engine.runs import resume_run, start_run
from orchestrator.engine.secrecy import secrets_of_run
from orchestrator.engine.session import Effects
from orchestrator.errors import OrchestratorError
from orchestrator.graph.load import LoadedPlan
from orchestrator.journal.port import JournalPort
from orchestrator.plan.model import Plan
from orchestrator.registry import load_registry
from orchestrator.state.fold import fold
from orchestrator.telling.others import Others, Telling, telling_others, with_targets
from orchestrator.tracing.live import send_run, to_be_sent


def run(
    plan: str | Path | Plan | LoadedPlan,
    *,
    settings: Mapping[str, str] | None = None,
    new: bool = False,
    options: RunOptions = DEFAULT,
) -> RunOutcome:
    """Run the plan, in a file or in memory; continue its latest run if that did not finish, unless `new`.

    settings: the plan's params by name, as with `--set`. Raises PlanError with every problem before anything is
    started, ExecutorError, RunOwned while another process has the run, and JournalError where the state folder cannot
    be used.
    """
    runners = load_registry()
    return run_prepared(prepare(load_any(plan, settings, runners), runners, options), new=new)


def run_prepared(prepared: Prepared, *, new: bool) -> RunOutcome:
    """As `run`, for a plan that is ready. Raises OSError, too, where the report could not be written later."""
    loaded, options = prepared.loaded, prepared.options
    with (
        _begun(prepared, f"{loaded.plan.id}-00000000T000000Z-0000") as (ready, effects, journal, ending, others),
        entry(journal, loaded.plan.id, loaded.settings) as leave,
    ):
        unfinished = None if new else to_continue(journal, loaded, options)
        unreported = None if new or unfinished else _same_unreported(journal, prepared)
        if unreported is not None:
            others.take_up(journal, unreported)
            return ending.report(unreported)
        opened = replace(effects, opened=leave)
        if unfinished is None:
            start_run(ready, opened, journal)
        else:
            others.take_up(journal, unfinished)
            resume_run(unfinished, ready, opened, journal)
    return ending.outcome


def resume_prepared(run: str, prepared: Prepared) -> RunOutcome:
    """Carry on that run. Raises as `run` does."""
    with _begun(prepared, run) as (ready, effects, journal, ending, others):
        others.take_up(journal, run)
        resume_run(run, ready, effects, journal)
    return ending.outcome


def report_loaded(run: str, loaded: LoadedPlan, *, options: RunOptions) -> RunOutcome:
    """Write the report of a run that finished, as it would have been; nothing runs. Raises RunOwned, OSError."""
    require_writable(report_path(options.reports, run))
    loaded = with_targets(loaded, options.notify)
    with journal_of(options) as journal, _told(loaded, options) as others:
        others.take_up(journal, run)
        return Ending(loaded, journal, options).report(run)


@contextmanager
def _begun(prepared: Prepared, run: str) -> Iterator[tuple[Prepared, Effects, JournalPort, Ending, Others]]:
    """All that a run needs besides what was prepared; once it is over, its spans are sent. run: its id, or one like
    it.
    """
    loaded, options = prepared.loaded, prepared.options
    require_writable(report_path(options.reports, run))
    traced = to_be_sent(options.otlp, os.environ, options.notice)
    with journal_of(options) as journal, _told(loaded, options) as others:
        heard = prepared.told(replace(options, listener=others.beside(options.listener)))
        with carried(heard) as (ready, effects):
            ending = Ending(loaded, journal, options)
            expected = partial(expect, loaded, journal, ready.environment, ready.options.jobs)
            yield ready, replace(effects, closing=ending.close, expect=expected), journal, ending, others
        if traced and ending.outcome.ran and ending.outcome.summary:
            _send_spans(journal, loaded, ending.outcome.run, options)


def _told(loaded: LoadedPlan, options: RunOptions) -> AbstractContextManager[Others]:
    """The addresses that are notified of the run. Raises NotifierError."""
    return telling_others(loaded, Telling(options.state.absolute(), Path.cwd(), options.notice))


def _send_spans(journal: JournalPort, loaded: LoadedPlan, run: str, options: RunOptions) -> None:
    """Report that they could not be sent, which changes nothing else."""
    try:
        send_run(loaded, journal.read(run), run, secrets_of_run(loaded.plan, Path.cwd()))
    except OrchestratorError as error:
        options.notice(str(error))


def to_continue(journal: JournalPort, loaded: LoadedPlan, options: RunOptions = DEFAULT) -> str | None:
    """The plan's unfinished run. An unfinished run of another plan with the same id is reported and left alone."""

    def passed_over(run: str, origin: Origin) -> None:
        options.notice(
            f"run {run} of {origin.source} did not finish; {loaded.source} is another plan with the id "
            f"{loaded.plan.id}, and has "
            f"runs of its own\n  mend: give one of them another id; carry that run on with `orchestrate resume {run}`"
        )

    another = of_another_file(loaded, Path.cwd())
    return find_interrupted(journal, loaded.plan.id, loaded.settings, another, passed_over)


def _same_unreported(journal: JournalPort, prepared: Prepared) -> str | None:
    """The run that finished without its report, if the same is asked for now: plan, code, parameters, and which
    tasks.
    """
    loaded = prepared.loaded
    run = None if prepared.options.force else find_unreported(journal, loaded.plan.id, loaded.settings)
    if run is None:
        return None
    state = fold(journal.read(run))
    left_out = {task for task, record in state.tasks.items() if record.reason == NOT_ASKED_FOR}
    same = (
        state.plan_digest == loaded.digest
        and state.fingerprints == prepared.fingerprints
        and left_out == set(prepared.excluded)
    )
    return run if same else None
