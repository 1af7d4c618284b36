"""The plan format as JSON Schema, for editors."""

from typing import Any

from orchestrator.plan.model import Plan

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def plan_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a plan as written; durations and targets are texts with a pattern.

    A `${name}` reference may stand for any value, which the schema of that value then does not know.
    """
    schema = Plan.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": DIALECT, **schema, "title": "Plan"}
