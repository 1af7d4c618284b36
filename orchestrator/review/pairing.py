"""Which part of the old plan is which of the new one: the same name, or else the same content under another name."""

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


def pair(old: Mapping[str, T], new: Mapping[str, T], content: Callable[[T], object]) -> Pairs:
    """Pair the parts. content: what makes two parts the same under different names; compared by its `repr`.

    A name that stayed is itself whatever became of its content. Only names that went pair with names that came, each at
    most once, first come first served.
    """
    gone: dict[Hashable, list[str]] = {}
    for name, part in old.items():
        if name not in new:
            gone.setdefault(repr(content(part)), []).append(name)
    kept, added = [], []
    for name, part in new.items():
        if name in old:
            kept.append((name, name))
        elif same := gone.get(repr(content(part))):
            kept.append((same.pop(0), name))
        else:
            added.append(name)
    found = {before for before, _ in kept}
    return Pairs(tuple(kept), tuple(name for name in old if name not in found), tuple(added))
