"""A plan that was built or loaded in Python, as the text of a plan's file."""

import re
from typing import Any

import yaml

from orchestrator.plan.dumper import PlanDumper
from orchestrator.plan.model import Plan
from orchestrator.plan.params import REFERENCE, is_later
from orchestrator.plan.source import Path


def plan_text(plan: Plan) -> str:
    """YAML that `parse_plan` reads as the same plan: parameters filled in, matrices expanded, what is as unless
    told left out.
    """
    data = plan.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    kept = {key: value if key == "params" else _literal(value, (key,)) for key, value in data.items()}
    return yaml.dump(kept, Dumper=PlanDumper, sort_keys=False, allow_unicode=True, width=120)


def _literal(part: Any, path: Path, *, matrix: bool = False) -> Any:  # noqa: ANN401 - plain data
    """With `${name}`, which stands for itself in a plan whose parameters are filled in, written as the format wants
    that.

    matrix: it is of a task that still has one.
    """
    match part:
        case str():
            return REFERENCE.sub(lambda found: _escaped(found, path, matrix=matrix), part)
        case dict():
            inside = matrix or (len(path) == 4 and bool(part.get("matrix")))
            return {key: _literal(value, (*path, key), matrix=inside) for key, value in part.items()}
        case list():
            return [_literal(value, (*path, index), matrix=matrix) for index, value in enumerate(part)]
        case _:
            return part


def _escaped(found: re.Match[str], path: Path, *, matrix: bool) -> str:
    """One dollar more, except what is still to be filled in, which has its own."""
    later = matrix if found["name"].startswith("matrix.") else is_later(found["name"], path)
    return found[0] if later else f"${found[0]}"
