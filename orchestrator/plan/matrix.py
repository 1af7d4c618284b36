"""Matrix tasks: one task for each combination of values, made when the plan is loaded.

`matrix: {size: [16, 32]}` on `sweep` gives `sweep-16` and `sweep-32`; each finds its values in `with` and as
`${matrix.size}` in its texts. Whoever needs `sweep` needs them all. The instances do not wait for each other.
"""

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from orchestrator.plan.model import Group, Plan, Task
from orchestrator.plan.source import Data
from orchestrator.plan.spelling import spell

INSTANCE_LIMIT: Final = 1_000
REFERENCE: Final = re.compile(r"\$\{matrix\.([^{}\s]{1,100})\}")


def expand_matrices(plan: Plan) -> tuple[Plan, dict[str, str]]:
    """The plan without matrices, and for each task that was made "A.sweep-16" the id "A.sweep" that it came from."""
    made: dict[str, tuple[Task, ...]] = {
        f"{name}.{task.id}": tuple(_instances(task))
        for name, group in plan.groups.items()
        for task in group.tasks
        if task.matrix
    }
    if not made:
        return plan, {}
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


def matrix_references(task: Task) -> set[str]:
    """The keys that the task's texts take from its matrix."""
    texts = [task.title, *(task.command or ()), *task.env.values(), *task.artifacts, *task.writes]
    texts += [
        text
        for value in task.with_.values()
        for text in (value if isinstance(value, list) else [value])
        if isinstance(text, str)
    ]
    return {name for text in texts for name in REFERENCE.findall(text)}


def _instances(task: Task) -> Iterator[Task]:
    taken: set[str] = set()
    for values in itertools.islice(itertools.product(*task.matrix.values()), INSTANCE_LIMIT):
        chosen = dict(zip(task.matrix, values, strict=True))
        identifier = _identifier(task.id, values, taken)
        taken.add(identifier)
        yield task.model_copy(
            update={
                "id": identifier,
                "title": _filled(task.title, chosen)
                if REFERENCE.search(task.title)
                else f"{task.title} ({_words(chosen)})",
                "command": _filled(task.command, chosen),
                "with_": {**chosen, **{key: _filled(value, chosen) for key, value in task.with_.items()}},
                "env": {key: _filled(value, chosen) for key, value in task.env.items()},
                "artifacts": _filled(task.artifacts, chosen),
                "writes": _filled(task.writes, chosen),
                "matrix": {},
            }
        )


def _words(chosen: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {spell(value)}" for key, value in chosen.items())


def _identifier(base: str, values: tuple[Any, ...], taken: set[str]) -> str:
    tail = "-".join(re.sub(r"[^A-Za-z0-9_]+", "_", spell(value)) for value in values)
    wanted = f"{base}-{tail}"[:60]
    return wanted if wanted not in taken else f"{wanted[:58]}-{len(taken)}"


def _filled(part: Data, chosen: Mapping[str, Any]) -> Data:
    """Texts with the combination's values; a text that is nothing but a reference becomes the value."""
    if isinstance(part, tuple):
        return tuple(spell(_filled(text, chosen)) for text in part)
    if isinstance(part, list):
        return [_filled(text, chosen) for text in part]
    if not isinstance(part, str):
        return part
    whole = REFERENCE.fullmatch(part)
    if whole and whole[1] in chosen:
        return chosen[whole[1]]
    return REFERENCE.sub(lambda found: spell(chosen[found[1]]) if found[1] in chosen else found[0], part)


def _expand_group(
    name: str, group: Group, made: Mapping[str, tuple[Task, ...]], ids: Mapping[str, tuple[str, ...]]
) -> Group:
    tasks: list[Task] = []
    before: tuple[str, ...] = ()
    for task in group.tasks:
        instances = made.get(f"{name}.{task.id}", (task,))
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
