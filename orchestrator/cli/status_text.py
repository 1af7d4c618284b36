"""A run on one screen: what failed first and why, what runs, then workstreams and criteria with figures and
targets. Pure.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from orchestrator.cli.output import counted, duration, one_line, plain
from orchestrator.cli.screen import Screen
from orchestrator.evidence.numbers import spelled
from orchestrator.evidence.verdict import Outcome, Verdict
from orchestrator.plan.model import Criterion, Plan
from orchestrator.report.failing import FAILING, SEVERITY, enumerated, why_failed
from orchestrator.report.markdown import number
from orchestrator.state.events import Envelope
from orchestrator.state.run import RunState, TaskRecord
from orchestrator.state.transitions import Status

SHOWN_LINES: Final = 5  # of what a failed task printed; `orchestrate logs` has the rest
WORKING: Final = frozenset({Status.RUNNING, Status.WAITING, Status.HANDED_IN, Status.ASKED})
HANG: Final = 10  # blanks before a line that goes on
UNBROKEN: Final = "\N{NO-BREAK SPACE}"
FRAME: Final = 7  # lines that stand around: what the run is, a prompt, and empty ones


@dataclass(frozen=True, slots=True)
class Moment:
    """When it is looked at. at: wall clock seconds; mono: what the monotonic clock of the run's owner says then."""

    at: float
    mono: float


def moment_after(last: Envelope, at: float) -> Moment:
    """The moment at these wall clock seconds, by what both clocks said at the last event."""
    return Moment(at, last.mono + max(0.0, at - last.at))


def run_text(run: RunState, plan: Plan | None, screen: Screen, now: Moment) -> list[str]:
    """The lines: one for each task and criterion where that fits, else the workstreams in sum."""
    known = {} if plan is None else _criteria(plan)
    records = list(run.tasks.values())
    working = [record for record in records if record.status in WORKING]
    failing = [record for record in records if record.status in FAILING and record not in working]
    rest = [record for record in records if record.status not in FAILING | WORKING | {Status.SKIPPED}]
    verdicts = sorted(run.verdicts.values(), key=lambda verdict: SEVERITY[verdict.outcome])
    good = [verdict for verdict in verdicts if verdict.outcome is Outcome.PASS]
    head = [line for record in failing for line in _failed(record, screen)]
    head += [line for record in working for line in screen.wrap(_working(record, now), HANG)]
    head += [line for told in _skipped(records) for line in screen.wrap(told, HANG)]
    bad = [line for each in verdicts[: -len(good) or None] for line in _verdict(each, known, screen)]
    if len(head) + len(rest) + len(bad) + len(good) <= screen.height - FRAME:
        passed = [line for each in good for line in _verdict(each, known, screen)]
        return _parts([*head, *_each(rest, screen)], [*bad, *passed])
    return _parts(head, bad, list(_by_group(run, plan, good, known, screen)))


def _parts(*parts: Sequence[str]) -> list[str]:
    """The non-empty ones, with an empty line between them."""
    return [line for part in parts if part for line in ("", *part)][1:]


def _painted(line: str, screen: Screen) -> str:
    word, gap, rest = line.partition(" ")
    return screen.paint(word) + gap + rest


def _verdict(verdict: Verdict, known: Mapping[str, Criterion], screen: Screen) -> Iterator[str]:
    why = "" if verdict.outcome is Outcome.PASS else f": {one_line(verdict.detail, 400)}"
    told = f"{verdict.outcome.value:9} {verdict.criterion} {_figure(verdict, known)}{why}"
    for line in screen.wrap(told, HANG):
        yield _painted(line, screen)


def _figure(verdict: Verdict, known: Mapping[str, Criterion]) -> str:
    """What was measured and, in brackets, what is asked for in the same unit."""
    criterion = known.get(verdict.criterion)
    unit = "" if verdict.unit == "1" else f" {verdict.unit}"
    fixed = criterion is not None and criterion.target.relative is None
    goal = criterion.target.value if criterion is not None and fixed else None
    measured = "nothing" if verdict.value is None else f"{number(verdict.value, goal)}{unit}"
    if criterion is None:
        return measured
    asked = f"{criterion.target.operator} {spelled(criterion.target.value)}" if fixed else str(criterion.target)
    return f"{measured} ({asked})"


def _criteria(plan: Plan) -> Mapping[str, Criterion]:
    return {f"{name}.{each.id}": each for name, group in plan.groups.items() for each in group.success_criteria}


def _failed(record: TaskRecord, screen: Screen) -> Iterator[str]:
    why = record.reason or why_failed(record.failures)
    word = record.status.value
    for line in screen.wrap(one_line(f"{word:9} {record.id}: {why}", 600), HANG):
        yield _painted(line, screen)
    printed = record.failures[-1].printed if record.failures else ()
    for said in printed[-SHOWN_LINES:]:
        yield screen.cut(plain(f"          | {said}"))


def _working(record: TaskRecord, now: Moment) -> str:
    attempt = f", attempt {record.attempt}" if record.attempt > 1 else ""
    if record.status is Status.WAITING:
        wait = max(0.0, (record.due or now.mono) - now.mono)
        return one_line(
            f"waiting   {record.id}: attempt {record.attempt + 1} in {duration(wait)}; {why_failed(record.failures)}",
            400,
        )
    if record.status is Status.ASKED and record.asked is not None:
        return one_line(f"asked     {record.id}: {record.asked.who} is asked: {record.asked.text}", 400)
    if record.status is Status.HANDED_IN:
        return f"handed in {record.id}: it is measured"
    lasted = "" if record.started_at is None else f" {duration(max(0.0, now.at - record.started_at))}"
    said = f": {record.notes[-1]}" if record.notes else ""
    return one_line(f"running   {record.id}{lasted}{attempt}{said}")


def _skipped(records: Iterable[TaskRecord]) -> Iterator[str]:
    """One line for each reason, whatever the number of tasks."""
    found: dict[str, list[str]] = {}
    for record in records:
        if record.status is Status.SKIPPED:
            found.setdefault(record.reason, []).append(record.id)
    for why, names in found.items():
        yield one_line(f"skipped   {enumerated(names)}: {why}", 400)


def _each(records: Sequence[TaskRecord], screen: Screen) -> Iterator[str]:
    for record in records:
        lasted = "" if record.seconds is None else f" {duration(record.seconds)}"
        attempt = f", attempt {record.attempt}" if record.attempt > 1 else ""
        why = f": {_answered(record) or record.reason}" if _answered(record) or record.reason else ""
        yield from screen.wrap(one_line(f"{record.status.value:9} {record.id}{lasted}{attempt}{why}", 400), 10)


def _by_group(
    run: RunState, plan: Plan | None, good: Sequence[Verdict], known: Mapping[str, Criterion], screen: Screen
) -> Iterator[str]:
    """A paragraph for each workstream and stage: how many of its tasks have settled, how long they took, and what
    passed.
    """
    groups: dict[str, list[TaskRecord]] = {}
    for record in run.tasks.values():
        groups.setdefault(record.id.partition(".")[0], []).append(record)
    for name, records in groups.items():
        done = sum(record.settled for record in records)
        spent = sum(record.seconds or 0.0 for record in records)
        counts = Counter(record.status.value for record in records if record.status is not Status.SUCCEEDED)
        others = "".join(f", {count} {status}" for status, count in counts.items())
        passed = [
            f"{each.criterion.partition('.')[2]} {_figure(each, known)}"
            for each in good
            if each.criterion.startswith(f"{name}.")
        ]
        title = f" {plan.groups[name].title}" if plan is not None and name in plan.groups and not passed else ""
        told = f"{name}{title}: {done}/{counted(len(records), 'task')} in {duration(spent)}{others}"
        told = plain(told) + (f"; PASS {', '.join(map(_together, passed))}" if passed else "")
        yield from (line.replace(UNBROKEN, " ") for line in screen.wrap(told))


def _together(figure: str) -> str:
    """So that wrapping does not part a value from its target."""
    return plain(figure).replace(" ", UNBROKEN)


def _answered(record: TaskRecord) -> str:
    """What a person said last, while that holds."""
    answer = record.answer
    if answer is None:
        return ""
    return f"{answer.word.value} by {answer.by}" + (f": {answer.comment}" if answer.comment else "")
