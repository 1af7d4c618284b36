"""The share of trials that succeeded, with an exact interval."""

from typing import Final

from orchestrator.evidence.measurement import Samples
from orchestrator.evidence.proportions import of_proportion
from orchestrator.evidence.rules.rule import Estimate, Refused, Rule, demand_numbers, estimated
from orchestrator.evidence.verdict import Why

TRIAL: Final = "1"
"""The unit of a proportion's trials."""


def _share(data: Samples, level: float, _seed: int) -> Estimate:
    """K of n. It has no derived values: the trials are what it is made of, and none has a share by itself."""
    demand_numbers("trial", data.values)
    n = len(data.values)
    k = sum(value == 1.0 for value in data.values)
    if k + sum(value == 0.0 for value in data.values) < n:
        raise Refused(Why.NOT_A_NUMBER, "a trial of a proportion is 1 or 0, and another value was recorded", n)
    return estimated(of_proportion(k, n, level), (), n)


PROPORTION: Final = Rule(Samples, "share", _share, lambda _: TRIAL, recorded=TRIAL, guessed=False)
