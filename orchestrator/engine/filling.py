"""Places in a plan's texts, which are known only when a task starts. Pure."""

from collections.abc import Mapping
from typing import Any


def filled(part: Any, known: Mapping[str, object]) -> Any:  # noqa: ANN401 - whatever a plan's value may be
    """${state}, ${project} and ${folder} in a text, or in each text of a sequence or mapping, replaced; other dollars stay."""
    if not part:
        return part
    if isinstance(part, str):
        for name, value in known.items() if "${" in part else ():
            part = part.replace(f"${{{name}}}", str(value))
        return part
    if isinstance(part, dict):
        return {key: filled(value, known) for key, value in part.items()}
    return type(part)(filled(each, known) for each in part) if isinstance(part, list | tuple) else part
