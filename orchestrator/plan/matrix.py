"""Matrix tasks: one task for each combination of values, made when the plan is loaded.

`matrix: {size: [16, 32]}` on `sweep` gives `sweep-16` and `sweep-32`; each finds its values in `with` and as
`${matrix.size}` in its texts; `$${matrix.size}` becomes that text itself. A task that needs `sweep` needs all of them.
The instances do not wait for each other.
"""

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from orchestrator.plan.model import Group, Plan, Task
from orchestrator.plan.source import Data
from orchestrator.plan.spelling import spell

INSTANCE_LIMIT: Final = 1_000
REFERENCE: Final = re.compile(r"(?P<escape>\$)?\$\{matrix\.(?P<key>[^{}\s]{1,100})\}")


def expand_matrices(plan: Plan) -> tuple[Plan, dict[str, str]]:
    """The plan without matrices, and for each task that was made "A.sweep-16" the id "A.sweep" that it came from."""
    made: dict[str, tuple[Task, ...]] = {
        f"{name}.{task.id}": tuple(_instances(task))
        for name, group in plan.groups.items()
        for task in group.tasks
        if task.matrix
    }
    if not made:
        return _without_escapes(plan), {}
    ids = {origin: tuple(task.id for task in tasks) for origin, tasks in made.items()}
    changes = {
        "workstreams": {name: _expand_group(name, group, made, ids) for name, group in plan.workstreams.items()},
        "stages": {name: _expand_group(name, group, made, ids) for name, group in plan.stages.items()},
    }
    origins = {f"{origin.split('.')[0]}.{task.id}": origin for origin, tasks in made.items() for task in tasks}
    return plan.model_copy(update=changes), origins


def matrix_size(task: Task) -> int:
    """How many instances a task has."""
    size = 1
    for values in task.matrix.values():
        size *= len(values)
    return size


def matrix_letters(task: Task) -> int:
    """How many characters the texts that name the matrix come to in all its instances, at the most."""
    if not task.matrix:
        return 0
    longest = {key: max((len(spell(value)) for value in values), default=0) for key, values in task.matrix.items()}
    one = 0
    for text in _texts(task):
        named = [longest.get(found["key"], 0) for found in REFERENCE.finditer(text)]
        one += len(text) + sum(named) if named else 0
    return one * matrix_size(task)


def matrix_references(task: Task) -> set[str]:
    """The keys that the task's texts take from its matrix."""
    return {found["key"] for text in _texts(task) for found in REFERENCE.finditer(text) if not found["escape"]}


def _texts(task: Task) -> list[str]:
    """Those of its texts that may name a matrix."""
    texts = [
        task.title,
        *(task.command or ()),
        *(value for value in task.env.values() if isinstance(value, str)),
        *task.artifacts,
        *task.writes,
        *task.pinned,
        task.brief or "",
    ]
    for value in task.with_.values():
        texts += [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]
    return texts


def _without_escapes(plan: Plan) -> Plan:
    """A plan without matrices, as it is unless a text has `$${matrix.…}`, which nearly none has."""
    if not any(_is_escaped(task) for group in plan.groups.values() for task in group.tasks):
        return plan
    changes = {
        part: {name: _expand_group(name, group, {}, {}) for name, group in groups.items()}
        for part, groups in (("workstreams", plan.workstreams), ("stages", plan.stages))
    }
    return plan.model_copy(update=changes)


def _is_escaped(task: Task) -> bool:
    return any("$${matrix." in text for text in _texts(task))


def _texts_filled(task: Task, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """What changes in a task when its matrix's values are known; where there is none, its escapes are undone."""
    return {
        "title": _filled(task.title, chosen),
        "command": _filled(task.command, chosen),
        "with_": {**chosen, **{key: _filled(value, chosen) for key, value in task.with_.items()}},
        "env": {
            key: spell(_filled(value, chosen)) if isinstance(value, str) else value for key, value in task.env.items()
        },
        "artifacts": _filled(task.artifacts, chosen),
        "writes": _filled(task.writes, chosen),
        "pinned": _filled(task.pinned, chosen),
        "brief": task.brief if task.brief is None else spell(_filled(task.brief, chosen)),
    }


def instance_ids(task: Task) -> list[str]:
    """The ids of the tasks that this one stands for: its own, or those that its matrix makes."""
    return [identifier for identifier, _ in _combinations(task)] if task.matrix else [task.id]


def _combinations(task: Task) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The values of each instance, and the id that they give it."""
    taken: set[str] = set()
    for values in itertools.islice(itertools.product(*task.matrix.values()), INSTANCE_LIMIT):
        identifier = _identifier(task.id, values, taken)
        taken.add(identifier)
        yield identifier, values


def _instances(task: Task) -> Iterator[Task]:
    for identifier, values in _combinations(task):
        chosen = dict(zip(task.matrix, values, strict=True))
        changes = _texts_filled(task, chosen)
        named = any(not found["escape"] for found in REFERENCE.finditer(task.title))
        title = changes["title"] if named else f"{changes['title']} ({_words(chosen)})"
        yield task.model_copy(update={**changes, "id": identifier, "title": title, "matrix": {}})


def _words(chosen: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {spell(value)}" for key, value in chosen.items())


def _identifier(base: str, values: tuple[Any, ...], taken: set[str]) -> str:
    tail = "-".join(re.sub(r"[^A-Za-z0-9_]+", "_", spell(value)) for value in values)
    wanted = f"{base}-{tail}"[:60]
    free = (f"{wanted[:55]}-{number}" for number in itertools.count(len(taken)))
    return next(one for one in itertools.chain((wanted,), free) if one not in taken)


def _filled(part: Data, chosen: Mapping[str, Any]) -> Data:
    """Texts with the combination's values; a text that is nothing but a reference becomes the value."""
    if isinstance(part, tuple):
        return tuple(spell(_filled(text, chosen)) for text in part)
    if isinstance(part, list):
        return [_filled(text, chosen) for text in part]
    if not isinstance(part, str):
        return part
    whole = REFERENCE.fullmatch(part)
    if whole and not whole["escape"] and whole["key"] in chosen:
        return chosen[whole["key"]]

    def value(found: re.Match[str]) -> str:
        if found["escape"]:
            return found[0][1:]
        return spell(chosen[found["key"]]) if found["key"] in chosen else found[0]

    return REFERENCE.sub(value, part)


def _expand_group(
    name: str, group: Group, made: Mapping[str, tuple[Task, ...]], ids: Mapping[str, tuple[str, ...]]
) -> Group:
    tasks: list[Task] = []
    before: tuple[str, ...] = ()
    for task in group.tasks:
        alone = task.model_copy(update=_texts_filled(task, {})) if _is_escaped(task) else task
        instances = made.get(f"{name}.{task.id}", (alone,))
        needs = before if task.needs is None else _rewritten(name, task.needs, ids)
        tasks += [instance.model_copy(update={"needs": needs}) for instance in instances]
        before = tuple(instance.id for instance in instances)
    return group.model_copy(update={"tasks": tuple(tasks), "needs": _rewritten(name, group.needs, ids)})


def _rewritten(group: str, needs: tuple[str, ...], ids: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    written: list[str] = []
    for need in needs:
        full = need if "." in need else f"{group}.{need}"
        prefix = need.rpartition(".")[0]
        found = ids.get(full)
        written += [f"{prefix}.{one}" if prefix else one for one in found] if found else [need]
    return tuple(written)
