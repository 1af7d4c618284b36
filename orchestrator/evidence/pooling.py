"""Pool the evidence of several attempts of one task. Samples are appended, never replaced or selected. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from orchestrator.evidence.measurement import Artifact, Comparison, Evidence, Measurement, Negative, Samples, Trend

Batch = tuple[int, Evidence]
"""An attempt's number and what it left."""

Key = tuple[str, int]
"""A metric and the how-manieth recording of it within an attempt."""


def pool(batches: Sequence[Batch]) -> Evidence:
    """The evidence of all attempts together; of a single one, as it is.

    The n-th recording of a metric continues the n-th of the attempt before. Where the two are not alike (another unit,
    form or kind of arms), both stand as measurements of their own. Files of earlier attempts are named
    `attempt-1/pool.json`. `cases` is the least of any attempt, since attempts examine the same cases again.
    """
    if len(batches) == 1:
        return batches[0][1]
    pooled: dict[Key, Measurement] = {}
    apart: list[Measurement] = []
    last = batches[-1][0]
    for attempt, evidence in batches:
        for key, one in _keyed(evidence):
            renamed = (
                one if attempt == last else replace(one, artifacts=tuple(_named(attempt, n) for n in one.artifacts))
            )
            before = pooled.get(key)
            if before is not None and not _alike(before, renamed):
                apart.append(before)
                before = None
            pooled[key] = renamed if before is None else _joined(before, renamed)
    return Evidence(
        measurements=(*apart, *pooled.values()),
        artifacts=tuple(_files(batches, last)),
        used=tuple({each.path: each for _, evidence in batches for each in evidence.used}.values()),
        origins=tuple(origin for _, evidence in batches for origin in evidence.origins),
    )


def _keyed(evidence: Evidence) -> Iterator[tuple[Key, Measurement]]:
    seen: Counter[str] = Counter()
    for measurement in evidence.measurements:
        yield (measurement.metric, seen[measurement.metric]), measurement
        seen[measurement.metric] += 1


def _files(batches: Sequence[Batch], last: int) -> Iterator[Artifact]:
    for attempt, evidence in reversed(batches):
        for each in evidence.artifacts:
            yield each if attempt == last else replace(each, name=_named(attempt, each.name))


def _named(attempt: int, name: str) -> str:
    return f"attempt-{attempt}/{name}"


def _alike(one: Measurement, other: Measurement) -> bool:
    return one.unit == other.unit and _kind(one) == _kind(other)


def _kind(measurement: Measurement) -> tuple[object, ...]:
    match measurement.data:
        case Samples():
            return ("samples",)
        case Comparison() as arms:
            return ("comparison", arms.arm_unit, arms.exact, bool(arms.control), bool(arms.labels))
        case Trend() as points:
            return ("trend", points.x_unit, points.y_unit)


def _joined(one: Measurement, other: Measurement) -> Measurement:
    cases = [each.cases for each in (one, other) if each.cases is not None]
    return replace(
        other,
        data=_appended(one.data, other.data),
        method=one.method if one.method == other.method else f"{one.method}; then: {other.method}",
        cases=min(cases) if len(cases) == 2 else None,
        artifacts=(*other.artifacts, *one.artifacts),
        batches=(*(one.batches or (one.size,)), *(other.batches or (other.size,))),
        negative=_negatives(one.negative, other.negative),
    )


def _negatives(one: Negative | None, other: Negative | None) -> Negative | None:
    """Both, appended: a later attempt's does not make that of an earlier one undone."""
    if one is None or other is None:
        return one or other
    return Negative(one.values + other.values, one.of if one.of == other.of else f"{one.of}; then: {other.of}")


def _appended(one: Samples | Comparison | Trend, other: Samples | Comparison | Trend) -> Samples | Comparison | Trend:
    match one, other:
        case Samples(), Samples():
            return Samples(one.values + other.values)
        case Comparison(), Comparison():
            return replace(
                one,
                treatment=one.treatment + other.treatment,
                baseline=one.baseline + other.baseline,
                control=one.control + other.control,
                labels=one.labels + other.labels,
                order=one.order + other.order,
            )
        case Trend(), Trend():
            return replace(one, x=one.x + other.x, y=one.y + other.y)
        case _:
            raise TypeError("only data of one kind can be put together")
