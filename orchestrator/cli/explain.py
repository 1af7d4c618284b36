"""`--explain`: what a run does with each task, and why."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from orchestrator.cli.output import say, table
from orchestrator.engine.explain import Explanation


def show_explanation(found: Sequence[Explanation]) -> None:
    """Print a line for each task."""
    counts = Counter(each.fate.value for each in found)
    say(table(("", "task", "why"), ((each.fate.value, each.task, each.why) for each in found)))
    say(f"{len(found)} tasks: {', '.join(f'{count} {fate}' for fate, count in sorted(counts.items()))}\n")


def explanation_data(found: Iterable[Explanation]) -> list[dict[str, Any]]:
    """The same as plain data."""
    return [{"task": each.task, "fate": each.fate.value, "why": each.why} for each in found]
