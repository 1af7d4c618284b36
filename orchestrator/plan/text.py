"""A plan that was built or loaded in Python, as the text of a plan's file."""

import re
from typing import Any

import yaml

from orchestrator.plan.model import Plan
from orchestrator.plan.params import REFERENCE, RUNTIME
from orchestrator.plan.spelling import PlanDumper


def plan_text(plan: Plan) -> str:
    """YAML that `parse_plan` reads as the same plan: parameters filled in, matrices expanded, what is as unless told left out."""
    data = plan.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    kept = {key: value if key == "params" else _literal(value) for key, value in data.items()}
    return yaml.dump(kept, Dumper=PlanDumper, sort_keys=False, allow_unicode=True, width=120)


def _literal(part: Any) -> Any:  # noqa: ANN401 - plain data
    """With `${name}`, which stands for itself in a plan whose parameters are filled in, written as the format wants that."""
    match part:
        case str():
            return REFERENCE.sub(_escaped, part)
        case dict():
            return {key: _literal(value) for key, value in part.items()}
        case list():
            return [_literal(value) for value in part]
        case _:
            return part


def _escaped(found: re.Match[str]) -> str:
    later = found["name"] in RUNTIME or found["name"].startswith("matrix.")
    return found[0] if later or found["escape"] else f"${found[0]}"
