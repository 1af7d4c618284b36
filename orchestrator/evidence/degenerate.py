"""Detect data with less information than they seem to have: pasted samples, arms that repeat each other, points at only
two places. Pure.

Two clock readings are never equal to the last digit again and again. So if a unit contains a time, equal values mean
that nothing was measured anew. Counts and sizes may be equal.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from math import isclose
from typing import Any, Final, TypeVar, cast

from orchestrator.evidence.measurement import Comparison, Measurement, Samples, Trend
from orchestrator.evidence.packed import Figures, all_equal, chained, numbers_of, period, tally
from orchestrator.evidence.units import COUNTS, UnitError, dimension

Row = TypeVar("Row", bound=Hashable)

FEWEST_APART: Final = 3
"""Different values within what was pasted: fewer may come again by chance where a clock is coarse."""
FEWEST_SHUFFLED: Final = 6
"""The same where the repetitions are in another order."""
FEWEST_TIMES: Final = 3
"""How often a sequence stands there before it counts once; twice is only told, as a coarse clock may do that."""

SAME_PLACE: Final = 0.01
"""Part of the range of all x within which points lie at one place: fifty points about two of them say as little of
a line as two do.
"""


def places(x: Sequence[float]) -> int:
    """At how many places points lie that can be told from each other by their x. x: finite, at least one."""
    ordered, at, count = sorted(x), 0, 0
    apart = (ordered[-1] - ordered[0]) * SAME_PLACE
    while at < len(ordered):
        at, count = bisect_right(ordered, ordered[at] + apart), count + 1
    return count


def holds_time(unit: str) -> bool:
    """Whether the unit is one of time or a quotient with one: ms, MB/s, 1/s. False for an unknown unit."""
    try:
        return "time" in dimension(unit).split("/")
    except UnitError:
        return False


def distinct(measurement: Measurement) -> tuple[Measurement, str]:
    """The measurement without what was pasted, and what is to be told of that, empty where nothing was.

    Samples and pairs count once where a clock made them and an attempt recorded one sequence three times over or more.
    Points count once where not more than half of them differ from the others.
    """
    match measurement.data:
        case Samples(values=values) if holds_time(measurement.unit):
            kept, told = _once(values, measurement.batches, "samples")
            return (replace(measurement, data=Samples(kept)) if len(kept) < len(values) else measurement), told
        case Comparison() as arms if holds_time(arms.arm_unit):
            return _pairs_once(measurement, arms)
        case Trend() as points:
            return _points_once(measurement, points)
        case _:
            return measurement, ""


def repeated_arm(arms: Comparison) -> str:
    """Which arm repeats another, in words; empty where none does, or where no clock made them.

    An arm repeats another where four of five of its values or more are those of the other, to the last digit.
    """
    if not holds_time(arms.arm_unit):
        return ""
    named = {"treatment": arms.treatment, "control": arms.control, "baseline": arms.baseline}
    for one, other in (("control", "baseline"), ("treatment", "baseline"), ("treatment", "control")):
        same = sum(a == b for a, b in zip(named[one], named[other], strict=False))
        if 5 * same >= 4 * len(named[one]) > 0:
            return (
                f"{same} of the {len(named[one])} values of the {one} are those of the {other} to the last digit, "
                "which no clock gives: measure that arm by itself, and record all digits"
            )
    return ""


def ties(measurement: Measurement, values: Sequence[float], low: float, high: float) -> str:
    """What is to be told of data without any spread, empty where they have one or where they are counts.

    values: derived from each sample, empty for points. low, high: of the interval.
    """
    if isinstance(measurement.data, Trend):
        return (
            "the points lie on one line to the last digit, so the interval has no width" if isclose(low, high) else ""
        )
    if len(values) < 2 or not all_equal(values) or _counted(measurement):
        return ""
    noun = "pairs" if isinstance(measurement.data, Comparison) else "samples"
    return f"all {len(values)} {noun} come to the same, so the interval has no width"


def _counted(measurement: Measurement) -> bool:
    try:
        return dimension(measurement.unit) in COUNTS.values()
    except UnitError:
        return False


def _pairs_once(measurement: Measurement, arms: Comparison) -> tuple[Measurement, str]:
    columns = [arms.treatment, arms.baseline, *([arms.control] if arms.control else [])]
    if len({len(column) for column in columns}) > 1:
        return measurement, ""
    rows = list(zip(*columns, strict=True))
    kept, told = _once(rows, measurement.batches, "pairs")
    if len(kept) == len(rows):
        return measurement, told
    treatment, baseline, *control = zip(*kept, strict=True)
    once = Comparison(treatment, baseline, arms.arm_unit, control[0] if control else (), arms.exact)
    return replace(measurement, data=once), told


def _points_once(measurement: Measurement, points: Trend) -> tuple[Measurement, str]:
    once = dict.fromkeys(zip(points.x, points.y, strict=False))
    if len(points.x) != len(points.y) or 2 * len(once) > len(points.x):
        return measurement, ""
    kept = replace(points, x=tuple(x for x, _ in once), y=tuple(y for _, y in once))
    return replace(measurement, data=kept), _told(len(points.x), len(once), "points")


def _once(rows: Sequence[Row], batches: Sequence[int], noun: str) -> tuple[tuple[Any, ...], str]:
    """The rows without repetitions of a whole sequence within an attempt, and what is to be told."""
    found = [(_pasted(part), part) for part in _by_attempt(rows, batches)]
    if all(once is None for once, _ in found):
        return cast("tuple[Any, ...]", rows), ""
    often = [once is not None and len(part) >= FEWEST_TIMES * len(once) for once, part in found]
    parts: list[Sequence[Any]] = [
        once if paste and once else part for (once, part), paste in zip(found, often, strict=True)
    ]
    kept = chained(parts) if isinstance(rows, Figures) else tuple(chain.from_iterable(parts))
    if any(often):
        return kept, _told(len(rows), len(kept), noun)
    return kept, f"one sequence of {noun} stands there twice, to the last digit"


def _by_attempt(rows: Sequence[Row], batches: Sequence[int]) -> Iterator[Sequence[Row]]:
    start = 0
    for size in batches or (len(rows),):
        yield rows[start : start + size]
        start += size


def _pasted(rows: Sequence[Row]) -> Sequence[Row] | None:
    """The sequence that the rows are several times over; None where they are not."""
    if isinstance(rows, Figures):
        return _pasted_figures(rows)
    counts = Counter(rows)
    if len(counts) < FEWEST_APART or min(counts.values()) < 2:
        return None
    length = _period(rows)
    if length is not None:
        return tuple(rows[:length])
    return tuple(counts) if len(set(counts.values())) == 1 and len(counts) >= FEWEST_SHUFFLED else None


def _pasted_figures(rows: Figures) -> Sequence[Any] | None:
    """The same for arrays."""
    found, counts = tally(rows)
    if len(found) < FEWEST_APART or counts.min() < 2:
        return None
    once = period(rows)
    if once is not None:
        return rows[:once]
    return numbers_of([found]) if counts.min() == counts.max() and len(found) >= FEWEST_SHUFFLED else None


def _period(rows: Sequence[Row]) -> int | None:
    """The shortest block that repeated gives the rows whole, by the borders of their beginnings (Knuth, Morris &
    Pratt 1977).
    """
    borders = [0] * len(rows)
    for place in range(1, len(rows)):
        border = borders[place - 1]
        while border and rows[place] != rows[border]:
            border = borders[border - 1]
        borders[place] = border + (rows[place] == rows[border])
    period = len(rows) - borders[-1]
    return period if period < len(rows) and len(rows) % period == 0 else None


def _told(n: int, once: int, noun: str) -> str:
    return f"of {n} {noun} only {once} count: the others repeat them to the last digit"
