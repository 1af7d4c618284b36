"""The confidence level of a criterion whose hand-in has several rounds. Pure."""

from orchestrator.evidence.criterion import Demand, demand_of
from orchestrator.evidence.metric import Metric
from orchestrator.plan.handins import briefed, full_id
from orchestrator.plan.model import Criterion, Plan


def levelled(plan: Plan, full: str) -> Criterion:
    """A criterion, by its full id, at the confidence level of one of its looks."""
    criterion = plan.criteria[full]
    level = shared_level(plan, full)
    return criterion if level == criterion.level else criterion.model_copy(update={"level": level})


def demand_at(plan: Plan, full: str, metric: Metric) -> Demand:
    """What a criterion demands of one look."""
    return demand_of(full, levelled(plan, full), metric)


def shared_level(plan: Plan, full: str) -> float:
    """The confidence level of one look at a criterion, if hand-ins are measured until it passes.

    Every round is another chance to pass by luck. So the permitted error rate is divided by the number of rounds
    (Bonferroni).
    """
    level = plan.criteria[full].level
    rounds = sum(
        task.rounds
        for name, task in briefed(plan).items()
        if full in {full_id(name.partition(".")[0], each) for each in task.until}
    )
    return level if rounds <= 1 else 1 - (1 - level) / rounds
