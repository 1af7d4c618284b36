"""Match parts of the old plan with parts of the new one: by name, or else by equal content under another name."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pairs:
    """kept: (old name, new name), in the new plan's order; removed, added: names that have no other side."""

    kept: tuple[tuple[str, str], ...]
    removed: tuple[str, ...]
    added: tuple[str, ...]


def pair(old: Mapping[str, T], new: Mapping[str, T], *contents: Callable[[T], object]) -> Pairs:
    """Pair the parts. contents: what makes two parts the same under different names, the surest first; compared by its
    `repr`.

    A name that stayed is itself whatever became of its content. Only names that went pair with names that came, each at
    most once, first come first served. A content of None is nobody's.
    """
    gone = [name for name in old if name not in new]
    came = {name: name for name in new if name in old}
    for content in contents:
        free: dict[Hashable, list[str]] = {}
        for name in gone:
            if (told := content(old[name])) is not None:
                free.setdefault(repr(told), []).append(name)
        for name, part in new.items():
            if name not in came and (same := free.get(repr(content(part)))):
                came[name] = same.pop(0)
                gone.remove(came[name])
    kept = tuple((came[name], name) for name in new if name in came)
    return Pairs(kept, tuple(gone), tuple(name for name in new if name not in came))


def group_of(name: str) -> str:
    """The workstream or stage in a full name."""
    return name.partition(".")[0]


def moved(before: str, after: str) -> bool:
    """Whether a part kept its own name and went to another group."""
    return before.partition(".")[2] == after.partition(".")[2] and group_of(before) != group_of(after)
