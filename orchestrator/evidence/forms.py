"""Every form of metric with its rule: the one table of them.

A new form is a module in `orchestrator.evidence.rules`, its name in `Form` and its line here. What a plan accepts, what
is judged and what a report says follows.
"""

from collections.abc import Mapping
from typing import Final

from orchestrator.evidence.measurement import Measurement
from orchestrator.evidence.metric import Form
from orchestrator.evidence.rules import comparison, proportion, samples, trend
from orchestrator.evidence.rules.rule import Rule

RULES: Final[Mapping[Form, Rule]] = {
    Form.SAMPLES: samples.SAMPLES,
    Form.PROPORTION: proportion.PROPORTION,
    Form.REDUCTION: comparison.REDUCTION,
    Form.INCREASE: comparison.INCREASE,
    Form.SPEEDUP: comparison.SPEEDUP,
    Form.SLOPE: trend.SLOPE,
    Form.R_SQUARED: trend.R_SQUARED,
}


def guessed(measurement: Measurement) -> Form:
    """The form of a measurement of which no metric is known, by its kind of data and its unit."""
    fitting = [form for form, rule in RULES.items() if rule.guessed and isinstance(measurement.data, rule.data)]
    same = (form for form in reversed(fitting) if RULES[form].unit(measurement) == measurement.unit)
    return next(same, fitting[0])
