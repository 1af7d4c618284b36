"""`orchestrate schema`: the JSON Schema of plans, for editors."""

import json
from pathlib import Path

from orchestrator.atomic_write import write_whole
from orchestrator.cli.output import say
from orchestrator.plan.schema import plan_schema


def show_schema(output: Path | None) -> None:
    """Print the schema, or write it to a file."""
    text = f"{json.dumps(plan_schema(), indent=2)}\n"
    if output is None:
        say(text)
    else:
        write_whole(output, text)
