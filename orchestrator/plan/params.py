"""Parameters: `${name}` anywhere in a plan's texts stands for a value of `params`, which `--set name=value` overrides.

A text that is nothing but `${name}` becomes the value itself, with its type; within a longer text, and where only text
can stand (a command, the environment, a title), its spelling.
`${project}`, `${state}` and `${folder}` are known only when a task starts, `${proxy.openai}` when an agent's turn does,
and `${matrix.key}` when the matrix is expanded; they are left.
`$${name}` stands for the text `${name}` itself, and loses its first dollar where `${name}` would have got its value.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from orchestrator.plan.problem import PROBLEM_LIMIT, PlanError, Problem, did_you_mean
from orchestrator.plan.source import TOO_LARGE, Data, Path, Source
from orchestrator.plan.spelling import respelled, scalar, spell
from orchestrator.plan.values import shown

REFERENCE: Final = re.compile(r"(?P<escape>\$)?\$\{(?P<name>[^{}\s]{1,100})\}")
TEXTS: Final = frozenset(
    {"command", "env", "artifacts", "writes", "title", "goal", "summary", "brief", "pinned", "program", "home"}
)
RUNTIME: Final = frozenset({"project", "state", "folder", "checkout"})
STARTED: Final = frozenset(
    {"command", "env", "with", "program", "workspace"}
)  # the keys below which RUNTIME gets its values
OF_AGENTS: Final = frozenset({"program", "home"})  # the same of agents
LATER: Final = ("matrix.", "proxy.")
"""Beginnings of names that are known only later, too."""


def apply_settings(source: Source, settings: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """The plan's params with the settings in place of their defaults."""
    declared = source.data.get("params")
    values = dict(declared) if isinstance(declared, dict) else {}
    problems = [_shadowed(source, name) for name in values if name in RUNTIME or str(name).startswith("matrix.")]
    for name, text in settings.items():
        if name not in values:
            what, mend = f"--set {name}: the plan has no such parameter", did_you_mean(name, values)
            problems.append(Problem(source.name, *source.place(("params",), key=True), what, mend))
            continue
        value = _like(values[name], text)
        changed = next(filter(None, map(respelled, _parts(values[name], text))), None)
        if changed is not None:
            what = f"--set {name}: {shown(text)} is not text here but a number, and would become {changed}"
            mend = f"write the number as {changed}, or the parameter's default in quotes: then it is text"
            problems.append(Problem(source.name, *source.place(("params", name)), what, mend))
        elif value is None:
            kind = type(values[name]).__name__
            what = f"--set {name}: {shown(text)} does not fit the default {shown(values[name])}"
            problems.append(Problem(source.name, *source.place(("params", name)), what, f"give a value of type {kind}"))
        else:
            values[name] = value
    return values, problems


def _shadowed(source: Source, name: str) -> Problem:
    what = f"${{{name}}} has a meaning of its own, so this parameter would never be used"
    return source.problem(("params", name), what, "give the parameter another name", key=True)


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
    """The plan's data with every reference replaced; unknown names are problems and stay as they are.

    Raises PlanError before the plan becomes too large by it.
    """
    if source.fixed:
        data, problems = dict(source.data), list[Problem]()
    else:
        filling = _Filling(source, params)
        data = {key: part if key == "params" else filling.within(part, (key,)) for key, part in source.data.items()}
        problems = filling.problems
    return data | ({"params": dict(params)} if isinstance(source.data.get("params"), dict) else {}), problems


def is_later(name: str, path: Path) -> bool:
    """Whether the text at a path is gone through for this name once more: when the matrix is expanded, or when the
    task starts.
    """
    in_task = len(path) > 3 and path[2] == "tasks"
    if name.startswith("matrix."):
        return in_task
    if path[:1] == ("agents",):
        return (
            path[2:3] == ("home",)
            if name.startswith("proxy.")
            else name in RUNTIME and path[2:3] != () and path[2] in OF_AGENTS
        )
    return name in RUNTIME and ((in_task and path[4:5] != () and path[4] in STARTED) or path[:1] == ("env",))


class _Filling:
    """Fills in parameters, and counts what they add: a text of a megabyte that names another 5,000 times is never
    made.
    """

    def __init__(self, source: Source, params: Mapping[str, Any]) -> None:
        self.problems: list[Problem] = []
        self._source = source
        self._params = params
        self._texts: dict[str, str] = {}
        self._room = source.room

    def within(self, part: Data, path: Path) -> Data:
        """The part with every reference in it replaced."""
        if isinstance(part, str):
            return self._text(part, path) if "${" in part else part
        if isinstance(part, dict):
            return {key: self.within(value, (*path, key)) for key, value in part.items()}
        if isinstance(part, list):
            return [self.within(value, (*path, index)) for index, value in enumerate(part)]
        return part

    def _text(self, text: str, path: Path) -> Data:
        whole = REFERENCE.fullmatch(text)
        if whole and not whole["escape"] and whole["name"] in self._params and whole["name"] not in RUNTIME:
            told = self._spelled(whole["name"], path)
            return told if TEXTS.intersection(path) and "with" not in path else self._params[whole["name"]]
        return REFERENCE.sub(lambda found: self._value(found, path), text)

    def _value(self, found: re.Match[str], path: Path) -> str:
        name = found["name"]
        if (name in RUNTIME or name.startswith(LATER)) and (not found["escape"] or is_later(name, path)):
            return found[0]
        if found["escape"]:
            return found[0][1:]
        if name in self._params:
            return self._spelled(name, path)
        if len(self.problems) < PROBLEM_LIMIT:
            short = name.removeprefix("params.")
            other = (
                f"write ${{{short}}}"
                if short in self._params
                else did_you_mean(name, [*self._params, *sorted(RUNTIME)])
            )
            mend = f"{other}; or write $${{{name}}} for the text itself"
            self.problems.append(self._source.problem(path, f"${{{name}}} names no parameter", mend))
        return found[0]

    def _spelled(self, name: str, path: Path) -> str:
        if name not in self._texts:
            self._texts[name] = spell(self._params[name])
        told = self._texts[name]
        self._room -= len(told)
        if self._room < 0:
            raise PlanError([self._source.problem(path, *TOO_LARGE)])
        return told
