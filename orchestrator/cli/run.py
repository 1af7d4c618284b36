"""`orchestrate run`: the whole of a plan, or the rest of a run that did not finish."""

import shlex
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import get_args

from orchestrator.api import EXECUTORS, Manner, RunOutcome, expectation, explain_loaded, load, run_loaded
from orchestrator.cli.explain import explanation_data, show_explanation
from orchestrator.cli.faults import Exit, UsageError, explain
from orchestrator.cli.github import tell_github
from orchestrator.cli.output import notice, plain, say, tell
from orchestrator.cli.places import as_json, opened_journal
from orchestrator.cli.progress import Telling, listening
from orchestrator.cli.report import write_junit
from orchestrator.cli.schedule import expected_text, expected_view, schedule_text
from orchestrator.cli.screen import screen_of_stdout
from orchestrator.cli.settings import parse_settings
from orchestrator.engine.reuse import Asked
from orchestrator.engine.selection import excluded
from orchestrator.errors import OrchestratorError
from orchestrator.executors.strays import adopt_orphans
from orchestrator.graph.load import LoadedPlan
from orchestrator.graph.schedule import forecast
from orchestrator.graph.view import schedule_view
from orchestrator.journal.sqlite import SYNCHRONOUS
from orchestrator.registry import Registry, load_registry
from orchestrator.wholefile import require_writable


def run_plan(  # noqa: PLR0913 - the run and how it is told of
    path: Path, settings: list[str], manner: Manner, telling: Telling, *, new: bool, junit: Path | None = None
) -> int:
    """Run it; the exit code. Raises what `orchestrator.api.run` raises."""
    check_manner(manner, junit)
    registry = load_registry()
    loaded = load(path, parse_settings(settings), registry)
    if telling.explain and not telling.as_json:
        show_explanation(explain_loaded(loaded, registry, new=new, manner=manner))
    if manner.executor == "processes":
        adopt_orphans()
    with shown(loaded, registry, telling, manner) as told:
        outcome = run_loaded(loaded, registry, new=new, manner=told)
    return conclude(outcome, manner, telling, junit)


@contextmanager
def shown(loaded: LoadedPlan, registry: Registry, telling: Telling, manner: Manner) -> Iterator[Manner]:
    """The manner with somebody who listens: progress while it runs, and the summary as soon as everything is judged."""
    with ExitStack() as progress:
        listener = progress.enter_context(listening(loaded, registry, telling))

        def announce(summary: str) -> None:
            progress.close()
            if not telling.as_json:
                say(screen_of_stdout().fit(summary.rstrip("\n")))

        yield replace(manner, listener=listener, announce=announce, told=tell, notice=notice)


def foretell(path: Path, settings: list[str], manner: Manner, telling: Telling, *, new: bool = False) -> None:
    """Check the plan as a run would, and say what it would do and when, or (`telling.explain`) why; nothing is started.

    Raises PlanError, UsageError, and JournalError for a journal that cannot be read.
    """
    check_manner(manner)
    registry = load_registry()
    loaded = load(path, parse_settings(settings), registry)
    if telling.explain:
        found = explain_loaded(loaded, registry, new=new, manner=manner)
        say(as_json(explanation_data(found))) if telling.as_json else show_explanation(found)
        return
    left_out = excluded(loaded.graph, manner.only, manner.until)
    unasked = [task for task in loaded.graph.nodes if task in left_out]
    schedule, told = forecast(loaded.plan, loaded.graph), expectation(loaded, manner)
    if telling.as_json:
        facts = {"plan": loaded.plan.id, "dry_run": True, "left_out": unasked, "expected": expected_view(told)}
        say(as_json({**facts, **schedule_view(schedule)}))
        return
    say(schedule_text(schedule))
    say(expected_text(told))
    if unasked:
        say(f"not asked for: {', '.join(unasked)}")
    say(plain(f"{loaded.source} is valid; nothing was started (dry run)"))


def check_manner(manner: Manner, junit: Path | None = None) -> None:
    """Raises UsageError for names that mean nothing, OSError for a file that could not be written at the end."""
    named = (
        ("--durability", manner.durability, SYNCHRONOUS),
        ("--executor", manner.executor, EXECUTORS),
        ("--reuse", manner.reuse, get_args(Asked)),
    )
    for option, value, known in named:
        if value not in known:
            raise UsageError(f"{option} {value!r} means nothing\n  mend: use one of {', '.join(known)}")
    for option, given in (("--scheduler", manner.scheduler), ("--store", manner.store)):
        if given is not None and manner.executor != "dask":
            raise UsageError(f"{option} means something only with --executor dask\n  mend: add that, or leave it out")
    if junit is not None:
        require_writable(junit)


def conclude(outcome: RunOutcome, manner: Manner, telling: Telling, junit: Path | None = None) -> int:
    """After the summary: where the report is, what kept it from being written, or how to go on; the exit code. The verdicts as JUnit XML where asked."""
    if outcome.summary or outcome.exit_code == Exit.WAITS:
        with opened_journal(manner.state) as journal:
            tell_github(journal, outcome.run, annotate=not telling.as_json)
    if outcome.exit_code == Exit.WAITS:
        if not telling.as_json:
            tell(_waits(outcome.run, manner))
        return outcome.exit_code
    if not outcome.summary:
        if not telling.as_json:
            why = plain(f": {outcome.why}") if outcome.exit_code == Exit.FAULT else ""
            tell(
                f"run {outcome.run} was interrupted{why}; what was finished is kept\n"
                f"resume with: {_resume(outcome.run, manner)}"
            )
        return outcome.exit_code
    trouble = _junit_trouble(outcome, manner, junit)
    if not telling.as_json:
        _tell_places(outcome, manner)
    codes = [
        explain(error, manner.state, as_data=telling.as_json)
        for error in (outcome.trouble, trouble)
        if error is not None
    ]
    return outcome.exit_code or max(codes, default=Exit.PASS)


def _waits(run: str, manner: Manner) -> str:
    """What a run waits for, with the commands that answer it."""
    from orchestrator.cli.people import waiting_text  # noqa: PLC0415 - few runs wait
    from orchestrator.desk import Desk  # noqa: PLC0415

    waiting = waiting_text(Desk(manner.state, Path.cwd()).inbox(run), manner.state)
    return f"run {run} waits for people; what was finished is kept\n{waiting}\nthen: {_resume(run, manner)}"


def _tell_places(outcome: RunOutcome, manner: Manner) -> None:
    if not outcome.ran:
        tell(f"run {outcome.run} had finished before, without its report; nothing ran again (--new starts a new run)")
    if outcome.report is None:
        return
    page = outcome.report.with_suffix(".html")
    say(f"report: {outcome.report}" + (f"\npage: {page}" if manner.page and page.is_file() else ""))


def _junit_trouble(outcome: RunOutcome, manner: Manner, junit: Path | None) -> Exception | None:
    if junit is None:
        return None
    try:
        with opened_journal(manner.state) as journal:
            write_junit(journal, outcome.run, junit)
    except (OSError, OrchestratorError) as error:
        return error
    return None


def _resume(run: str, manner: Manner) -> str:
    usual = Manner()
    folders = (("--state", manner.state, usual.state), ("--reports", manner.reports, usual.reports))
    places = "".join(f" {option} {shlex.quote(str(given))}" for option, given, default in folders if given != default)
    cluster = " --executor dask" if manner.executor == "dask" else ""
    for option, given in (("--scheduler", manner.scheduler), ("--store", manner.store)):
        cluster += f" {option} {shlex.quote(given)}" if given is not None else ""
    return f"orchestrate resume {run}{places}{cluster}"
