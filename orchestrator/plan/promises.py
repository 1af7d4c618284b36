"""The summary table's promises against the criteria that decide them: a row may not say more than what is judged.

A row's `target` is words for people. Where the words are a target (`>= 90 %`, `at most 5 ms`, `1GB+`), one criterion of the row must ask for
that much at least, in whatever unit. A figure without a direction (`25%`, `10-15%`) is no target, and a number without a unit is in the criterion's.
"""

import re
from collections.abc import Iterator
from typing import Final

from orchestrator.evidence.units import UnitError, compatible
from orchestrator.plan.accepted import accepted
from orchestrator.plan.model import Criterion, Plan, SuccessMetric
from orchestrator.plan.problem import Problem
from orchestrator.plan.source import Source
from orchestrator.plan.values import Operator, TargetValue, ValueTextError, parse_target

OPERATORS: Final = {
    ">=": Operator.AT_LEAST,
    "≥": Operator.AT_LEAST,
    "at least": Operator.AT_LEAST,
    "no less than": Operator.AT_LEAST,
    "minimum": Operator.AT_LEAST,
    "<=": Operator.AT_MOST,
    "≤": Operator.AT_MOST,
    "at most": Operator.AT_MOST,
    "no more than": Operator.AT_MOST,
    "up to": Operator.AT_MOST,
    "within": Operator.AT_MOST,
    "maximum": Operator.AT_MOST,
    ">": Operator.ABOVE,
    "more than": Operator.ABOVE,
    "over": Operator.ABOVE,
    "above": Operator.ABOVE,
    "<": Operator.BELOW,
    "less than": Operator.BELOW,
    "under": Operator.BELOW,
    "below": Operator.BELOW,
    "==": Operator.EQUAL,
    "=": Operator.EQUAL,
    "exactly": Operator.EQUAL,
}
"""How a row may say its direction."""

_WORDS: Final = "|".join(re.escape(word) for word in sorted(OPERATORS, key=len, reverse=True))
PROMISE: Final = re.compile(
    rf"(?P<operator>{_WORDS})?\s*(?P<number>[+-]?[0-9]{{1,15}}(?:\.[0-9]{{1,15}})?)"
    r"\s*(?P<unit>[^\s+]{1,40})?\s*(?P<more>\+|or more|or less)?",
    re.ASCII | re.IGNORECASE,
)
DIRECTIONS: Final = {"+": Operator.AT_LEAST, "or more": Operator.AT_LEAST, "or less": Operator.AT_MOST}
LONGEST: Final = 120


def wider_promises(plan: Plan, source: Source) -> Iterator[Problem]:
    """A problem for each row whose figure none of its criteria asks for."""
    criteria = plan.criteria
    for row, metric in enumerate(plan.success_metrics):
        known = [(name, criteria[name]) for name in metric.criteria if name in criteria]
        found = _wider(metric, known)
        if found is not None:
            yield source.problem(("success_metrics", row, "target"), *found)


def _wider(metric: SuccessMetric, criteria: list[tuple[str, Criterion]]) -> tuple[str, str] | None:
    """What the row promises beyond its criteria, and the mend."""
    told = metric.target.strip()
    held = [(name, each, promise) for name, each in criteria if (promise := promised(told, each)) is not None]
    if not held or any(keeps(each, promise) for _, each, promise in held):
        return None
    name, nearest, promise = held[0]
    if not compatible(promise.unit, nearest.target.unit):
        what = f"'{told}' is promised in {promise.unit}, and {name} is judged in {nearest.target.unit}"
        return what, "name a criterion that measures what the row says, or change its words"
    what = f"'{told}' promises more than {name} asks for, which is '{nearest.target}'"
    return what, f"write '{nearest.target}' here, or set the criterion's target to '{promise}'"


def promised(text: str, criterion: Criterion) -> TargetValue | None:
    """The target that a row's words are, beside one of its criteria; None where they are no figure that can be held against it."""
    held = criterion.target.relative is None  # what only earlier runs tell cannot be compared with words
    found = PROMISE.fullmatch(text) if held and len(text) <= LONGEST else None
    if found is None:
        return None
    told = OPERATORS.get((found["operator"] or "").lower()) or DIRECTIONS.get((found["more"] or "").lower())
    if told is None:
        return None
    try:
        return parse_target(f"{told} {found['number']} {found['unit'] or criterion.target.unit}")
    except ValueTextError:
        return None


def keeps(criterion: Criterion, promise: TargetValue) -> bool:
    """Whether every value that the criterion accepts is one that the promise covers."""
    try:
        covered = accepted(promise, None, promise.unit)
        return accepted(criterion.target, criterion.tolerance, promise.unit).within(covered)
    except UnitError:
        return False
