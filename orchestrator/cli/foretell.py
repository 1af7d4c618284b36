"""`orchestrate run --dry-run`: what a run would do and when, or why; nothing is started."""

import os
from pathlib import Path

from orchestrator.api.explaining import expectation, explain_prepared
from orchestrator.cli.explain import explanation_data, show_explanation
from orchestrator.cli.output import plain, say
from orchestrator.cli.places import as_json
from orchestrator.cli.progress import Telling
from orchestrator.cli.run import check_options, prepared_plan
from orchestrator.cli.schedule import expected_text, expected_view, schedule_text
from orchestrator.engine.options import RunOptions
from orchestrator.graph.schedule import forecast
from orchestrator.graph.view import schedule_view
from orchestrator.telling.others import recipients


def foretell(path: Path, settings: list[str], options: RunOptions, telling: Telling, *, new: bool = False) -> None:
    """Check the plan as a run would, and say what it would do and when, or (`telling.explain`) why; nothing is started.

    Raises PlanError, UsageError, NotifierError for somebody who could not be told, and JournalError for a journal that
    cannot be read.
    """
    check_options(options)
    prepared = prepared_plan(path, settings, options)
    loaded = prepared.loaded
    recipients(loaded.plan.notify, os.environ)
    if telling.explain:
        found = explain_prepared(prepared, new=new)
        say(as_json(explanation_data(found))) if telling.as_json else show_explanation(found)
        return
    unasked = [task for task in loaded.graph.nodes if task in prepared.excluded]
    schedule, told = forecast(loaded.plan, loaded.graph), expectation(loaded, options)
    if telling.as_json:
        facts = {"plan": loaded.plan.id, "dry_run": True, "left_out": unasked, "expected": expected_view(told)}
        say(as_json({**facts, **schedule_view(schedule)}))
        return
    say(schedule_text(schedule))
    say(expected_text(told))
    if unasked:
        say(f"not asked for: {', '.join(unasked)}")
    say(plain(f"{loaded.source} is valid; nothing was started (dry run)"))
