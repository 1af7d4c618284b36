"""Artifacts as text: JSON that is readable in a diff, and Markdown from templates beside their runners."""

import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from orchestrator import strict_json


def write_json(path: Path, document: Any) -> None:  # noqa: ANN401 - anything that JSON has
    """Write the document, indented, with a newline at its end."""
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:  # noqa: ANN401 - anything that JSON has
    """The document in that file. Raises StrictJsonError if it is no JSON or has a duplicate key."""
    return strict_json.read_json(path.read_text(encoding="utf-8"))


def render(package: str, template: str, facts: Mapping[str, Any]) -> str:
    """The package's template filled with `facts`. A name that is missing there is an error."""
    import jinja2  # noqa: PLC0415 - loaded on use, so that registering runners stays light

    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Markdown, not HTML
    )
    text = (resources.files(package) / template).read_text(encoding="utf-8")
    return environment.from_string(text).render(**facts)
