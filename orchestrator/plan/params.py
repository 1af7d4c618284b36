"""Parameters: `${name}` anywhere in a plan's texts stands for a value of `params`, which `--set name=value` overrides.

A text that is nothing but `${name}` becomes the value itself, with its type; within a longer text, and where only text can
stand (a command, the environment, a title), its spelling.
`${project}`, `${state}` and `${folder}` are known only when a task starts, `${matrix.key}` when the matrix is expanded; they are left.
`$${name}` stands for the text `${name}` itself.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from orchestrator.plan.problem import PROBLEM_LIMIT, Problem, did_you_mean
from orchestrator.plan.source import Data, Path, Source
from orchestrator.plan.spelling import respelled, scalar, spell
from orchestrator.plan.values import shown

REFERENCE: Final = re.compile(r"(?P<escape>\$)?\$\{(?P<name>[^{}\s]{1,100})\}")
TEXTS: Final = frozenset({"command", "env", "artifacts", "writes", "title", "goal", "summary"})
RUNTIME: Final = frozenset({"project", "state", "folder"})


def apply_settings(source: Source, settings: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """The plan's params with the settings in place of their defaults."""
    declared = source.data.get("params")
    values = dict(declared) if isinstance(declared, dict) else {}
    problems = []
    for name, text in settings.items():
        if name not in values:
            what, mend = f"--set {name}: the plan has no such parameter", did_you_mean(name, values)
            problems.append(Problem(source.name, *source.place(("params",), key=True), what, mend))
            continue
        value = _like(values[name], text)
        changed = next(filter(None, map(respelled, _parts(values[name], text))), None)
        if changed is not None:
            what = f"--set {name}: {shown(text)} is no text here but a number, and would become {changed}"
            mend = f"write the number as {changed}, or the parameter's default in quotes: then it is text"
            problems.append(Problem(source.name, *source.place(("params", name)), what, mend))
        elif value is None:
            kind = type(values[name]).__name__
            what = f"--set {name}: {shown(text)} does not fit the default {shown(values[name])}"
            problems.append(Problem(source.name, *source.place(("params", name)), what, f"give a value of type {kind}"))
        else:
            values[name] = value
    return values, problems


def _like(default: Data, text: str) -> Data:
    """The text read as the default's type, or None where it does not fit."""
    if isinstance(default, str):
        return text
    if isinstance(default, list):
        return [_like("", part) if _of_texts(default) else scalar(part) for part in map(str.strip, text.split(","))]
    value = scalar(text)
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        return value  # a whole number, spelled as it was given
    return value if type(value) is type(default) else None


def _parts(default: Data, text: str) -> list[str]:
    """The plain scalars that a setting is read as; none where it is text."""
    if isinstance(default, list):
        return [] if _of_texts(default) else [part.strip() for part in text.split(",")]
    return [text] if isinstance(default, int | float) and not isinstance(default, bool) else []


def _of_texts(default: list[Data]) -> bool:
    return bool(default) and all(isinstance(part, str) for part in default)


def substitute(source: Source, params: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """The plan's data with every reference replaced; unknown names are problems and stay as they are."""
    problems: list[Problem] = []
    data = {
        key: part if key == "params" or source.fixed else _within(part, (key,), params, source, problems)
        for key, part in source.data.items()
    }
    return data | ({"params": dict(params)} if isinstance(source.data.get("params"), dict) else {}), problems


def _within(part: Data, path: Path, params: Mapping[str, Any], source: Source, problems: list[Problem]) -> Data:
    if isinstance(part, str):
        return _text(part, path, params, source, problems) if "${" in part else part
    if isinstance(part, dict):
        return {key: _within(value, (*path, key), params, source, problems) for key, value in part.items()}
    if isinstance(part, list):
        return [_within(value, (*path, index), params, source, problems) for index, value in enumerate(part)]
    return part


def _text(text: str, path: Path, params: Mapping[str, Any], source: Source, problems: list[Problem]) -> Data:
    def value(found: re.Match[str]) -> str:
        name = found["name"]
        if name in RUNTIME or name.startswith("matrix."):
            return found[0]
        if found["escape"]:
            return found[0][1:]
        if name not in params and len(problems) >= PROBLEM_LIMIT:
            return found[0]
        if name not in params:
            mend = f"{did_you_mean(name, [*params, *sorted(RUNTIME)])} write $${{{name}}} for the text itself"
            problems.append(source.problem(path, f"${{{name}}} names no parameter", mend))
            return found[0]
        return spell(params[name])

    whole = REFERENCE.fullmatch(text)
    if whole and not whole["escape"] and whole["name"] in params and whole["name"] not in RUNTIME:
        value_itself = params[whole["name"]]
        return spell(value_itself) if TEXTS.intersection(path) and "with" not in path else value_itself
    return REFERENCE.sub(value, text)
