"""A plain command line, read by what its verb declares: to load typer takes longer than many a task.

Plain are options and arguments whose types are here, each option with a value of its own. Whatever else stands there
is typer's to read: it knows what is wrong with it, and shows the help.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, NamedTuple

from orchestrator.cli.declared import Declared

KNOWN: Final = frozenset({"metavar", "help", "show_default", "autocompletion", "callback", "readable", "min", "max"})
"""What may be said of an option or argument that is read here."""


DIGITS: Final = 18
"""A longer number is typer's to read: of one with thousands of digits Python makes no int."""


class NotPlainError(Exception):
    """It is typer's to read."""


class Taken(NamedTuple):
    """A parameter of a verb. kind: of its value, or of each of `many`. flag: what its name alone says, None where a
    value follows.
    """

    name: str
    kind: Any
    many: bool
    how: dict[str, Any]
    flag: bool | None = None


def arguments_of(verb: Callable[..., object], words: Sequence[str]) -> dict[str, Any] | None:
    """What the verb is to be called with, None where that is not plain."""
    hints = {name: hint for name, hint in verb.__annotations__.items() if name != "return"}
    try:
        given = _given(hints, words)
        _complete(given, hints, _defaults(verb))
    except NotPlainError:
        return None
    return given


def _given(hints: dict[str, Any], words: Sequence[str]) -> dict[str, Any]:
    """What stands there, by the parameters' names."""
    places = iter([_taken(name, hint) for name, hint in hints.items() if not _said(hint).names])
    options = {name: taken for each in hints.items() for name, taken in _options(*each)}
    given: dict[str, Any] = {}
    rest = iter(words)
    for word in rest:
        name, sign, value = word.partition("=") if word.startswith("--") else (word, "", "")
        taken = options.get(name) if word.startswith("-") else next(places, None)
        if taken is None or (taken.many and taken.flag is None and not word.startswith("-")):
            raise NotPlainError
        if taken.flag is not None:
            if sign:
                raise NotPlainError
            given[taken.name] = taken.flag
            continue
        text = value if sign else next(rest, "-") if word.startswith("-") else word
        _put(given, taken, text)
    return given


def _put(given: dict[str, Any], taken: Taken, text: str) -> None:
    value = _value(taken, text)
    if taken.many:
        given.setdefault(taken.name, []).append(value)
    else:
        given[taken.name] = value


def _complete(given: dict[str, Any], hints: dict[str, Any], defaults: dict[str, Any]) -> None:
    """Put in what a callback makes of a parameter, whether it was given or not."""
    for name, hint in hints.items():
        if name not in given and name not in defaults:
            raise NotPlainError
        if callback := _said(hint).how.get("callback"):
            given[name] = callback(given.get(name, defaults.get(name)))


def _defaults(verb: Callable[..., object]) -> dict[str, Any]:
    """The parameters that need not be given."""
    code, last = verb.__code__, verb.__defaults__ or ()  # `inspect` takes long to load
    names = code.co_varnames[: code.co_argcount]
    return {**dict(zip(names[len(names) - len(last) :], last, strict=True)), **(verb.__kwdefaults__ or {})}


def _said(hint: Any) -> Declared:  # noqa: ANN401 - an annotation
    for each in getattr(hint, "__metadata__", ()):
        if isinstance(each, Declared):
            return each
    raise NotPlainError


def _options(name: str, hint: Any) -> Iterator[tuple[str, Taken]]:  # noqa: ANN401 - as above
    """Each name of an option, and what it says: `--page/--no-page` are two."""
    for names in _said(hint).names:
        taken = _taken(name, hint)
        if taken.kind is not bool:
            yield names, taken
            continue
        for each, flag in zip(names.split("/"), (True, False), strict=False):
            if each.strip():
                yield each.strip(), taken._replace(flag=flag)


def _taken(name: str, hint: Any) -> Taken:  # noqa: ANN401 - as above
    kind, said = hint.__origin__, _said(hint)
    if isinstance(kind, UnionType):
        kind, *others = (each for each in kind.__args__ if each is not NoneType)
        kind = None if others else kind
    many = getattr(kind, "__origin__", None) is list
    return Taken(name, kind.__args__[0] if many else kind, many, said.how)


def _value(taken: Taken, text: str) -> str | int | Path:
    """The text as the parameter's kind has it. One that begins with a dash may be an option whose value is missing."""
    if not text or text.startswith("-") or not taken.how.keys() <= KNOWN:
        raise NotPlainError
    if taken.kind is str:
        return text
    if taken.kind is Path and not (taken.how.get("readable", True) and _is_shut(text)):
        return Path(text)
    if taken.kind is int and text.isascii() and text.isdigit() and len(text) <= DIGITS:
        least, most = taken.how.get("min"), taken.how.get("max")
        if (least is None or least <= int(text)) and (most is None or int(text) <= most):
            return int(text)
    raise NotPlainError


def _is_shut(path: str) -> bool:
    return os.path.exists(path) and not os.access(path, os.R_OK)  # noqa: PTH110 - a path that no system takes is none
