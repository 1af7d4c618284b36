"""Sequential sampling: when to look at a growing sample, and how sure each look must be. Pure.

A criterion with `samples` n and `max_samples` m may be looked at k = ceil(m / n) times: after n, 2n, ... and finally m
samples, each time at the end of an attempt. Every look uses the level 1 - (1 - level) / k. So by Bonferroni's
inequality all looks together are wrong no more often than one look at `level` (Bonferroni 1936; Wald 1947 for the
setting). The first look that decides stands; samples taken later, for another criterion's sake, do not change it.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import Final

from orchestrator.evidence.measurement import Comparison, Measurement, Samples, Trend

MOST_LOOKS: Final = 20
FEWEST_SAMPLES: Final = 6
"""At a look: fewer may all lie on one side of the median by luck in more than 2.5 % of cases (2 ** -5), whatever an
interval says.
"""


def planned_looks(samples: int, max_samples: int | None) -> int:
    """How many looks a criterion is allowed: 1 where it names no limit."""
    return 1 if max_samples is None else max(1, math.ceil(max_samples / samples))


def level_of_look(level: float, looks: int) -> float:
    """The confidence of each look's interval."""
    return 1.0 - (1.0 - level) / looks


def level_at(level: float, look: int) -> float:
    """The confidence of look number `look`, 1 or more, where nobody knows beforehand how many there will be.

    Look k spends 1 / (k * (k + 1)) of the error that `level` allows. These shares come to 1 over all looks, so that by
    Bonferroni's inequality any number of them errs no more often than one look at `level` would.
    """
    return 1.0 - (1.0 - level) / (look * (look + 1))


def cuts(batches: Sequence[int], samples: int, max_samples: int) -> tuple[int, ...]:
    """The sample sizes at which a look is due, for attempts that left `batches` samples each.

    At most `planned_looks` of them: one batch that passes several thresholds is looked at once.
    """
    thresholds = [min(n * samples, max_samples) for n in range(1, planned_looks(samples, max_samples) + 1)]
    ends = [0, *accumulate(batches)]
    return tuple(end for start, end in pairwise(ends) if any(start < due <= end for due in thresholds))


def first(measurement: Measurement, n: int) -> Measurement:
    """The measurement as it was after its first `n` samples."""
    match measurement.data:
        case Samples(values=values):
            data: Samples | Comparison | Trend = Samples(values[:n])
        case Comparison() as arms:
            data = replace(
                arms,
                treatment=arms.treatment[:n],
                baseline=arms.baseline[:n],
                control=arms.control[:n],
                labels=arms.labels[:n],
            )
        case Trend() as points:
            data = replace(points, x=points.x[:n], y=points.y[:n])
    return replace(measurement, data=data)
