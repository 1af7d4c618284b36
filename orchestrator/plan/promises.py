"""The summary table's promises against the criteria that decide them: a row may not say more than what is judged.

A row's `target` is words for people. Where a figure stands among them (`>= 90 %`, `at most 5 ms (p99)`, `1GB+`, `saves
25%`), one criterion of the row must ask for that much at least, in whatever unit. A figure without a direction has the
criterion's, a number without a unit its unit, and of a range (`10-15%`) the end counts that is easier to reach. Words
with several figures are left alone.
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
    "not less than": Operator.AT_LEAST,
    "no fewer than": Operator.AT_LEAST,
    "not below": Operator.AT_LEAST,
    "minimum": Operator.AT_LEAST,
    "minimum of": Operator.AT_LEAST,
    "min.": Operator.AT_LEAST,
    "min": Operator.AT_LEAST,
    "=>": Operator.AT_LEAST,
    "<=": Operator.AT_MOST,
    "≤": Operator.AT_MOST,
    "at most": Operator.AT_MOST,
    "no more than": Operator.AT_MOST,
    "not more than": Operator.AT_MOST,
    "no higher than": Operator.AT_MOST,
    "not above": Operator.AT_MOST,
    "up to": Operator.AT_MOST,
    "max.": Operator.AT_MOST,
    "max": Operator.AT_MOST,
    "=<": Operator.AT_MOST,
    "within": Operator.AT_MOST,
    "maximum": Operator.AT_MOST,
    ">": Operator.ABOVE,
    "more than": Operator.ABOVE,
    "over": Operator.ABOVE,
    "above": Operator.ABOVE,
    "<": Operator.BELOW,
    "less than": Operator.BELOW,
    "fewer than": Operator.BELOW,
    "under": Operator.BELOW,
    "below": Operator.BELOW,
    "==": Operator.EQUAL,
    "=": Operator.EQUAL,
    "exactly": Operator.EQUAL,
}
"""How a row may say its direction."""

_WORDS: Final = "|".join(re.escape(word) for word in sorted(OPERATORS, key=len, reverse=True))
DIRECTIONS: Final = {
    "+": Operator.AT_LEAST, "or more": Operator.AT_LEAST, "or higher": Operator.AT_LEAST,
    "and above": Operator.AT_LEAST,
    "or less": Operator.AT_MOST, "or fewer": Operator.AT_MOST, "or lower": Operator.AT_MOST,
    "and below": Operator.AT_MOST,
}  # fmt: skip
"""The same, behind the figure."""
PERCENT: Final = frozenset({"percent", "pct", "per cent"})
_NUMBER: Final = r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?"
_DIRECTION: Final = "|".join(re.escape(word) for word in DIRECTIONS)
PROMISE: Final = re.compile(
    rf"(?:[^0-9<>=≤≥]{{0,60}}?(?<![\w.]))?(?P<operator>{_WORDS})?\s*(?P<number>{_NUMBER})(?:\s*(?:-|–"  # noqa: RUF001 - people write either dash
    rf"|to)\s*(?P<other>{_NUMBER}))?"
    rf"\s*(?P<unit>(?!(?:or|and|to)\b)[^\s+()]{{1,40}})?\s*(?P<more>{_DIRECTION})?(?:[\s,;(](?:[^0-9]"
    rf"|(?<=[A-Za-z])[0-9]+){{0,80}})?",
    re.ASCII | re.IGNORECASE,
)
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
    """The target that a row's words are, beside one of its criteria; None where they are no figure that can be held
    against it.
    """
    held = criterion.target.relative is None  # what only earlier runs tell cannot be compared with words
    found = PROMISE.fullmatch(text) if held and len(text) <= LONGEST else None
    if found is None:
        return None
    told = OPERATORS.get((found["operator"] or "").lower()) or DIRECTIONS.get((found["more"] or "").lower())
    own = criterion.target
    unit = "%" if (found["unit"] or "").lower() in PERCENT else found["unit"] or own.unit
    number = _easier(found["number"], found["other"], told or own.operator)
    try:
        promise = parse_target(f"{told or own.operator} {number} {unit}")
    except ValueTextError:
        return None
    return promise if told or compatible(unit, own.unit) else None


def _easier(number: str, other: str | None, operator: Operator) -> str:
    """The end of a range that is easier to reach."""
    if other is None:
        return number
    return (max if operator in {Operator.AT_MOST, Operator.BELOW} else min)(number, other, key=float)


def keeps(criterion: Criterion, promise: TargetValue) -> bool:
    """Whether every value that the criterion accepts is one that the promise covers."""
    try:
        covered = accepted(promise, None, promise.unit)
        return accepted(criterion.target, criterion.tolerance, promise.unit).within(covered)
    except UnitError:
        return False
