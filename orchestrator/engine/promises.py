"""What the tasks of a plan promise to measure: their runners' metrics and those that the plan declares. Pure."""

from collections.abc import Mapping

from orchestrator.evidence.metric import Metric
from orchestrator.graph.model import TaskGraph
from orchestrator.plan.model import Task
from orchestrator.runner import Runner


def declared_metrics(graph: TaskGraph, runners: Mapping[str, Runner]) -> dict[str, Metric]:
    """Every metric that a task of the graph promises, by name."""
    return {metric.name: metric for node in graph.nodes.values() for metric in metrics_of(node.task, runners)}


def metrics_of(task: Task, runners: Mapping[str, Runner]) -> tuple[Metric, ...]:
    """What the task may record: its runner's metrics, and those that the plan declares for it."""
    runner = runners.get(task.run) if task.run else None
    said = tuple(
        Metric(each.name, each.unit, each.better, each.form, each.description, each.exact) for each in task.metrics
    )
    return said if runner is None else (*runner.metrics, *said)
