"""A typer verb that parses simple values by itself.

typer parses values with pydantic, which takes longer to load than encoding a MiB. Texts, paths, names of choices and
defaults do not need it. Everything else is left to typer.
"""

from collections.abc import Sequence
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any, Final

from typer.core import TyperCommand, TyperGroup

UNKNOWN: Final = object()
TEXTS: Final = (list[str], list[Path])


class Verb(TyperCommand):
    """As typer makes it, but for how values of its options come about."""

    def get_params(self, ctx: Any) -> Any:  # noqa: ANN401 - typer's, whichever version it is
        """All its options, with those that typer adds."""
        return _taken_simply(super().get_params(ctx))


class Verbs(TyperGroup):
    """The same for the options before a verb."""

    def get_params(self, ctx: Any) -> Any:  # noqa: ANN401 - as above
        """All of them, with those that typer adds."""
        return _taken_simply(super().get_params(ctx))


def _taken_simply(options: Sequence[object]) -> Sequence[object]:
    for option in options:
        if hasattr(option, "get_runtime_param") and "get_runtime_param" not in vars(option):  # older versions have none
            setattr(option, "get_runtime_param", partial(_Simple, option))  # noqa: B010 - of an instance, not of its class
    return options


class _Simple:
    """What an option turns its values by. Where a version of typer has its insides elsewhere, it goes typer's way."""

    def __init__(self, option: Any) -> None:  # noqa: ANN401 - as above
        self._option = option

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as above
        return getattr(self._of_typer(), name)

    def coerce(self, value: Any, **given: Any) -> Any:  # noqa: ANN401 - as above
        """The option's value. Raises typer's BadParameter."""
        param: Any = given.get("param")
        if value is None and hasattr(param, "multiple") and hasattr(param, "nargs"):
            return () if param.multiple or param.nargs == -1 else None
        kind = getattr(self._option, "type_descriptor", None)
        found = simple(getattr(kind, "annotation", UNKNOWN), value)
        if getattr(kind, "annotation", UNKNOWN) is int and isinstance(value, str):
            found = _bounded(value, getattr(kind, "parameter_info", None))
        return self._of_typer().coerce(value, **given) if found is UNKNOWN else found

    def _of_typer(self) -> Any:  # noqa: ANN401 - as above
        return type(self._option).get_runtime_param(self._option)


def _bounded(text: str, info: object) -> Any:  # noqa: ANN401 - as above
    known = hasattr(info, "min") and hasattr(info, "max")
    return whole(text, info.min, info.max) if known else UNKNOWN  # type: ignore[attr-defined]  # looked at just now


def simple(kind: Any, value: Any) -> Any:  # noqa: ANN401 - any type, any value
    """The value of that type for what was given, UNKNOWN where that takes more than a look."""
    if kind in TEXTS and isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        return [Path(each) for each in value] if kind == list[Path] else list(value)
    if not isinstance(kind, type):
        return UNKNOWN
    if isinstance(value, kind):
        return value
    if kind is Path and isinstance(value, str):
        return Path(value)
    if issubclass(kind, Enum) and value in [each.value for each in kind]:
        return kind(value)
    return UNKNOWN


def whole(text: str, least: float | None, most: float | None) -> Any:  # noqa: ANN401 - as above
    """The number that digits spell, UNKNOWN for other texts and beyond the bounds."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        return UNKNOWN
    number = int(text)
    return number if (least is None or number >= least) and (most is None or number <= most) else UNKNOWN
