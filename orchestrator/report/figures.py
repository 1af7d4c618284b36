"""The appendix's figures: every measurement with a value that follows from its samples alone.

A journal holds measurements, not the declarations of their metrics, so a comparison in % is shown as the signed change
of the treatment against the baseline; a criterion's own value (a reduction, say) stands in its verdict.
"""

from collections.abc import Mapping

from orchestrator.evidence.estimate import Refusal
from orchestrator.evidence.judge import summarise
from orchestrator.evidence.measurement import Comparison, Measurement, Samples, Trend
from orchestrator.evidence.metric import Better, Form, Metric
from orchestrator.graph.model import TaskGraph
from orchestrator.report.model import Figure, FileRow
from orchestrator.state.run import TaskRecord
from orchestrator.state.transitions import Status


def figures_of(graph: TaskGraph, tasks: Mapping[str, TaskRecord]) -> tuple[Figure, ...]:
    """Every measurement of the tasks that succeeded, numbered in graph order."""
    found = [
        (record, measurement)
        for record in _proven(graph, tasks)
        for measurement in (record.evidence.measurements if record.evidence else ())
    ]
    return tuple(_figure(number, record, each) for number, (record, each) in enumerate(found, 1))


def files_of(graph: TaskGraph, tasks: Mapping[str, TaskRecord]) -> tuple[FileRow, ...]:
    """Every artifact of the tasks that succeeded, numbered in graph order."""
    found = [
        (record, artifact)
        for record in _proven(graph, tasks)
        for artifact in (record.evidence.artifacts if record.evidence else ())
    ]
    return tuple(FileRow(n, record.id, record.attempt, artifact) for n, (record, artifact) in enumerate(found, 1))


def _proven(graph: TaskGraph, tasks: Mapping[str, TaskRecord]) -> list[TaskRecord]:
    records = [tasks[task] for task in graph.nodes if task in tasks]
    return [record for record in records if record.status is Status.SUCCEEDED]


def _figure(number: int, record: TaskRecord, measurement: Measurement) -> Figure:
    form, what = _form(measurement)
    metric = Metric(measurement.metric, measurement.unit, Better.NEITHER, form)
    found = summarise(metric, measurement)
    if isinstance(found, Refusal):
        return Figure(number, record.id, record.attempt, measurement, what, None, None, None, found.n, found.detail)
    low, high = found.spread or (found.low, found.high)
    return Figure(number, record.id, record.attempt, measurement, what, found.value, low, high, found.n)


def _form(measurement: Measurement) -> tuple[Form, str]:
    match measurement.data:
        case Samples(values=values):
            return Form.SAMPLES, "median" if len(values) > 1 else "value"
        case Comparison(exact=exact):
            if measurement.unit == "x":
                return Form.SPEEDUP, "speed-up"
            return Form.INCREASE, "mean change" if exact else "median change"
        case Trend():
            return (Form.R_SQUARED, "R squared") if measurement.unit == "1" else (Form.SLOPE, "slope")
