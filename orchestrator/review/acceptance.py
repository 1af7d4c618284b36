"""Whether a new target asks for less than the old one: whether it accepts what was refused before."""

from orchestrator.evidence.units import compatible
from orchestrator.plan.accepted import accepted
from orchestrator.plan.model import Criterion


def loosened_target(old: Criterion, new: Criterion) -> str:
    """Why the new target asks for less than the old one; empty where every value that it accepts was accepted before."""
    if not compatible(old.target.unit, new.target.unit):
        return f"{new.target.unit} does not measure what {old.target.unit} does"
    unit = old.target.unit
    if accepted(new.target, new.tolerance, unit).within(accepted(old.target, old.tolerance, unit)):
        return ""
    return "it accepts values that were refused before"
