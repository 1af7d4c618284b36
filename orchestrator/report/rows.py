"""Rows of the tables with one row for each task. A template would take ten times as long, and a large run has ten
thousand rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from orchestrator.report import markdown
from orchestrator.report.markdown import Safe
from orchestrator.report.model import Figure, TaskRow

NOTES_SHOWN: Final = 6
_agent = lru_cache(maxsize=256)(markdown.code)  # the same few in every row
_status = lru_cache(maxsize=256)(markdown.escape)
NOTHING: Final = Safe("—")
NOWHERE: Final[Mapping[int, str]] = {}


def task_rows(tasks: Sequence[TaskRow]) -> Safe:
    """How each task went, a row each."""
    return Safe("\n".join(map(_task_row, tasks)))


def said_rows(tasks: Sequence[TaskRow]) -> Safe:
    """What each task said beside what it measured: a row for each figure, one for a task without any."""
    return Safe("\n".join(row for task in tasks for row in _said_rows(task)))


def lasted(seconds: float | None) -> Safe:
    """Seconds for people, a dash where there are none."""
    return NOTHING if seconds is None else Safe(markdown.duration(seconds))


def figure(found: Figure) -> Safe:
    """A figure's value and interval, or why it has none."""
    if found.value is None:
        return Safe(f"not usable: {markdown.escape(found.problem)}")
    told = with_unit(found.value, found.measurement.unit)
    if found.low is None or found.high is None or found.low == found.high:
        return Safe(told)
    return Safe(f"{told} ({markdown.number(found.low)} to {markdown.number(found.high)})")


def evidence(numbers: Sequence[int], where: Mapping[int, str] = NOWHERE) -> Safe:
    """Links to figures. where: the file that each stands in, where that is another one."""
    return Safe(", ".join(f"[E{n}]({where.get(n, '')}#evidence-{n})" for n in numbers) or "none")


def said(notes: Sequence[str]) -> Safe:
    """The last few notes of a task."""
    if not notes:
        return NOTHING
    shown: list[str] = [markdown.escape(note) for note in notes[-NOTES_SHOWN:]]
    left = len(notes) - len(shown)
    if left:
        shown.insert(0, f"({left} earlier in the journal)")
    return Safe("<br>".join(shown))


def with_unit(value: float, unit: str, target: float | None = None) -> str:
    """A number and its unit; a bare number has the unit 1. target: what it is to be told apart from, in the same
    unit.
    """
    told = markdown.number(value, target)
    return told if unit == "1" else f"{told} {markdown.escape(unit)}"


def _task_row(task: TaskRow) -> str:
    usage = task.usage
    peak = markdown.size(usage.peak_rss) if usage is not None and usage.samples else "—"
    cpu = "—" if usage is None else markdown.duration(usage.cpu_seconds)
    took = "—" if task.seconds is None else markdown.duration(task.seconds)
    events = f"#{task.first} to #{task.last}" if task.first else "—"
    return (
        f"| {markdown.code(task.id)} | {markdown.escape(task.title)} | {_agent(task.agent)} | {_status(task.status)} "
        f"| {task.attempts} | {took} | {markdown.duration(task.estimate)} | {peak} | {cpu} | {events} |"
    )


def _said_rows(task: TaskRow) -> Iterator[str]:
    notes = said(task.said)
    name = markdown.code(task.id)
    if not task.figures:
        yield f"| {name} | {notes} | nothing | — | 0 | — | none |"
    for place, each in enumerate(task.figures):
        measured = each.measurement
        yield (
            f"| {name} | {'' if place else notes} | {markdown.code(measured.metric)} {figure(each)} | "
            f"{markdown.escape(each.what)} "
            f"| {each.n} | {markdown.escape(measured.method)} | {evidence((each.number,))} |"
        )
