"""Values of the quantity itself: their median, with a bootstrap interval."""

from typing import Final

from orchestrator.evidence import intervals
from orchestrator.evidence.measurement import Samples
from orchestrator.evidence.rules.rule import Estimate, Rule, demand_numbers, estimated


def _median(data: Samples, level: float, seed: int) -> Estimate:
    demand_numbers("sample", data.values)
    return estimated(intervals.of_median(data.values, level, seed), data.values)


SAMPLES: Final = Rule(Samples, "value", _median, lambda measurement: measurement.unit)
