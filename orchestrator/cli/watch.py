"""`orchestrate watch`: show a run of another process as the terminal that started it does."""

from pathlib import Path
from typing import Final

from orchestrator.api.stored import plan_of
from orchestrator.cli.faults import Exit
from orchestrator.cli.following import coming
from orchestrator.cli.output import say, tell
from orchestrator.cli.places import find_run, opened_journal
from orchestrator.cli.progress import Telling, listening
from orchestrator.cli.screen import screen_of_stdout
from orchestrator.journal.condition import condition
from orchestrator.registry import load_registry
from orchestrator.report import build_report, render_summary
from orchestrator.state.events import Envelope

CARRIED_ON: Final = frozenset({"interrupted", "died"})


def watch_run(state: Path, name: str | None, telling: Telling) -> int:
    """Show it until it ends; its exit code, or that of an interruption. Raises UsageError for a run that is not
    there, JournalError.
    """
    registry = load_registry()
    with opened_journal(state) as journal:
        run = find_run(journal, name).run
        loaded = plan_of(journal, run)
        seen: list[Envelope] = []
        with listening(loaded, registry, telling) as listener:
            for envelope in coming(journal, run):
                seen.append(envelope)
                listener(envelope)
        word = condition(find_run(journal, run), journal.owned(run))
    if word in CARRIED_ON:
        if not telling.as_json:
            tell(f"run {run}: {word}\nresume with: orchestrate resume {run}")
        return Exit.INTERRUPTED if word == "interrupted" else Exit.FAULT
    report = build_report(loaded.plan, loaded.graph, seen)
    if not telling.as_json:
        say(screen_of_stdout().fit(render_summary(report)))
    return find_exit(seen)


def find_exit(events: list[Envelope]) -> int:
    """The exit code that the run ended with."""
    return int(getattr(events[-1].event, "exit_code", Exit.FAULT))
