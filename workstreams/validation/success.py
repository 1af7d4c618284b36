"""The success-metrics table: what was measured for each of the plan's metrics, and which has no evidence at all."""

from collections.abc import Mapping, Sequence
from typing import Final

from orchestrator.evidence.criterion import summarise
from orchestrator.evidence.measurement import Measurement
from orchestrator.evidence.metric import Better, Metric
from orchestrator.evidence.rules.rule import Refusal
from orchestrator.registry import load_registry
from orchestrator.runner import Runner, TaskContext
from workstreams.tables import Cell, markdown_table
from workstreams.upstream import write_text

MISSING: Final = Metric(
    "validation.metrics_without_evidence",
    "metrics",
    Better.LOWER,
    description="Asked-for metrics that no task above measured",
)


def known_metrics() -> dict[str, Metric]:
    """Every metric that any registered runner declares, by name."""
    return {metric.name: metric for runner in load_registry().values() for metric in runner.metrics}


def measured(context: TaskContext) -> dict[str, tuple[str, Measurement]]:
    """By metric: the task and the measurement that came last in the plan's order."""
    return {it.metric: (task.task, it) for task in context.inputs.values() for it in task.measurements}


def row_of(name: str, metric: Metric | None, task: str, measurement: Measurement) -> list[Cell]:
    """A line of the table. A measurement without a summary says why."""
    found = summarise(metric, measurement) if metric else None
    if found is None:
        return [name, "metric not registered", "", "", "", measurement.unit, task]
    if isinstance(found, Refusal):
        return [name, found.detail, "", "", "", measurement.unit, task]
    return [name, found.value, found.low, found.high, found.n, found.unit, task]


def table(
    names: Sequence[str], found: Mapping[str, tuple[str, Measurement]], metrics: Mapping[str, Metric]
) -> list[list[Cell]]:
    """The requested metrics in their order. A metric that was not measured gets a line too."""
    return [
        row_of(name, metrics.get(name), *found[name]) if name in found else [name, "not measured", "", "", "", "", ""]
        for name in names
    ]


def success_metrics(context: TaskContext) -> None:
    """Report which of the metrics named by the parameter `metrics` have evidence.

    Verdicts are the orchestrator's to give.
    """
    found = measured(context)
    asked = context.params.get("metrics") or sorted(found)
    names = [str(name) for name in (asked if isinstance(asked, list | tuple) else [asked])]
    missing = [name for name in names if name not in found]
    rows = table(names, found, known_metrics())
    titles = ["metric", "value", "low", "high", "samples", "unit", "task"]
    heading = (
        "# Evidence for the success metrics\n\nValues and 95 % intervals; whether a target is met stands in the "
        "report.\n\n"
    )
    write_text(context, "success-metrics.md", heading + markdown_table(titles, rows), title="Success metrics")
    context.note(
        f"{len(names) - len(missing)} of {len(names)} measured; without evidence: {', '.join(missing) or 'none'}"
    )
    context.samples(
        MISSING,
        [len(missing)],
        cases=len(names),
        method="metrics of the plan's success table for which a task above left a measurement",
        artifacts=["success-metrics.md"],
        negative=[sum(name not in found for name in ("no.such.metric",))],
        negative_of="a metric that nobody measures",
    )


SUCCESS_METRICS: Final = Runner(
    "validation.success_metrics", success_metrics, (MISSING,), "Evidence for the success table"
)
