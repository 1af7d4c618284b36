"""A task's parameters, read with their defaults. An error names the parameter and the mend."""

from collections.abc import Mapping
from typing import Any

from orchestrator.evidence.units import UnitError, parse_size


class ParameterError(ValueError):
    """A parameter of a task cannot be used. The message says which, and what to write."""


def size(params: Mapping[str, Any], name: str, default: str) -> int:
    """Bytes, written as "64MiB"."""
    text = params.get(name, default)
    try:
        return parse_size(str(text))
    except UnitError as error:
        raise ParameterError(f"parameter {name!r}: {error}") from error


def whole(params: Mapping[str, Any], name: str, default: int) -> int:
    """A whole number of at least 1."""
    value = params.get(name, default)
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = 0
    if number < 1:
        raise ParameterError(f"parameter {name!r} is {value!r}; give a whole number of at least 1")
    return number


def wholes(params: Mapping[str, Any], name: str, default: tuple[int, ...]) -> tuple[int, ...]:
    """Whole numbers of at least 1, ascending and without repetition."""
    values = params.get(name, list(default))
    listed = values if isinstance(values, list | tuple) else [values]
    return tuple(sorted({whole({name: value}, name, 1) for value in listed}))
