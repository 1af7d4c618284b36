"""`--explain`: what a run does with each task, and why."""

from collections import Counter

from orchestrator.api import Manner, explain_loaded
from orchestrator.cli.output import say, table
from orchestrator.graph.load import LoadedPlan
from orchestrator.registry import Registry


def show_explanation(
    loaded: LoadedPlan, registry: Registry, manner: Manner, *, run: str | None = None, new: bool = False
) -> None:
    """Print a line for each task. run: the one to be continued, unless it is to be found. Raises JournalError, UnknownTask."""
    found = explain_loaded(loaded, registry, run=run, new=new, manner=manner)
    counts = Counter(each.fate.value for each in found)
    say(table(("", "task", "why"), ((each.fate.value, each.task, each.why) for each in found)))
    say(f"{len(found)} tasks: {', '.join(f'{count} {fate}' for fate, count in sorted(counts.items()))}\n")
