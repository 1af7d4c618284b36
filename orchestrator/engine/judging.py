"""Presents the evidence of a run to the judge, criterion by criterion."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path

from orchestrator.beneath import digest_below
from orchestrator.engine.fingerprints import differences
from orchestrator.engine.levels import levelled
from orchestrator.engine.promises import declared_metrics, metrics_of
from orchestrator.evidence.criterion import Candidate, demand_of
from orchestrator.evidence.draw import Draw
from orchestrator.evidence.measurement import Artifact, Evidence, Measurement
from orchestrator.evidence.metric import Better, Metric
from orchestrator.evidence.redraws import judge_with_draws
from orchestrator.evidence.verdict import Verdict
from orchestrator.graph.model import TaskGraph
from orchestrator.plan.model import Criterion, Plan
from orchestrator.state.run import RunState, earlier_of
from orchestrator.state.transitions import Status

Digest = Callable[[str], str | None]
"""The sha256 (hex) of a file by its path relative to the run's folder, None if there is no such file."""


def judge_run(
    plan: Plan, graph: TaskGraph, state: RunState, metrics: Mapping[str, Metric], digest: Digest
) -> Iterator[Verdict]:
    """A verdict for every criterion, in the plan's order. metrics: as they are declared, by name."""
    for full in plan.criteria:
        yield verdict_on(graph, state, full, levelled(plan, full), metrics, digest)


def verdict_on(  # noqa: PLR0913, PLR0917 - what a verdict follows from
    graph: TaskGraph,
    state: RunState,
    name: str,
    criterion: Criterion,
    metrics: Mapping[str, Metric],
    digest: Digest,
) -> Verdict:
    """The verdict on one criterion, by its full name "A.peak-memory"."""
    group = name.partition(".")[0]
    found = candidates(graph, state, group, criterion, digest)
    drawn = draws(graph, state, group, criterion, found)
    ignored = criterion.redraws.ignore if criterion.redraws else ""
    metric = metrics.get(criterion.metric) or _nobodys(criterion)
    demand = demand_of(name, criterion, metric, earlier_of(state, name))
    return judge_with_draws(demand, found, drawn, ignored)


def candidates(
    graph: TaskGraph, state: RunState, group: str, criterion: Criterion, digest: Digest
) -> tuple[Candidate, ...]:
    """The measurements that count for the criterion: of succeeded tasks only.

    If its `from` names a task, these are that task's measurements; else those of its own group. Other groups'
    measurements count only if all tasks of its own group succeeded and none measured the metric. So another group's
    figures never stand for a task that failed or never ran.
    """
    found = [
        (task, measurement)
        for task in graph.nodes
        for measurement in _measurements(state, task)
        if measurement.metric == criterion.metric
    ]
    if criterion.from_ is not None:
        chosen = [each for each in found if _named(each[0], group, criterion.from_)]
    else:
        own = [each for each in found if graph.nodes[each[0]].group == group]
        chosen = own or (found if _all_succeeded(graph, state, group) else [])
    return tuple(_candidate(state, task, measurement, digest) for task, measurement in chosen)


def draws(
    graph: TaskGraph, state: RunState, group: str, criterion: Criterion, found: Sequence[Candidate]
) -> list[tuple[Draw, str]]:
    """What else was drawn by the tasks that the criterion rests on, in order.

    Each draw comes with the reason why it does not count, empty if it does. found: the candidates. If a task is no
    candidate, only what it measured of the metric matters.
    """
    resting = {each.task for each in found}
    return [
        (draw, _why_not(graph, state, draw, resting))
        for task, drawn in state.draws.items()
        if task in resting or _may_rest_on(graph, task, group, criterion)
        for draw in drawn
        if (task in resting and draw.by_itself) or any(each.metric == criterion.metric for each in draw.measured)
    ]


def _may_rest_on(graph: TaskGraph, task: str, group: str, criterion: Criterion) -> bool:
    """Whether a task that is no candidate could be one. If the plan lost the task, only its name is known."""
    if criterion.from_ is not None and task in graph.nodes:
        return _named(task, group, criterion.from_)
    return (graph.nodes[task].group if task in graph.nodes else task.partition(".")[0]) == group


def _why_not(graph: TaskGraph, state: RunState, draw: Draw, resting: Collection[str]) -> str:
    """Why a draw does not count: it belongs to something other than what stands. Empty if it counts."""
    now = [draw.task] if draw.task in graph.nodes else list(resting)
    if any(_same_thing(graph, state, draw, task) for task in now):
        return ""
    return "it, or what it rests on, was changed since"


def _same_thing(graph: TaskGraph, state: RunState, draw: Draw, task: str) -> bool:
    """Whether the task, and every task above it, is unchanged since the draw was made."""
    then, now = state.turns[draw.turn].fingerprints, state.fingerprints
    if then is now and draw.task == task:
        return True
    pairs = [(draw.task, task), *((above, above) for above in graph.ancestors[task])]
    return all(was in then and not differences(then[was], now[name]) for was, name in pairs)


def _all_succeeded(graph: TaskGraph, state: RunState, group: str) -> bool:
    return all(
        state.tasks[task].status is Status.SUCCEEDED for task, node in graph.nodes.items() if node.group == group
    )


def stale(evidence: Evidence, measurement: Measurement, digest: Digest) -> bool:
    """Whether a file that the figure was computed from is gone or changed: its own, or one that it read of a task
    above.
    """
    files = {artifact.name: artifact for artifact in evidence.artifacts}
    if any(name not in files for name in measurement.artifacts):
        return True
    rested_on = (*(files[name] for name in measurement.artifacts), *evidence.used)
    return any(digest(each.path) != each.sha256 for each in rested_on)


def file_digest(folder: Path, *, told: bool = False) -> Digest:
    """The effect: digests of the files below `folder`, the run's. What was replaced by a link or a pipe is not there.

    told: whether a file that this user may not read raises PermissionError: it says nothing about the file. Otherwise
    it is not there either.
    """

    def digest(path: str) -> str | None:
        try:
            return digest_below(folder.parents[1], f"{folder.parent.name}/{folder.name}/{path}").sha256
        except PermissionError:
            if told:
                raise
        except OSError:
            pass
        return None

    return digest


def _measurements(state: RunState, task: str) -> tuple[Measurement, ...]:
    record = state.tasks[task]
    return record.evidence.measurements if record.status is Status.SUCCEEDED and record.evidence else ()


def _named(task: str, group: str, reference: str) -> bool:
    return task == (reference if "." in reference else f"{group}.{reference}")


def _candidate(state: RunState, task: str, measurement: Measurement, digest: Digest) -> Candidate:
    record = state.tasks[task]
    assert record.evidence is not None, "only tasks with evidence are candidates"
    read_otherwise = any(not _left_above(state, each) for each in record.evidence.used)
    return Candidate(task, record.attempt, measurement, read_otherwise or stale(record.evidence, measurement, digest))


def _left_above(state: RunState, used: Artifact) -> bool:
    """Whether the file that was read is the one that its task left, not one put in its place before it was read."""
    record = state.tasks.get(used.name.partition("/")[0])
    left = record.evidence.artifacts if record is not None and record.evidence else ()
    return any((each.path, each.sha256) == (used.path, used.sha256) for each in left)


def _nobodys(criterion: Criterion) -> Metric:
    """A metric that nobody declares: the judge will find no evidence for it."""
    return Metric(criterion.metric, criterion.target.unit or "1", Better.NEITHER)


__all__ = [
    "Digest",
    "candidates",
    "declared_metrics",
    "draws",
    "file_digest",
    "judge_run",
    "metrics_of",
    "stale",
    "verdict_on",
]
