"""Whether a successful task runs again, because a criterion is undecided and its plan allows more samples. Pure."""

from collections.abc import Mapping, Sequence

from orchestrator.engine.levels import demand_at
from orchestrator.engine.promises import declared_metrics, metrics_of
from orchestrator.evidence.criterion import Demand, wants_more
from orchestrator.evidence.pooling import Batch, pool
from orchestrator.graph.model import TaskGraph
from orchestrator.plan.model import Criterion, Plan
from orchestrator.runner import Runner


class Sampling:
    """The criteria of a plan that allow more samples, by the tasks that they rest on."""

    def __init__(self, plan: Plan, graph: TaskGraph, runners: Mapping[str, Runner]) -> None:
        sequential = [
            (group, criterion)
            for group, spec in plan.groups.items()
            for criterion in spec.success_criteria
            if criterion.max_samples is not None
        ]
        self._demands: dict[str, list[Demand]] = {}
        metrics = declared_metrics(graph, runners) if sequential else {}
        for group, criterion in sequential:
            if criterion.metric in metrics:
                demand = demand_at(plan, f"{group}.{criterion.id}", metrics[criterion.metric])
                for task in rested_on(graph, runners, group, criterion):
                    self._demands.setdefault(task, []).append(demand)

    def asking(self, task: str, batches: Sequence[Batch]) -> tuple[str, ...]:
        """The criteria that ask the task for more samples, given what all its attempts left, the latest last.

        If an attempt added no sample of a metric, the task does not run again for that metric.
        """
        fresh = {each.metric for each in batches[-1][1].measurements if each.size}
        wanted = [demand for demand in self._demands.get(task, ()) if demand.metric.name in fresh]
        pooled = pool(batches).measurements if wanted else ()
        return tuple(
            demand.criterion
            for demand in wanted
            if any(wants_more(demand, each) for each in pooled if each.metric == demand.metric.name)
        )


def rested_on(graph: TaskGraph, runners: Mapping[str, Runner], group: str, criterion: Criterion) -> tuple[str, ...]:
    """The tasks whose measurements count, as `judging.candidates` chooses them.

    That is the named task, else the tasks of the own group, else those of any group.
    """
    if criterion.from_ is not None:
        return (criterion.from_ if "." in criterion.from_ else f"{group}.{criterion.from_}",)
    promising = [
        node
        for node in graph.nodes.values()
        if any(metric.name == criterion.metric for metric in metrics_of(node.task, runners))
    ]
    own = [node.id for node in promising if node.group == group]
    return tuple(own or (node.id for node in promising))
