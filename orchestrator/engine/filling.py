"""Placeholders in a plan's texts that are known only when a task starts. Pure."""

import re
from collections.abc import Mapping
from typing import Any, Final

_LATE: Final = re.compile(r"(?P<escape>\$)?\$\{(?P<name>state|project|folder|checkout)\}")


def filled(part: Any, known: Mapping[str, object]) -> Any:  # noqa: ANN401 - whatever a plan's value may be
    """Replace ${state}, ${project}, ${folder} and ${checkout} in a text, or in each text of a sequence or mapping.

    Other dollar signs stay. $${folder} becomes the text ${folder}. A replaced value is not examined again.
    """
    if not part:
        return part
    if isinstance(part, str):
        return _LATE.sub(lambda found: _value(found, known), part) if "${" in part else part
    if isinstance(part, dict):
        return {key: filled(value, known) for key, value in part.items()}
    return type(part)(filled(each, known) for each in part) if isinstance(part, list | tuple) else part


def _value(found: re.Match[str], known: Mapping[str, object]) -> str:
    if found["escape"]:
        return found[0][1:]
    return str(known[found["name"]]) if found["name"] in known else found[0]
