"""Lays the evidence of a run before the judge, criterion by criterion."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from orchestrator.beneath import digest_below
from orchestrator.evidence.judge import Candidate, Demand, demand_of, judge
from orchestrator.evidence.measurement import Artifact, Evidence, Measurement
from orchestrator.evidence.metric import Better, Metric
from orchestrator.evidence.verdict import Verdict
from orchestrator.graph.model import TaskGraph
from orchestrator.plan.handins import briefed, full_id
from orchestrator.plan.model import Criterion, Plan, Task
from orchestrator.runner import Runner
from orchestrator.state.run import RunState
from orchestrator.state.transitions import Status

Digest = Callable[[str], str | None]
"""The sha256 (hex) of a file by its path relative to the run's folder, None where there is no such file."""


def judge_run(
    plan: Plan, graph: TaskGraph, state: RunState, metrics: Mapping[str, Metric], digest: Digest
) -> Iterator[Verdict]:
    """A verdict for every criterion, in the plan's order. metrics: as they are declared, by name."""
    for criterion in plan.criteria:
        yield verdict_on(plan, graph, state, metrics, digest, criterion)


def verdict_on(  # noqa: PLR0913, PLR0917 - what is judged, by what, and on what
    plan: Plan, graph: TaskGraph, state: RunState, metrics: Mapping[str, Metric], digest: Digest, full: str
) -> Verdict:
    """The verdict on one criterion, by its full id."""
    criterion = plan.criteria[full]
    metric = metrics.get(criterion.metric) or _nobodys(criterion)
    return judge(
        demand_at(plan, full, metric), candidates(graph, state, full.split(".", maxsplit=1)[0], criterion, digest)
    )


def demand_at(plan: Plan, full: str, metric: Metric) -> Demand:
    """What a criterion demands, at the confidence that one of its looks needs."""
    return demand_of(full, plan.criteria[full].model_copy(update={"level": shared_level(plan, full)}), metric)


def shared_level(plan: Plan, full: str) -> float:
    """The confidence that one look at a criterion needs, where hand-ins are measured until it passes.

    Every round is another chance to pass by luck, so that what the level leaves to luck is divided over all rounds (Bonferroni).
    """
    level = plan.criteria[full].level
    rounds = sum(
        task.rounds
        for name, task in briefed(plan).items()
        if full in {full_id(name.split(".")[0], each) for each in task.until}
    )
    return level if rounds <= 1 else 1 - (1 - level) / rounds


def candidates(
    graph: TaskGraph, state: RunState, group: str, criterion: Criterion, digest: Digest
) -> tuple[Candidate, ...]:
    """The measurements that count for the criterion: of succeeded tasks only.

    Those of the task that its `from` names; without one, its own group's; and other groups' only where no task of its own
    group measured the metric though all of them succeeded: another's figures do not stand for a task that failed or never ran.
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


def _all_succeeded(graph: TaskGraph, state: RunState, group: str) -> bool:
    return all(
        state.tasks[task].status is Status.SUCCEEDED for task, node in graph.nodes.items() if node.group == group
    )


def declared_metrics(graph: TaskGraph, runners: Mapping[str, Runner]) -> dict[str, Metric]:
    """Every metric that a task of the graph promises, by name."""
    return {metric.name: metric for node in graph.nodes.values() for metric in metrics_of(node.task, runners)}


def metrics_of(task: Task, runners: Mapping[str, Runner]) -> tuple[Metric, ...]:
    """What the task may record: its runner's metrics and those that the plan declares for it."""
    runner = runners.get(task.run or "")
    said = tuple(Metric(each.name, each.unit, each.better, each.form, each.description) for each in task.metrics)
    return said if runner is None else (*runner.metrics, *said)


def stale(evidence: Evidence, measurement: Measurement, digest: Digest) -> bool:
    """Whether a file that the figure was computed from is gone or changed: its own, or one of a task above that was read."""
    files = {artifact.name: artifact for artifact in evidence.artifacts}
    if any(name not in files for name in measurement.artifacts):
        return True
    rested_on = (*(files[name] for name in measurement.artifacts), *evidence.used)
    return any(digest(each.path) != each.sha256 for each in rested_on)


def file_digest(folder: Path) -> Digest:
    """The effect: digests of the files below `folder`, the run's. What was replaced by a link or a pipe is not there."""

    def digest(path: str) -> str | None:
        try:
            return digest_below(folder.parents[1], f"{folder.parent.name}/{folder.name}/{path}").sha256
        except OSError:
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
    """Whether a file that was read is the one that its task left, not one that was put in its place before it was read."""
    record = state.tasks.get(used.name.partition("/")[0])
    left = record.evidence.artifacts if record is not None and record.evidence else ()
    return any((each.path, each.sha256) == (used.path, used.sha256) for each in left)


def _nobodys(criterion: Criterion) -> Metric:
    """A metric that nobody declares: the judge will find no evidence for it."""
    return Metric(criterion.metric, criterion.target.unit, Better.NEITHER)
