"""Whether a new target asks for less than the old one: whether it accepts what was refused before."""

from orchestrator.evidence.units import compatible
from orchestrator.plan.accepted import accepted
from orchestrator.plan.model import Criterion
from orchestrator.plan.values import TargetValue


def loosened_target(old: Criterion, new: Criterion) -> str:
    """Why the new target asks for less than the old one; empty where every value that it accepts was accepted
    before.
    """
    if old.target.relative is not None or new.target.relative is not None:
        return _by_history(old.target, new.target)
    if not compatible(old.target.unit, new.target.unit):
        return f"{new.target.unit} does not measure what {old.target.unit} does"
    unit = old.target.unit
    if accepted(new.target, new.tolerance, unit).within(accepted(old.target, old.tolerance, unit)):
        return ""
    return "it accepts values that were refused before"


def _by_history(old: TargetValue, new: TargetValue) -> str:
    """The same of targets that rest on earlier runs: only of the same runs can one share be held against another."""
    one, other = old.relative, new.relative
    if one is None or other is None or one.last != other.last or new.operator[0] != old.operator[0]:
        return f"{new} cannot be held against {old}, so it is not shown to be as strict"
    stricter = other.factor >= one.factor if old.operator.startswith(">") else other.factor <= one.factor
    opened = other.factor == one.factor and len(new.operator) > len(old.operator)  # ">=" accepts what ">" refuses
    return "" if stricter and not opened else "it accepts values that were refused before"
