"""A plan part's values for a reader: spelled as in the plan, key by key, with secrets masked. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import BaseModel

from orchestrator.plan.spelling import spell as spell_scalar
from orchestrator.secrets import MASK, mask

KEYED: Final = frozenset(
    {"with", "params", "env", "resources", "retries", "budget", "workspace", "may", "progress_reports"}
)
"""Fields that are shown key by key."""
DEFAULTS: Final[Mapping[str, str]] = {"timeout": "no limit", "resources.cpu": "1"}
"""The effective value of fields whose default is None, if the plan does not set them."""


def fields_of(part: BaseModel) -> dict[str, Any]:
    """Every field by its key in a plan, as plain data in the plan's own spelling; those of KEYED are one entry for
    each of their keys.
    """
    found: dict[str, Any] = {}
    for key, value in part.model_dump(mode="json", by_alias=True).items():
        if key in KEYED and isinstance(value, dict):
            found |= {f"{key}.{inner}": each for inner, each in value.items()}
        else:
            found[key] = value
    return found


def differing(old: BaseModel, new: BaseModel) -> Iterator[tuple[str, Any, Any]]:
    """(key, before, after) of what differs, None for what is not there; in the order of the format, what is new
    last.
    """
    was, now = fields_of(old), fields_of(new)
    for key in dict.fromkeys([*was, *now]):
        hidden = key.startswith("env.")  # two values that look the same because they are masked
        if was.get(key) != now.get(key) and (hidden or told(key, was.get(key)) != told(key, now.get(key))):
            yield key, was.get(key), now.get(key)


def told(key: str, value: Any) -> str:  # noqa: ANN401 - plain data
    """A value as a plan writes it, empty for nothing. Values of the environment that stand in the plan are never
    shown.
    """
    if value is None:
        return DEFAULTS.get(key, "")
    if key.startswith("env.") and isinstance(value, str):
        return MASK
    return mask(spell(value))


def spell(value: Any) -> str:  # noqa: ANN401 - plain data, or a part of a plan
    """A value for a reader, as a plan would write it, and empty for nothing."""
    match value:
        case None | str() | tuple() | list() | dict() if not value:
            return ""
        case tuple() | list():
            return f"[{', '.join(map(spell, value))}]"
        case dict():
            return f"{{{', '.join(f'{key}: {spell(inner)}' for key, inner in value.items())}}}"
        case BaseModel():
            return spell(value.model_dump(mode="json", by_alias=True, exclude_defaults=True))
        case float() if value == int(value):
            return str(int(value))
    return spell_scalar(value)
