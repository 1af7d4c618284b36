"""A review as Markdown for a pull request, as text for a terminal, and as plain data."""

from collections.abc import Iterator
from typing import Any, Final

from orchestrator.graph.schedule import Schedule
from orchestrator.plan.values import spell_duration
from orchestrator.review.change import Action, Change
from orchestrator.review.compare import Review
from orchestrator.review.neighbourhood import to_mermaid

MARKDOWN: Final = {sign: f"\\{sign}" for sign in "\\`*_{}[]<>#|~!"}
ARROW: Final = " → "


def headline(review: Review) -> str:
    """One sentence: is the contract loosened, and how much changed?"""
    count, loosened = len(review.changes), len(review.loosened)
    if not count:
        return "No change to the plan."
    changes = f"{count} change{'s' if count != 1 else ''}"
    if not loosened:
        return f"{changes}; the contract is not loosened."
    return f"The contract is LOOSENED by {loosened} of {changes}."


def sentence(change: Change) -> str:
    """The change in words, without what it means for the contract."""
    what = f"{change.part} {change.name}" + (f", {change.field}" if change.field else "")
    match change.action:
        case Action.RENAMED:
            return f"{what} renamed to {change.after}"
        case Action.MOVED:
            return f"{what} moved to {change.after}"
        case Action.REMOVED:
            return f"{what} removed" + (f" ({change.before})" if change.before else "")
        case Action.ADDED:
            return f"{what} added" + (f" ({change.after})" if change.after else "")
        case Action.CHANGED:
            return f"{what}: {change.before or 'nothing'}{ARROW}{change.after or 'nothing'}"


def to_text(review: Review) -> str:
    """For a terminal: what loosens first, each with its reason."""
    lines = [headline(review)]
    if review.loosened:
        lines += ["", "loosened:", *(f"  {sentence(one)}: {one.loosens}" for one in review.loosened)]
    rest = [one for one in review.changes if not one.loosens]
    if rest:
        lines += ["", "also changed:", *(f"  {sentence(one)}" for one in rest)]
    return "\n".join([*lines, "", *_paths(review)])


def to_markdown(review: Review) -> str:
    """For a comment on a pull request: tables, and the changed neighbourhood as a Mermaid graph."""
    return "\n".join(_markdown(review)) + "\n"


def to_data(review: Review) -> dict[str, Any]:
    """Plain data: the changes in order, and the critical path of either version."""
    return {
        "loosened": bool(review.loosened),
        "old": review.old.source,
        "new": review.new.source,
        "changes": [
            {
                "part": str(one.part),
                "action": str(one.action),
                "name": one.name,
                "field": one.field,
                "before": one.before,
                "after": one.after,
                "loosens": one.loosens,
            }
            for one in review.changes
        ],
        "critical_path": {"before": _path_data(review.before), "after": _path_data(review.after)},
    }


def _path_data(schedule: Schedule) -> dict[str, Any]:
    return {"tasks": list(schedule.critical_path), "length": schedule.length, "makespan": schedule.makespan}


def _paths(review: Review) -> Iterator[str]:
    before, after = _path(review.before), _path(review.after)
    if before == after:
        yield f"critical path unchanged: {after}"
    else:
        yield f"critical path before: {before}"
        yield f"critical path after:  {after}"
    yield f"forecast: {spell_duration(review.before.makespan)}{ARROW}{spell_duration(review.after.makespan)}"


def _path(schedule: Schedule) -> str:
    return f"{spell_duration(schedule.length)}: {ARROW.join(schedule.critical_path)}"


def _markdown(review: Review) -> Iterator[str]:
    yield f"### Plan review: {_escaped(review.new.plan.title)}"
    yield ""
    yield f"**{_escaped(headline(review))}**"
    if review.loosened:
        yield from ("", "| loosened | why |", "| --- | --- |")
        yield from (f"| {_escaped(sentence(one))} | {_escaped(one.loosens)} |" for one in review.loosened)
    rest = [one for one in review.changes if not one.loosens]
    if rest:
        yield from ("", "<details open><summary>Also changed</summary>", "")
        yield from (f"- {_escaped(sentence(one))}" for one in rest)
        yield from ("", "</details>")
    yield from ("", *(f"- {_escaped(line)}" for line in _paths(review)))
    if graph := to_mermaid(review):
        yield from ("", "```mermaid", graph.rstrip(), "```")


def _escaped(text: str) -> str:
    """Text of a plan within Markdown: no markup, no table's end, one line."""
    return "".join(MARKDOWN.get(sign, sign) for sign in " ".join(text.split()))
