"""`orchestrate run`: the whole of a plan, or the rest of a run that did not finish."""

import shlex
from dataclasses import replace
from pathlib import Path
from typing import get_args

from orchestrator.api import EXECUTORS, Manner, RunOutcome, explain_loaded, load, run_loaded
from orchestrator.cli.explain import explanation_data, show_explanation
from orchestrator.cli.faults import Exit, UsageError
from orchestrator.cli.output import plain, say, tell
from orchestrator.cli.places import as_json, opened_journal
from orchestrator.cli.progress import Telling, listening
from orchestrator.cli.report import write_junit
from orchestrator.cli.schedule import schedule_text
from orchestrator.cli.settings import parse_settings
from orchestrator.engine.reuse import Asked
from orchestrator.engine.selection import excluded
from orchestrator.executors.strays import adopt_orphans
from orchestrator.graph.schedule import forecast
from orchestrator.graph.view import schedule_view
from orchestrator.journal.sqlite import SYNCHRONOUS
from orchestrator.registry import load_registry


def run_plan(  # noqa: PLR0913 - the run and how it is told of
    path: Path, settings: list[str], manner: Manner, telling: Telling, *, new: bool, junit: Path | None = None
) -> int:
    """Run it; the exit code. Raises what `orchestrator.api.run` raises."""
    check_manner(manner)
    registry = load_registry()
    loaded = load(path, parse_settings(settings), registry, manner.state)
    if telling.explain and not telling.as_json:
        show_explanation(explain_loaded(loaded, registry, new=new, manner=manner))
    if manner.executor == "processes":
        adopt_orphans()
    with listening(loaded, registry, telling) as listener:
        outcome = run_loaded(loaded, registry, new=new, manner=replace(manner, listener=listener, told=tell))
    conclude(outcome, manner, telling, junit)
    return outcome.exit_code


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
    schedule = forecast(loaded.plan, loaded.graph)
    if telling.as_json:
        say(as_json({"plan": loaded.plan.id, "dry_run": True, "left_out": unasked, **schedule_view(schedule)}))
        return
    say(schedule_text(schedule))
    if unasked:
        say(f"not asked for: {', '.join(unasked)}")
    say(plain(f"{loaded.source} is valid; nothing was started (dry run)"))


def check_manner(manner: Manner) -> None:
    """Raises UsageError for names that mean nothing."""
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


def conclude(outcome: RunOutcome, manner: Manner, telling: Telling, junit: Path | None = None) -> None:
    """The summary on standard output, where the report is, or how to go on; and the verdicts as JUnit XML where asked."""
    if junit is not None:
        with opened_journal(manner.state) as journal:
            write_junit(journal, outcome.run, junit)
    if telling.as_json:
        return
    if outcome.report is None:
        why = plain(f": {outcome.why}") if outcome.exit_code == Exit.FAULT else ""
        tell(
            f"run {outcome.run} was interrupted{why}; what was finished is kept\nresume with: {_resume(outcome.run, manner)}"
        )
        return
    say(outcome.summary.rstrip("\n"))
    page = outcome.report.with_suffix(".html")
    say(f"report: {outcome.report}" + (f"\npage: {page}" if manner.page and page.is_file() else ""))


def _resume(run: str, manner: Manner) -> str:
    state = "" if manner.state == Manner().state else f" --state {manner.state}"
    cluster = " --executor dask" if manner.executor == "dask" else ""
    for option, given in (("--scheduler", manner.scheduler), ("--store", manner.store)):
        cluster += f" {option} {shlex.quote(given)}" if given is not None else ""
    return f"orchestrate resume {run}{state}{cluster}"
