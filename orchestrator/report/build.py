"""Build a report from plan and journal. Pure: no clock, no disk, nothing that is not in the journal."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from orchestrator.engine.contract import loosened_so_far
from orchestrator.evidence.verdict import Outcome
from orchestrator.graph.mermaid import to_page
from orchestrator.graph.model import TaskGraph
from orchestrator.graph.schedule import forecast
from orchestrator.plan.model import Plan
from orchestrator.report.agentwork import spent_rows
from orchestrator.report.claims import ledger
from orchestrator.report.failing import failing_first
from orchestrator.report.figures import figures_of, files_of
from orchestrator.report.groups import Sources, criteria_of, seconds_of, sections_of
from orchestrator.report.model import (
    AgentRow,
    ClaimRow,
    CriterionRow,
    ExpectedRow,
    Figure,
    GroupSection,
    JoinedRow,
    MilestoneRow,
    Move,
    ProgressRow,
    Report,
    RoundRow,
    Said,
    SuccessRow,
)
from orchestrator.report.people import people_rows
from orchestrator.report.since import since_of
from orchestrator.report.spans import Course, course_of
from orchestrator.state.events import Envelope
from orchestrator.state.fold import fold
from orchestrator.state.run import RunState
from orchestrator.state.transitions import Status

DRAWN = dict.fromkeys((Status.WAITING, Status.ASKED, Status.ANSWERED), "pending")
"""The graph has no colour of its own for the pause before a retry, nor for one that a person ends."""


def build_report(plan: Plan, graph: TaskGraph, envelopes: Iterable[Envelope], state: RunState | None = None) -> Report:
    """The report of the run, finished or not. state: what the envelopes come to, where that is known already.

    Raises IllegalTransition where the journal contradicts itself.
    """
    events = list(envelopes)
    state = fold(events) if state is None else state
    sources = _sources(plan, graph, state, course_of(events))
    sections = sections_of(sources)
    criteria = criteria_of(sections)
    counts = Counter(row.verdict.outcome.value for row in criteria.values())
    return Report(
        title=plan.title,
        summary=plan.summary,
        date=plan.date,
        run=state.run,
        plan_id=state.plan_id,
        plan_source=state.plan_source,
        plan_digest=state.plan_digest,
        settings=dict(sorted(state.settings.items())),
        environment=dict(sorted(state.environment.items())),
        command=state.command,
        events=len(events),
        outcome=_outcome(state, counts),
        standing=_standing(state),
        started_at=state.started_at,
        seconds=sources.course.seconds,
        planned_seconds=sources.schedule.makespan,
        expected=tuple(_expected(sources.course)),
        resumes=state.resumes,
        statuses=dict(sorted(Counter(task.status for section in sections for task in section.tasks).items())),
        counts={outcome.value: counts[outcome.value] for outcome in Outcome},
        success=_success(plan, criteria),
        criteria=failing_first(criteria.values()),
        groups=sections,
        milestones=_milestones(plan, sections),
        agents=_agents(sources),
        recommendations=_said(sources, "recommendation:"),
        bottlenecks=_said(sources, "bottleneck:"),
        moves=tuple(_moves(sources)),
        claims=ledger(graph, state, sources.course, sources.figures, _spoken(sources, criteria)),
        progress=tuple(_progress(sources.course)),
        next_steps=plan.next_steps,
        figures=sources.figures,
        files=sources.files,
        graph=_drawn(sources, sections),
        rounds=tuple(_rounds(sources)),
        joined=tuple(_joined(sources)),
        spent=tuple(spent_rows(plan, graph, state)),
        loosened=loosened_so_far(plan, graph, state),
        people=tuple(people_rows(graph, state)),
        since=since_of(state, tuple(criteria.values())),
    )


def _sources(plan: Plan, graph: TaskGraph, state: RunState, course: Course) -> Sources:
    figures, files = figures_of(graph, state.tasks, state.metrics), files_of(graph, state.tasks)
    by_task: dict[str, list[Figure]] = {}
    for figure in figures:
        by_task.setdefault(figure.task, []).append(figure)
    return Sources(plan, graph, state, course, forecast(plan, graph), figures, files, by_task)


def _progress(course: Course) -> Iterator[ProgressRow]:
    for at, seq, event in course.progress:
        yield ProgressRow(at, event.settled, event.total, event.running, seq)


def _joined(sources: Sources) -> Iterator[JoinedRow]:
    """What merges made of hand-ins, of the tasks that the plan still has."""
    for task, record in sources.state.tasks.items():
        if task in sources.graph.nodes:
            yield from (JoinedRow(task, each) for each in record.joined)


def _rounds(sources: Sources) -> Iterator[RoundRow]:
    """Every round that was judged, by task in the plan's order."""
    for task, node in sources.graph.nodes.items():
        record = sources.state.tasks.get(task)
        for each in record.rounds if record else ():
            yield RoundRow(task, node.agent, node.task.rounds, each)


def _spoken(sources: Sources, criteria: Mapping[str, CriterionRow]) -> Iterator[ClaimRow]:
    """The figures in what agents said of their rounds."""
    if not sources.course.rounds:
        return iter(())
    from orchestrator.report.spoken import spoken  # noqa: PLC0415 - it reads prose, which most runs have none of

    return spoken(sources.graph, sources.course, criteria)


def _outcome(state: RunState, counts: Mapping[str, int]) -> Outcome:
    failed = any(record.status is Status.FAILED and not record.tolerated for record in state.tasks.values())
    cancelled = any(record.status is Status.CANCELLED for record in state.tasks.values())
    if failed or cancelled or counts[Outcome.FAIL.value]:
        return Outcome.FAIL
    proven = state.exit_code == 0 and counts[Outcome.PASS.value] and not counts[Outcome.UNPROVEN.value]
    return Outcome.PASS if proven else Outcome.UNPROVEN


def _standing(state: RunState) -> str:
    if state.finished:
        return f"finished with exit code {state.exit_code}"
    if state.waits or state.asking:
        return f"not finished: it waits for people ({', '.join(state.waits or state.asking)})"
    if state.interrupted is not None:
        return f"interrupted ({state.interrupted}); it can be resumed"
    return "not finished"


def _expected(course: Course) -> Iterator[ExpectedRow]:
    """A turn ends where the next one begins, or with the run."""
    ends = [*(at for at, _, _ in course.expected), course.seconds][1:]
    for (at, seq, event), end in zip(course.expected, ends, strict=True):
        yield ExpectedRow(event.seconds, event.basis, end - at, seq)


def _success(plan: Plan, criteria: Mapping[str, CriterionRow]) -> tuple[SuccessRow, ...]:
    return tuple(
        SuccessRow(row.metric, row.target, criteria[name])
        for row in plan.success_metrics
        for name in row.criteria
        if name in criteria
    )


def _milestones(plan: Plan, sections: Sequence[GroupSection]) -> tuple[MilestoneRow, ...]:
    ends = {section.id: section.end for section in sections}
    return tuple(MilestoneRow(each.event, each.done, each.at, _reached(each.done, ends)) for each in plan.timeline)


def _reached(groups: Sequence[str], ends: Mapping[str, float | None]) -> float | None:
    known = [end for end in (ends.get(group) for group in groups) if end is not None]
    return max(known) if known and len(known) == len(groups) else None


def _agents(sources: Sources) -> tuple[AgentRow, ...]:
    rows = []
    for name, agent in sources.plan.agents.items():
        tasks = [task for task, node in sources.graph.nodes.items() if node.agent == name]
        busy = sum(seconds_of(sources.course.spans.get(task, [])) or 0.0 for task in tasks)
        groups = sources.plan.groups.items()
        rows.append(
            AgentRow(
                name=name,
                specialty=agent.specialty,
                duty=agent.duty,
                capacity=agent.capacity,
                leads=tuple(key for key, group in groups if group.lead == name),
                supports=tuple(key for key, group in groups if name in group.supporting),
                tasks=len(tasks),
                planned=sources.schedule.load[name].busy,
                busy=busy,
            )
        )
    return tuple(rows)


def _moves(sources: Sources) -> Iterator[Move]:
    """Resumes in an environment that differs in more than the load of the moment."""
    for (_, before), (seq, after) in pairwise(sources.course.environments):
        names = sorted(({*before} | {*after}) - {"load"})
        told = ((name, before.get(name, ""), after.get(name, "")) for name in names)
        differences = tuple(one for one in told if one[1] != one[2])
        if differences:
            yield Move(seq, differences)


def _said(sources: Sources, prefix: str) -> tuple[Said, ...]:
    """Notes of the attempts that count, in the order in which they were said, without repetitions."""
    found: dict[str, Said] = {}
    for seq, note in sources.course.notes:
        node, record = sources.graph.nodes.get(note.task), sources.state.tasks.get(note.task)
        if node is None or record is None or record.attempt != note.attempt:
            continue
        if note.text.lower().startswith(prefix):
            text = note.text[len(prefix) :].strip()
            found.setdefault(text, Said(text, note.task, node.agent, seq))
    return tuple(found.values())


def _drawn(sources: Sources, sections: Sequence[GroupSection]) -> str:
    records = sources.state.tasks
    shown = {status: DRAWN.get(status, str(status)) for status in Status}
    outcomes = {task: shown[records[task].status] if task in records else "pending" for task in sources.graph.nodes}
    figures = {section.id: _figure(section) for section in sections}
    return to_page(sources.graph, sources.plan, outcomes, figures, sources.schedule.critical_path)


def _figure(section: GroupSection) -> str:
    """What of a group's criteria passed; "" where it has none."""
    passed = sum(row.verdict.outcome is Outcome.PASS for row in section.criteria)
    return f"{passed} of {len(section.criteria)} PASS" if section.criteria else ""
