"""One section for each workstream and stage: its tasks, deliverables and criteria as they came out."""

from collections.abc import Mapping, Sequence
from typing import Final

from orchestrator.evidence.history import resolve, value_in
from orchestrator.evidence.metric import Better, Metric
from orchestrator.evidence.numbers import spelled, times
from orchestrator.evidence.units import compatible, conversion
from orchestrator.evidence.verdict import Outcome, Verdict, Why
from orchestrator.graph.model import TaskGraph, TaskNode
from orchestrator.graph.schedule import Schedule
from orchestrator.plan.model import Criterion, Deliverable, Group, Plan
from orchestrator.records import dataclass
from orchestrator.report.failing import FAILING, why_failed
from orchestrator.report.model import NOT_JUDGED, CriterionRow, DeliverableRow, Figure, FileRow, GroupSection, TaskRow
from orchestrator.report.spans import Course, Span
from orchestrator.state.run import RunState, TaskRecord, earlier_of


@dataclass(frozen=True, slots=True)
class Sources:
    """All that a report is made from. by_task: the figures of each task that has any."""

    plan: Plan
    graph: TaskGraph
    state: RunState
    course: Course
    schedule: Schedule
    figures: tuple[Figure, ...]
    files: tuple[FileRow, ...]
    by_task: Mapping[str, Sequence[Figure]]


def sections_of(sources: Sources) -> tuple[GroupSection, ...]:
    """Workstreams, then stages, in the plan's order."""
    stages = sources.plan.stages
    members: dict[str, list[TaskNode]] = {name: [] for name in sources.plan.groups}
    for node in sources.graph.nodes.values():
        members[node.group].append(node)
    groups = sources.plan.groups.items()
    return tuple(_section(sources, name, group, members[name], stage=name in stages) for name, group in groups)


def seconds_of(spans: Sequence[Span]) -> float | None:
    """Seconds over all ended attempts, None where none ended."""
    if len(spans) == 1:
        (span,) = spans
        return None if span.end is None else span.end - span.start
    ended = [span.end - span.start for span in spans if span.end is not None]
    return sum(ended) if ended else None


def _section(sources: Sources, name: str, group: Group, nodes: Sequence[TaskNode], *, stage: bool) -> GroupSection:
    forecasts = [sources.schedule.tasks[node.id] for node in nodes]
    start, end = _extent(sources, nodes)
    return GroupSection(
        id=name,
        title=group.title,
        goal=group.goal,
        stage=stage,
        lead=group.lead,
        supporting=group.supporting,
        tasks=tuple(_task(sources, node) for node in nodes),
        deliverables=tuple(_deliverable(sources, name, each) for each in group.deliverables),
        criteria=tuple(_criterion(sources, f"{name}.{each.id}", each) for each in group.success_criteria),
        planned=(min(each.start for each in forecasts), max(each.finish for each in forecasts)),
        start=start,
        end=end,
    )


def _extent(sources: Sources, nodes: Sequence[TaskNode]) -> tuple[float | None, float | None]:
    """First start and last end; no end before every task has settled, or where none of them ran."""
    spans = [span for node in nodes for span in sources.course.spans.get(node.id, [])]
    records = [sources.state.tasks.get(node.id) for node in nodes]
    start = min((span.start for span in spans), default=None)
    settled = all(record is not None and record.settled for record in records)
    end = max((span.end for span in spans if span.end is not None), default=None) if settled else None
    return start, end


def _task(sources: Sources, node: TaskNode) -> TaskRow:
    record = sources.state.tasks.get(node.id) or TaskRecord(node.id)
    first, last = sources.course.events.get(node.id, (0, 0))
    failed = bool(record.failures) and str(record.status) in FAILING
    return TaskRow(
        id=node.id,
        title=node.task.title,
        agent=node.agent,
        status=str(record.status),
        attempts=record.attempt,
        seconds=seconds_of(sources.course.spans.get(node.id, [])),
        estimate=node.estimate,
        usage=record.usage,
        reason=record.reason or why_failed(record.failures),
        printed=record.failures[-1].printed if failed else (),
        stream=record.failures[-1].stream if failed else "",
        said=record.notes,
        figures=tuple(sources.by_task.get(node.id, ())),
        origins=record.evidence.origins if record.evidence else (),
        used=record.evidence.used if record.evidence else (),
        first=first,
        last=last,
    )


def _deliverable(sources: Sources, group: str, promised: Deliverable) -> DeliverableRow:
    task = f"{group}.{promised.from_}"
    found = [
        row
        for row in sources.files
        if row.artifact.name == promised.artifact and (row.task == task or row.task.startswith(f"{task}["))
    ]
    return DeliverableRow(promised.title, promised.artifact, task, found[0] if found else None)


def _criterion(sources: Sources, full: str, criterion: Criterion) -> CriterionRow:
    target = criterion.target
    told = str(target)
    if criterion.tolerance is not None:
        told += f" ± {spelled(criterion.tolerance)}"
    verdict = sources.state.verdicts.get(full, _not_judged(full, target.unit))
    numbers = _rests_on(sources, criterion, verdict)
    metric = sources.state.metrics.get(criterion.metric)
    goal, unit = target.value, target.unit
    if target.relative is not None:
        unit = metric.unit if metric else verdict.unit or "1"
        goal = resolve(target.relative, earlier_of(sources.state, full), unit).value
    return CriterionRow(
        id=full,
        title=criterion.title,
        metric=criterion.metric,
        target=told,
        verdict=verdict,
        evidence=numbers,
        operator=str(target.operator),
        goal=goal,
        unit=unit,
        tolerance=criterion.tolerance,
        better=str(metric.better if metric else Better.NEITHER),
        asked=criterion.samples,
        most=criterion.max_samples,
        expect=criterion.expect,
        level=criterion.level,
        values=_values(sources, numbers, metric, unit),
        past=_past(sources, full, verdict.unit),
    )


def _past(sources: Sources, full: str, unit: str) -> tuple[tuple[str, float], ...]:
    """What earlier runs came to, in the unit of the verdict."""
    told = ((one.run, value_in(one, unit)) for one in earlier_of(sources.state, full)[-PAST_SHOWN:])
    return tuple((run, value) for run, value in told if value is not None)


PAST_SHOWN: Final = 9
MOST_VALUES: Final = 10_000
"""Of a criterion, that a plot is drawn from; the journal has them all."""


def _values(sources: Sources, numbers: Sequence[int], metric: Metric | None, unit: str) -> tuple[float, ...]:
    """The derived values of the figures in the target's unit; none where they cannot be converted."""
    found: list[float] = []
    for number in numbers:
        figure = sources.figures[number - 1]
        shown = metric.unit if metric else figure.measurement.unit
        if compatible(figure.measurement.unit, unit) and compatible(shown, unit):
            factor = conversion(figure.measurement.unit, unit)
            found += [times(value, factor) for value in figure.values[: MOST_VALUES - len(found)]]
    return tuple(found)


def _rests_on(sources: Sources, criterion: Criterion, verdict: Verdict) -> tuple[int, ...]:
    return tuple(
        figure.number
        for figure in sources.by_task.get(verdict.task or "", ())
        if figure.measurement.metric == criterion.metric
    )


def _not_judged(criterion: str, unit: str) -> Verdict:
    return Verdict(criterion, Outcome.UNPROVEN, Why.NO_EVIDENCE, NOT_JUDGED, unit)


def criteria_of(sections: Sequence[GroupSection]) -> Mapping[str, CriterionRow]:
    """Every criterion's row by its full id."""
    return {row.id: row for section in sections for row in section.criteria}
