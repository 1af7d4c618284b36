"""`orchestrate run`: the whole of a plan, or the rest of a run that did not finish."""

import shlex
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import get_args

from orchestrator.api.ending import RunOutcome
from orchestrator.api.loading import load
from orchestrator.api.means import executor_of
from orchestrator.api.prepare import prepare
from orchestrator.api.running import run_prepared
from orchestrator.atomic_write import require_writable
from orchestrator.cli.faults import Exit, UsageError, explain
from orchestrator.cli.github import tell_github
from orchestrator.cli.output import notice, plain, say, tell
from orchestrator.cli.past import own_past
from orchestrator.cli.places import opened_journal
from orchestrator.cli.progress import Telling, listening
from orchestrator.cli.screen import screen_of_stdout
from orchestrator.cli.settings import parse_settings
from orchestrator.engine.options import RunOptions
from orchestrator.engine.prepared import Prepared
from orchestrator.engine.reuse import Asked
from orchestrator.errors import OrchestratorError
from orchestrator.executors.strays import adopt_orphans
from orchestrator.journal.opening import SYNCHRONOUS
from orchestrator.registry import load_registry


def run_plan(  # noqa: PLR0913 - the run and how it is told of
    path: Path, settings: list[str], options: RunOptions, telling: Telling, *, new: bool, junit: Path | None = None
) -> int:
    """Run it; the exit code. Raises what `orchestrator.run` raises."""
    check_options(options, junit)
    prepared = prepared_plan(path, settings, options)
    if telling.explain and not telling.as_json:
        from orchestrator.api.explaining import explain_prepared  # noqa: PLC0415 - few ask
        from orchestrator.cli.explain import show_explanation  # noqa: PLC0415

        show_explanation(explain_prepared(prepared, new=new))
    with shown(prepared, telling) as told:
        outcome = run_prepared(told, new=new)
    return conclude(outcome, options, telling, junit)


@contextmanager
def shown(prepared: Prepared, telling: Telling) -> Iterator[Prepared]:
    """The same with a listener that shows progress, and the summary as soon as everything is judged."""
    if executor_of(prepared.options).processes_here:
        adopt_orphans()
    with ExitStack() as progress:
        past = partial(own_past, prepared.options.state)
        listener = progress.enter_context(listening(prepared.loaded, prepared.runners, telling, past))

        def announce(summary: str) -> None:
            progress.close()
            if not telling.as_json:
                say(screen_of_stdout().fit(plain(summary.rstrip("\n"))))

        yield prepared.told(replace(prepared.options, listener=listener, announce=announce, told=tell, notice=notice))


def prepared_plan(path: Path, settings: list[str], options: RunOptions) -> Prepared:
    """The plan in the file, ready to run. Raises PlanError, UsageError and RegistryError."""
    registry = load_registry()
    return prepare(load(path, parse_settings(settings), registry), registry, options)


def check_options(options: RunOptions, junit: Path | None = None) -> None:
    """Raises UsageError and ExecutorError for names that mean nothing, OSError for a file that could not be written
    at the end.
    """
    named = (
        ("--durability", options.durability, SYNCHRONOUS),
        ("--reuse", options.reuse, get_args(Asked)),
    )
    for option, value, known in named:
        if value not in known:
            raise UsageError(f"{option} {value!r} means nothing\n  mend: use one of {', '.join(known)}")
    executor_of(options)
    if junit is not None:
        require_writable(junit)


def conclude(outcome: RunOutcome, options: RunOptions, telling: Telling, junit: Path | None = None) -> int:
    """After the summary: where the report is, what kept it from being written, or how to go on; the exit code. The
    verdicts as JUnit XML where asked.
    """
    if outcome.summary or outcome.exit_code == Exit.WAITS:
        with opened_journal(options.state) as journal:
            tell_github(journal, outcome.run, annotate=not telling.as_json)
    if outcome.exit_code == Exit.WAITS:
        if not telling.as_json:
            tell(_waits(outcome.run, options))
        return outcome.exit_code
    if not outcome.summary:
        if not telling.as_json:
            why = plain(f": {outcome.why}") if outcome.exit_code == Exit.FAULT else ""
            tell(
                f"run {outcome.run} was interrupted{why}; what was finished is kept\n"
                f"resume with: {_resume(outcome.run, options)}"
            )
        return outcome.exit_code
    trouble = _junit_trouble(outcome, options, junit)
    if not telling.as_json:
        _tell_places(outcome, options)
    codes = [
        explain(error, options.state, as_data=telling.as_json)
        for error in (outcome.trouble, trouble)
        if error is not None
    ]
    return outcome.exit_code or max(codes, default=Exit.PASS)


def _waits(run: str, options: RunOptions) -> str:
    """What a run waits for, with the commands that answer it."""
    from orchestrator.cli.people import waiting_text  # noqa: PLC0415 - few runs wait
    from orchestrator.desk import Desk  # noqa: PLC0415

    waiting = waiting_text(Desk(options.state, Path.cwd()).inbox(run), options.state)
    return f"run {run} waits for people; what was finished is kept\n{waiting}\nthen: {_resume(run, options)}"


def _tell_places(outcome: RunOutcome, options: RunOptions) -> None:
    if not outcome.ran:
        tell(f"run {outcome.run} had finished before, without its report; nothing ran again (--new starts a new run)")
    if outcome.report is None:
        return
    page = outcome.report.with_suffix(".html")
    say(f"report: {outcome.report}" + (f"\npage: {page}" if options.page and page.is_file() else ""))


def _junit_trouble(outcome: RunOutcome, options: RunOptions, junit: Path | None) -> Exception | None:
    if junit is None:
        return None
    from orchestrator.cli.report import write_junit  # noqa: PLC0415 - few ask

    try:
        with opened_journal(options.state) as journal:
            write_junit(journal, outcome.run, junit)
    except (OSError, OrchestratorError) as error:
        return error
    return None


def _resume(run: str, options: RunOptions) -> str:
    usual = RunOptions()
    folders = (("--state", options.state, usual.state), ("--reports", options.reports, usual.reports))
    places = "".join(f" {option} {shlex.quote(str(given))}" for option, given, default in folders if given != default)
    executor = f" --executor {options.executor}" if options.executor != usual.executor else ""
    for name, value in options.executor_settings.items():
        executor += f" --executor-set {shlex.quote(f'{name}={value}')}"
    return f"orchestrate resume {run}{places}{executor}"
