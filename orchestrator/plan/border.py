"""The border: data becomes a `Plan`, and what pydantic says about it becomes problems at positions.

If a part cannot be read, its problem is noted and a placeholder replaces the part. So everything else is still checked,
and one call reports all problems. A plan with a stand-in never leaves this package.
"""

from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from orchestrator.nearest import nearest
from orchestrator.plan.base import REFERENCE_TAG, TEXT_TAG
from orchestrator.plan.handin_checks import UNREADABLE
from orchestrator.plan.model import Plan
from orchestrator.plan.problem import PROBLEM_LIMIT, PlanError, Problem, did_you_mean
from orchestrator.plan.source import Data, Path, Source
from orchestrator.plan.values import ValueTextError, shown

ROUNDS: Final = 4  # mending a part can bring another to light, each round one level of parts deeper
MENDS: Final = {
    "string_type": "put it in quotes if it is meant as text",
    "string_pattern_mismatch": "begin with a letter; go on with letters, digits, - and _",
    "string_too_long": "write at most 64 characters",
    "int_type": "write a whole number",
    "int_parsing": "write a whole number",
    "int_from_float": "write a whole number",
    "float_type": "write a number",
    "float_parsing": "write a number",
    "bool_type": "write true or false",
    "bool_parsing": "write true or false",
    "tuple_type": "write a list: [one, two]",
    "list_type": "write a list: [one, two]",
    "dict_type": "write keys and values, indented below it",
    "model_type": "write keys and values, indented below it",
    "too_short": "give at least one",
    "finite_number": "write a finite number",
}
WORDS: Final = {
    "string_pattern_mismatch": "is not a name that can stand here",
    "string_too_long": "is too long",
    "string_type": "is not text",
    "too_short": "is empty",
}
"""Of the same types of error, in our own words where pydantic speaks of its own things."""
STAND_INS: Final[dict[str, Any]] = {
    "schema": 1,
    "id": UNREADABLE,
    "title": UNREADABLE,
    "agents": {UNREADABLE: {"specialty": UNREADABLE}},
    "workstreams": {
        UNREADABLE: {"title": UNREADABLE, "lead": UNREADABLE, "tasks": [{"id": "t", "title": "t", "run": UNREADABLE}]}
    },
    "tasks": [{"id": UNREADABLE, "title": UNREADABLE, "run": UNREADABLE}],
    "lead": UNREADABLE,
    "specialty": UNREADABLE,
    "run": UNREADABLE,
    "command": [UNREADABLE],
    "artifact": UNREADABLE,
    "from": UNREADABLE,
    "metric": UNREADABLE,
    "target": "== 0 1",
    "unit": "1",
    "better": "neither",
    "name": UNREADABLE,
    "criteria": [UNREADABLE],
    "at": "0s",
    "event": UNREADABLE,
    "every": "1m",
    "max": 0,
}
ITEM_STAND_INS: Final[dict[str, Any]] = {
    "tasks": STAND_INS["tasks"][0],
    "needs": UNREADABLE,
    "supporting": UNREADABLE,
    "command": UNREADABLE,
    "criteria": UNREADABLE,
    "done": UNREADABLE,
    "workstreams": STAND_INS["workstreams"][UNREADABLE],
    "stages": STAND_INS["workstreams"][UNREADABLE],
    "agents": {"specialty": UNREADABLE},
}


def build_model(data: dict[str, Any], source: Source) -> tuple[Plan | None, list[Problem]]:
    """The plan, or a plan with stand-ins and the problems; None where even that could not be built."""
    problems: list[Problem] = []
    seen: set[Path] = set()
    for _ in range(ROUNDS):
        try:
            return Plan.model_validate(data), problems
        except ValidationError as invalid:
            errors = _of_their_own(invalid.errors(include_url=False))
        data = _copied(data)
        renamed = _rename(errors, data, source, problems)
        errors = [one for one in errors if one["type"] != "extra_forbidden" and _path(one) not in renamed]
        for error in errors:
            path = _existing(_path(error), data)
            if (
                len(problems) >= PROBLEM_LIMIT
                or (path in seen and error["type"] != "missing")
                or UNREADABLE in repr((path, error["input"]))
            ):
                continue
            seen.add(path)
            problems.append(_problem(error, path, source))
        _stand_in_all(errors, data)
    return None, problems


def _of_their_own(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without "too short" of a list that only lacks the items which could not be read."""
    inside = {error["loc"][:depth] for error in errors for depth in range(len(error["loc"]))}
    return [one for one in errors if one["type"] != "too_short" or one["loc"] not in inside]


def require_plan(data: dict[str, Any], source: Source) -> None:
    """Raises PlanError with one problem for a file without any key of a plan, or nearly one: it is something else."""
    known = _known_keys(())
    if data and not any(key in known or nearest(str(key), known) for key in list(data)[:PROBLEM_LIMIT]):
        what, mend = "no key of a plan is in this file", "begin with `schema: 1`; `orchestrate init` writes an example"
        raise PlanError([Problem(source.name, 1, 1, what, mend)])


def _copied(part: Data) -> Data:
    """A copy without shared parts, so that mending one place does not touch another."""
    if isinstance(part, dict):
        return {key: _copied(value) for key, value in part.items()}
    return [_copied(value) for value in part] if isinstance(part, list) else part


def _path(error: ErrorDetails) -> Path:
    return tuple(part for part in error["loc"] if part not in {"[key]", TEXT_TAG, REFERENCE_TAG})


def _at(path: Path, data: Data) -> Data:
    for part in path:
        data = data[part]
    return data


def _existing(path: Path, data: Data) -> Path:
    """The longest beginning of the path that leads to something."""
    for index, part in enumerate(path):
        inside = isinstance(data, dict) and part in data
        if not inside and not (isinstance(data, list) and isinstance(part, int) and part < len(data)):
            return path[:index]
        data = data[part]
    return path


def _rename(errors: list[ErrorDetails], data: dict[str, Any], source: Source, problems: list[Problem]) -> set[Path]:
    """Unknown keys: noted, and taken for the known key that is nearest, or removed. Returns what they were taken
    for.
    """
    taken = set()
    for error in errors:
        if error["type"] != "extra_forbidden":
            continue
        path = _path(error)
        parent, word = _at(path[:-1], data), str(path[-1])
        if len(problems) >= PROBLEM_LIMIT:
            del parent[word]
            continue
        known = _known_keys(path[:-1])
        problems.append(source.problem(path, "unknown key", did_you_mean(word, known), key=True))
        value, near = parent.pop(path[-1]), nearest(word, known)
        if near is not None and near not in parent:
            parent[near] = value
            taken.add((*path[:-1], near))
            _move(source, value, path, (*path[:-1], near))
    return taken


def _move(source: Source, value: Data, old: Path, new: Path) -> None:
    """What stands at and below a misspelt key keeps its positions."""
    source.locate()
    for positions in (source.values, source.keys):
        if old in positions:
            positions[new] = positions[old]
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        _move(source, part, (*old, name), (*new, name))


def _known_keys(path: Path) -> list[str]:
    """The keys that may stand at a path, read off the models."""
    annotation: Any = Plan
    for part in path:
        fields = _fields(annotation)
        # what is no field is a key of a mapping or an index of a list: on to what these hold
        annotation = fields[str(part)].annotation if part in fields else _inner_model(annotation)
    return list(_fields(annotation))


def _fields(annotation: Any) -> dict[str, FieldInfo]:  # noqa: ANN401 - annotations have no type of their own
    """A model's fields by the keys that plans use; nothing for what is no model."""
    if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        return {}
    return {field.alias or name: field for name, field in annotation.model_fields.items()}


def _inner_model(annotation: Any) -> Any:  # noqa: ANN401 - annotations have no type of their own
    """The model within `dict[..., M]`, `tuple[M, ...]`, `M | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = [_inner_model(part) for part in getattr(annotation, "__args__", ())]
    return next((part for part in found if part is not None), None)


def _problem(error: ErrorDetails, path: Path, source: Source) -> Problem:
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, ValueTextError):
        return source.problem(path, str(cause), cause.mend)
    if error["type"] == "missing":
        name = _path(error)[-1]
        return source.problem(path, f"`{name}` is missing", f"add `{name}:` here", key=True)
    if error["type"] == "enum":
        expected = [word.strip("'") for word in error["ctx"]["expected"].replace(" or ", ", ").split(", ")]
        return source.problem(path, f"{shown(error['input'])} is unknown", did_you_mean(str(error["input"]), expected))
    is_key = error["loc"][-1:] == ("[key]",)
    if len(_path(error)) > len(path):
        what, mend = (
            f"{shown(_short_input(error))} does not fit here",
            "write text, a number, true or false, or a list of these",
        )
        return source.problem(path, what, mend)
    what = WORDS.get(error["type"]) or error["msg"].removeprefix("Input ").removeprefix("Value error, ")
    mend = MENDS.get(error["type"], "write a value as the plan format describes")
    return source.problem(path, f"{shown(_short_input(error))} {what}", mend, key=is_key)


def _short_input(error: ErrorDetails) -> object:
    value = error["input"]
    return value if not isinstance(value, dict | list) else type(value).__name__.replace("dict", "mapping")


def _stand_in_all(errors: list[ErrorDetails], data: dict[str, Any]) -> None:
    """Stand-ins for all that could not be read; the last items of a list first, so that the others keep their
    places.
    """
    keys = {_path(one) for one in errors if one["loc"][-1:] == ("[key]",)}
    paths = {_path(one) if one["type"] == "missing" else _existing(_path(one), data) for one in errors} - keys
    for path in sorted(paths, key=lambda one: [str(part).zfill(9) for part in one], reverse=True):
        if path and _existing(path[:-1], data) == path[:-1]:
            _stand_in(path, _at(path[:-1], data))
    for path in keys:
        if _existing(path, data) == path:
            parent = _at(path[:-1], data)
            parent[f"{UNREADABLE}-{len(parent)}"] = parent.pop(path[-1])


def _stand_in(path: Path, parent: Data) -> None:
    """Puts a stand-in for the part at a path into its parent, or removes what may be left out."""
    last, field = path[-1], path[-2] if len(path) > 1 else ""
    if isinstance(parent, list) and isinstance(last, int) and last < len(parent):
        if field in ITEM_STAND_INS:
            parent[last] = _copied(ITEM_STAND_INS[str(field)])
        else:
            del parent[last]
    elif isinstance(parent, dict):
        if last in STAND_INS and field not in {"with", "env", "params", "resources", "matrix"}:
            parent[last] = _copied(STAND_INS[str(last)])
        elif field in ITEM_STAND_INS and last in parent:
            parent[last] = _copied(ITEM_STAND_INS[str(field)])
        else:
            parent.pop(last, None)
