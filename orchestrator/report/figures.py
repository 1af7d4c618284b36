"""The appendix's figures: every measurement with a value that follows from its samples alone.

A journal holds the declaration of a metric only where a criterion was judged by it. Without one, a comparison in % is
shown as the signed change of the treatment against the baseline.
"""

from collections.abc import Mapping

from orchestrator.evidence.criterion import summarise
from orchestrator.evidence.estimate import as_declared
from orchestrator.evidence.forms import RULES, guessed
from orchestrator.evidence.measurement import Comparison, Measurement, Samples
from orchestrator.evidence.metric import Better, Form, Metric
from orchestrator.evidence.rules.rule import Refusal
from orchestrator.graph.model import TaskGraph
from orchestrator.report.model import Figure, FileRow
from orchestrator.state.run import TaskRecord
from orchestrator.state.transitions import Status


def figures_of(graph: TaskGraph, tasks: Mapping[str, TaskRecord], metrics: Mapping[str, Metric]) -> tuple[Figure, ...]:
    """Every measurement of the tasks that succeeded, numbered in graph order. metrics: the declared ones that are
    known.
    """
    found = [
        (record, measurement)
        for record in _proven(graph, tasks)
        for measurement in (record.evidence.measurements if record.evidence else ())
    ]
    return tuple(_figure(number, record, each, metrics) for number, (record, each) in enumerate(found, 1))


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


def _figure(number: int, record: TaskRecord, measurement: Measurement, metrics: Mapping[str, Metric]) -> Figure:
    known = metrics.get(measurement.metric)
    form = guessed(measurement) if known is None else known.form
    metric = Metric(measurement.metric, measurement.unit, Better.NEITHER, form, exact=known is None or known.exact)
    what = _words(form, as_declared(metric, measurement))
    found = summarise(metric, measurement)
    if isinstance(found, Refusal):
        return Figure(
            number, record.id, record.attempt, measurement, what, None, None, None, found.n, found.detail, form=form
        )
    low, high = found.spread or (found.low, found.high)
    return Figure(
        number, record.id, record.attempt, measurement, what, found.value, low, high, found.n, "", found.values, form
    )


def _words(form: Form, measurement: Measurement) -> str:
    word = RULES[form].word
    match measurement.data:
        case Samples(values=values) if form is Form.SAMPLES:
            return "median" if len(values) > 1 else word
        case Comparison(exact=exact) if RULES[form].pair is not None:
            return f"{'mean' if exact else 'median'} {word}"
    return word
