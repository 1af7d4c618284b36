"""What was just measured, in a few words: a first look, without interval or verdict."""

from collections.abc import Iterable, Mapping

from orchestrator.evidence.estimate import derived_unit, pairwise
from orchestrator.evidence.forms import RULES
from orchestrator.evidence.measurement import Comparison, Measurement, Samples, Trend
from orchestrator.evidence.metric import Metric
from orchestrator.evidence.packed import middle

SHOWN = 3


def figures(metrics: Mapping[str, Metric], measurements: Iterable[Measurement]) -> str:
    """`buffer.hit_rate 97.3 %, pool.leaks 0 leaks`, of the first three; more are counted."""
    told = [_figure(metrics.get(one.metric), one) for one in measurements]
    more = [f"and {len(told) - SHOWN} more"] if len(told) > SHOWN else []
    return ", ".join([*told[:SHOWN], *more])


def _figure(metric: Metric | None, measurement: Measurement) -> str:
    fits = metric is not None and isinstance(measurement.data, RULES[metric.form].data)
    value = _value(metric, measurement) if metric is not None and fits else None
    if metric is None or value is None:
        return measurement.metric
    return f"{metric.name} {value:.4g} {derived_unit(metric.form, measurement)}"


def _value(metric: Metric, measurement: Measurement) -> float | None:
    """The median of samples or pairs; a line's slope takes more than a glance."""
    match measurement.data:
        case Samples(values=values):
            pass
        case Comparison(treatment=treatment, baseline=baseline):
            values = pairwise(metric.form, treatment, baseline) if len(treatment) == len(baseline) else ()
        case Trend():
            return None
    return middle(values)
